import Corpora
import Leasing
import Planning
import Training

extension Plan {
    /// What the trials of ``uniqueKeys`` ask for, in their order.
    ///
    /// A cell that cannot be trained asks for nothing: its trials say why when they are tried.
    var demands: Demands {
        var shapes: [Demands.Shape] = []
        var known: [Int: Int32] = [:]
        let data = dataOfCells
        let shapeOfTrial = uniqueKeys.map { key -> Int32 in
            let trial = self.trial(key)!
            let place = trial.cell * splits.count + trial.split
            if let shape = known[place] { return shape }
            known[place] = Int32(shapes.count)
            shapes.append(shape(trial, data: data[trial.cell]))
            return Int32(shapes.count - 1)
        }
        guard !shapes.isEmpty else { return .none }
        let keys = uniqueKeys
        return Demands(shapes: shapes, shapeOfTrial: shapeOfTrial) { [matrices] trial, digest in
            guard let places = matrices[digest], let trial = self.trial(keys[trial]) else {
                return false
            }
            let split = self.splits[trial.split]
            let sets = self.cells[trial.cell].features.featureSets
            return places.contains { place in
                (place.set.map { sets.contains($0) } ?? true)
                    && [split.train, split.validation, split.test].contains {
                        $0.contains(place.recording)
                    }
            }
        }
    }

    /// Where each matrix is: the recordings that have it, and their feature set of which it is the
    /// matrix or the mask; nil for gold traces.
    private var matrices: [Digest: [(recording: Int, set: String?)]] {
        var places: [Digest: [(recording: Int, set: String?)]] = [:]
        for (index, planned) in recordings.enumerated() {
            for (name, digest) in planned.recording.digests {
                let bare =
                    name.hasSuffix(Recording.maskSuffix)
                    ? String(name.dropLast(Recording.maskSuffix.count)) : name
                let set = bare == Recording.goldDigestName ? nil : bare
                places[digest, default: []].append((index, set))
            }
        }
        return places
    }

    private func shape(_ trial: Trial, data: Int) -> Demands.Shape {
        let (cell, split) = (cells[trial.cell], splits[trial.split])
        let needs = sweep.needs[cell.recipe.name] ?? []
        guard let work = try? TrialWork(self, cell, split),
            let memory = try? TrialMemory(self, cell, split)
        else { return Demands.Shape(cell: trial.cell, data: data, needs: needs) }
        return Demands.Shape(
            cell: trial.cell, bytes: memory.peak, work: work.operations, steps: work.steps,
            data: data, needs: needs)
    }

    /// A number for each cell; cells that read the same feature sets of the same recordings have
    /// the same.
    private var dataOfCells: [Int] {
        var known: [[String]: Int] = [:]
        return cells.map { cell in
            let recordings = Set(
                splits[cell.splits].flatMap { $0.train + $0.validation + $0.test }
            ).sorted()
            let name = cell.features.featureSets + recordings.map { "\($0)" }
            let number = known[name] ?? known.count
            known[name] = number
            return number
        }
    }
}
