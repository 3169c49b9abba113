import Kernels

extension TrialData {
    /// Checks every matrix of every recording, so that nothing behind this door needs to.
    ///
    /// - Throws: ``TrainingError`` naming the first recording, matrix and place that is wrong.
    func check(featureSets: [String], targets: [String]) throws(TrainingError) {
        for side in Side.allCases {
            let annotated = self[side].contains { recording in
                recording.goldMask?.contains { $0 != 0 } ?? true
            }
            if !annotated, side != .tune || !tune.isEmpty { throw .noFrames(side) }
        }
        let widths = train[0].features.map(\.columns)
        for side in Side.allCases {
            for (index, recording) in self[side].enumerated() {
                let name = TrainingError.RecordingName(
                    side: side, index: index, gold: recording.goldDigest)
                try recording.checkCounts(name, featureSets: featureSets, targets: targets)
                try recording.checkShapes(name, featureSets: featureSets, widths: widths)
                try recording.checkValues(name, featureSets: featureSets)
            }
        }
    }
}

extension RecordingData {
    fileprivate func checkCounts(
        _ name: TrainingError.RecordingName, featureSets: [String], targets: [String]
    ) throws(TrainingError) {
        let needed = featureSets.count
        if features.count != needed {
            throw .count(name, what: "feature sets", count: features.count, expected: needed)
        }
        if masks.count != needed {
            throw .count(name, what: "masks", count: masks.count, expected: needed)
        }
        if targetColumns.count != targets.count {
            throw .count(
                name, what: "targets", count: targetColumns.count, expected: targets.count)
        }
        for (target, column) in zip(targets, targetColumns) where column >= gold.columns {
            throw .count(
                name, what: "columns of gold traces, too few for \(target)", count: gold.columns,
                expected: column + 1)
        }
    }

    fileprivate func checkShapes(
        _ name: TrainingError.RecordingName, featureSets: [String], widths: [Int]
    ) throws(TrainingError) {
        if frames == 0 { throw .count(name, what: "frames", count: 0, expected: 1) }
        if let goldMask, goldMask.count != frames {
            throw .frames(name, matrix: "targets.mask", frames: goldMask.count, gold: frames)
        }
        for (k, set) in featureSets.enumerated() {
            if features[k].rows != frames {
                throw .frames(name, matrix: set, frames: features[k].rows, gold: frames)
            }
            if features[k].columns != widths[k] {
                throw .width(
                    name, matrix: set, width: features[k].columns, expected: widths[k])
            }
            if let mask = masks[k], mask.count != frames {
                throw .frames(name, matrix: set + ".mask", frames: mask.count, gold: frames)
            }
        }
    }

    fileprivate func checkValues(
        _ name: TrainingError.RecordingName, featureSets: [String]
    ) throws(TrainingError) {
        for (matrix, label) in zip(features + [gold], featureSets + ["targets"]) {
            if let index = firstNotFinite(matrix.base, matrix.rows * matrix.columns) {
                throw .notFiniteValue(
                    name, matrix: label, frame: index / matrix.columns,
                    column: index % matrix.columns)
            }
        }
    }
}

/// The index of the first value that is not a number or infinite, or nil.
func firstNotFinite(_ values: UnsafePointer<Float>, _ count: Int) -> Int? {
    // x · 0 is 0 for every finite x and a not-a-number for all others: one branch for the block.
    let block = 4096
    for start in stride(from: 0, to: count, by: block) {
        let end = min(start + block, count)
        var sum: Float = 0
        for i in start..<end { sum += values[i] * 0 }
        if sum != 0 || sum.isNaN {
            return (start..<end).first { !values[$0].isFinite }
        }
    }
    return nil
}
