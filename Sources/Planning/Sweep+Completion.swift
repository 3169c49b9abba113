import Corpora

/// Sweep and corpora, held against each other.
extension Sweep {
    /// The sweep with its targets and features filled in, which every corpus has.
    func completed(for corpora: [Corpus]) throws(PlanError) -> Sweep {
        guard let first = corpora.first else { throw .noRecordings }
        var sweep = self
        if targets.isEmpty { sweep.targets = first.targets }
        if features.isEmpty { sweep.features = [FeatureChoice(allOf: first)] }
        for corpus in corpora {
            for target in sweep.targets where !corpus.targets.contains(target) {
                throw .unknownTarget(target, corpus: corpus.name, known: corpus.targets)
            }
            guard corpus.hopSeconds == first.hopSeconds else {
                throw .unequal(
                    "The hop of the gold traces", corpora: [first.name, corpus.name],
                    values: ["\(first.hopSeconds) s", "\(corpus.hopSeconds) s"])
            }
            for choice in sweep.features { try choice.check(corpus, first: first) }
        }
        return sweep
    }

    /// All recordings in the order of their content, with ids that differ, with digests of all
    /// matrices that the sweep uses, and with values in all columns that it groups by.
    ///
    /// The order is that of the gold traces' digests; where those are equal, of culture, of all
    /// digests, and of ids at last. So neither a new name nor a new order in the manifest moves a
    /// recording.
    func recordings(of corpora: [Corpus]) throws(PlanError) -> [PlannedRecording] {
        var places: [String: String] = [:]
        var all: [(recording: PlannedRecording, rank: [[UInt8]])] = []
        let matrices = [Recording.goldDigestName] + features.flatMap(\.featureSets).uniqued()
        for (index, corpus) in corpora.enumerated() {
            for recording in corpus.recordings {
                if let other = places.updateValue(corpus.name, forKey: recording.id) {
                    throw .sameID(recording.id, corpora: [other, corpus.name])
                }
                for matrix in matrices where recording.digests[matrix] == nil {
                    throw .noDigest(recording: recording.id, matrix: matrix)
                }
                all.append((PlannedRecording(corpus: index, recording: recording), recording.rank))
            }
        }
        guard !all.isEmpty else { throw .noRecordings }
        all.sort { a, b in
            let pair = zip(a.rank, b.rank).first { $0 != $1 }
            return pair.map { $0.lexicographicallyPrecedes($1) } ?? false
        }
        let recordings = all.map(\.recording)
        try checkGroups(recordings)
        return recordings
    }

    /// Refuses a recording without a value in a column that the sweep groups by.
    private func checkGroups(_ recordings: [PlannedRecording]) throws(PlanError) {
        let columns = ((validation.group.map { [$0] } ?? []) + schemes.flatMap(\.required))
            .uniqued()
        for column in columns {
            for planned in recordings where planned.recording.value(column) == nil {
                let known = Set(recordings[0].recording.columns.keys).filter { name in
                    recordings.allSatisfy { $0.recording.columns[name] != nil }
                }
                throw .noGroup(
                    recording: planned.recording.id, column: column, known: known.sorted())
            }
        }
    }
}

extension Recording {
    /// What orders recordings: compared part by part.
    fileprivate var rank: [[UInt8]] {
        let gold = digests[Recording.goldDigestName]?.bytes ?? []
        return [
            gold, Array(culture.utf8), digests.values.sorted().flatMap(\.bytes), Array(id.utf8),
        ]
    }
}

extension FeatureChoice {
    /// All feature sets of a corpus, by modality.
    init(allOf corpus: Corpus) {
        let modalities = corpus.featureSets.map(\.modality).uniqued().map { name in
            Modality(
                name: name,
                featureSets: corpus.featureSets.filter { $0.modality == name }.map(\.name))
        }
        self.init(name: "all", modalities: modalities)
    }

    /// Refuses feature sets that a corpus lacks, or has in another form than the first one.
    fileprivate func check(_ corpus: Corpus, first: Corpus) throws(PlanError) {
        for modality in modalities {
            for name in modality.featureSets {
                guard let set = corpus.featureSet(name) else {
                    throw .unknownFeatureSet(
                        name, corpus: corpus.name, known: corpus.featureSets.map(\.name))
                }
                guard set.modality == modality.name else {
                    throw .wrongModality(
                        featureSet: name, is: set.modality, listedAs: modality.name,
                        choice: self.name)
                }
                guard let model = first.featureSet(name) else { continue }
                let corpora = [first.name, corpus.name]
                guard set.width == model.width else {
                    throw .unequal(
                        "The width of feature set `\(name)`", corpora: corpora,
                        values: ["\(model.width)", "\(set.width)"])
                }
                guard set.hopSeconds == model.hopSeconds else {
                    throw .unequal(
                        "The hop of feature set `\(name)`", corpora: corpora,
                        values: ["\(model.hopSeconds) s", "\(set.hopSeconds) s"])
                }
            }
        }
        if let doubled = inputs.first(where: { input in inputs.count { $0 == input } > 1 }) {
            throw .doubledFeatureSet(doubled.label, choice: name)
        }
    }
}
