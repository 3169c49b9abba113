import Corpora
import Kernels
import Planning

extension SweepScores {
    /// The rows of `subjects.csv` for one cell, in the order of repetitions, seeds, subjects,
    /// targets and conventions: all out-of-fold frames of a subject, merged before one CCC is
    /// taken. Recordings without a subject have none.
    ///
    /// - Parameter trials: those of the cell.
    public func subjects(
        ofCell cell: Int, _ trials: [Trial], _ conventions: [Convention]
    ) -> [SubjectRow] {
        var pools: [Pool: [(recording: Int, moments: [Moments])]] = [:]
        for trial in trials {
            guard let scored = scored[trial.key] else { continue }
            let split = plan.splits[trial.split]
            pools[Pool(repetition: split.repetition, seed: trial.seed), default: []] += zip(
                split.test, scored.recordings
            ).map { ($0, $1.moments) }
        }
        return pools.keys.sorted().flatMap { pool in
            merged(pools[pool]!.sorted { $0.recording < $1.recording }).flatMap { subject in
                rows(subject, plan.cells[cell], pool, conventions)
            }
        }
    }

    /// The subjects of recordings, which are in the order of content.
    private func merged(_ recordings: [(recording: Int, moments: [Moments])]) -> [Subject] {
        var places: [String: Int] = [:]
        var subjects: [Subject] = []
        for (index, moments) in recordings {
            let recording = plan.recordings[index].recording
            guard let name = recording.value("subject") else { continue }
            let place = places[name] ?? subjects.count
            if place == subjects.count {
                places[name] = place
                subjects.append(
                    Subject(
                        name: name, culture: recording.culture,
                        moments: targets.map { _ in Moments() }))
            }
            subjects[place].recordings += 1
            for target in targets.indices {
                subjects[place].moments[target].merge(moments[target])
            }
        }
        return subjects
    }

    private func rows(
        _ subject: Subject, _ cell: Cell, _ pool: Pool, _ conventions: [Convention]
    ) -> [SubjectRow] {
        zip(targets, subject.moments).flatMap { target, moments in
            conventions.map { convention in
                let score = Score(moments, convention)
                return SubjectRow(fields: [
                    .text(cell.scheme), .text(cell.trainLabel), .text(subject.culture),
                    .text(cell.recipe.name), .text(cell.features.name), .count(pool.repetition),
                    .count(pool.seed), .text(subject.name), .text(target),
                    .text(convention.rawValue), .number(score.ccc), .number(score.pearson),
                    .number(score.rmse), .number(score.bias), .number(score.scale),
                    .count(subject.recordings), .count(score.frames),
                ])
            }
        }
    }
}

/// The trials whose predictions are out of fold together.
private struct Pool: Hashable, Comparable {
    let repetition: Int
    let seed: Int

    static func < (a: Pool, b: Pool) -> Bool {
        (a.repetition, a.seed) < (b.repetition, b.seed)
    }
}

/// What was predicted of a person.
private struct Subject {
    let name: String
    let culture: String
    /// Per target, of all recordings.
    var moments: [Moments]
    var recordings = 0
}
