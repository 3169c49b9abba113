/// Why a sweep and its corpora make no plan, and what to do.
public enum PlanError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The corpora hold no recording.
    case noRecordings
    /// Two corpora list the same id.
    case sameID(String, corpora: [String])
    /// A corpus lacks a target; `known` are those that it has.
    case unknownTarget(String, corpus: String, known: [String])
    /// A corpus lacks a feature set; `known` are those that it has.
    case unknownFeatureSet(String, corpus: String, known: [String])
    /// A choice of features lists a feature set under a modality that is not its own.
    case wrongModality(featureSet: String, is: String, listedAs: String, choice: String)
    /// A choice of features lists a feature set twice.
    case doubledFeatureSet(String, choice: String)
    /// Two corpora describe a thing differently, such as the width of a feature set.
    case unequal(String, corpora: [String], values: [String])
    /// A manifest gives no digest for a matrix that the sweep uses.
    case noDigest(recording: String, matrix: String)
    /// A recording has no value in the column that groups; `known` are the columns that all have.
    case noGroup(recording: String, column: String, known: [String])
    /// There is only one culture where a scheme needs two.
    case oneCulture(scheme: String, culture: String)
    /// Fewer groups than folds; `column` is what the user grouped by.
    case fewGroups(scheme: String, groups: Int, folds: Int, column: String?)
    /// No recording of these cultures is of a partition; `known` are those that there are.
    case noPartition(String, cultures: [String], known: [String])
    /// There is only one corpus where a scheme needs two.
    case oneCorpus(String)
    /// Fewer groups are left beside the test side than a few-shot scheme wants.
    case fewGroupsForShots(scheme: String, groups: Int, shots: Int, tested: Int)
    /// Fewer groups of a culture than the training sides of a size-matched scheme should have.
    case fewGroupsToMatch(culture: String, groups: Int, size: Int)
    /// A training side of so few groups that no validation side can be drawn from it.
    case fewGroupsToTrain(scheme: String, fold: Int, groups: Int)
    /// A model has an adversary, but all of its cells train on one culture, as `cell` does.
    case uselessAdversary(model: String, cell: String)
    /// A model that keeps the best epoch of each target cannot go on from one of them.
    case severalBestWeights(model: String, scheme: String)
    /// Partners are to be learnt from, but this column, which makes them, is kept apart.
    case partnerApart(scheme: String, column: String)
    /// Two recordings of one content that share nothing which the scheme keeps on one side.
    case equalContent(scheme: String, matrix: String, recordings: [String])
    /// A lag as long as the longest recording of a training side, or longer.
    case longLag(seconds: Double, cell: String, fold: Int, frames: Int, hopSeconds: Double)
    /// Data that would stand on two sides of a split.
    case leak(scheme: String, fold: Int, Leak)

    /// A sentence that says what, where and what to do.
    public var description: String {
        switch self {
        case .noRecordings:
            return "The corpora of the sweep hold no recordings. Name a manifest that lists some."
        case .sameID(let id, let corpora):
            return """
                Recording \(id) stands in \(list(corpora)); ids must differ within a sweep. \
                Rename one, or name one manifest only.
                """
        case .unknownTarget(let target, let corpus, let known):
            return "Corpus \(corpus) has no target `\(target)`; it has \(list(known))."
        case .unknownFeatureSet(let name, let corpus, let known):
            return "Corpus \(corpus) has no feature set `\(name)`; it has \(list(known))."
        case .wrongModality(let name, let modality, let listed, let choice):
            return """
                Features `\(choice)` list feature set `\(name)` under `\(listed)`, but the \
                manifest says that it is of modality `\(modality)`. List it there.
                """
        case .doubledFeatureSet(let name, let choice):
            return "Features `\(choice)` list feature set `\(name)` twice. Remove one."
        case .unequal(let thing, let corpora, let values):
            return """
                \(thing) differs: \(zip(corpora, values).map { "\($1) in \($0)" }
                    .joined(separator: ", ")). Corpora of one sweep must agree.
                """
        case .noDigest(let recording, let matrix):
            return """
                Recording \(recording) has no digest of `\(matrix)`, so its trials cannot be told \
                from others. Let `concord data index` write it into the manifest.
                """
        case .noGroup(let recording, let column, let known):
            return PlanError.noGroup(recording, column, known)
        case .oneCulture(let scheme, let culture):
            return """
                \(scheme) needs two cultures, but all recordings are of \(culture). \
                Use within-culture, or name a corpus of another culture.
                """
        case .fewGroups(let scheme, let groups, let folds, let column):
            return PlanError.fewGroups(scheme, groups, folds, column)
        case .noPartition(let partition, let cultures, let known):
            return """
                partition: no recording of \(list(cultures)) is of partition `\(partition)`. \
                Partitions of the corpora: \(known.isEmpty ? "none" : list(known)). Name them by \
                `from` and `to`, or give recordings a `partition` in the manifest.
                """
        case .oneCorpus(let name):
            return """
                cross-corpus needs two corpora, but the sweep names \(name) alone. Name another \
                manifest under `corpora`, with the same feature sets and targets.
                """
        case .fewGroupsForShots(let scheme, let groups, let shots, let tested):
            return """
                \(scheme): beside the \(tested) groups that are tested, \(groups) are left, so \
                that no \(shots) can be learnt from. Lower `shots`, or `test`.
                """
        case .fewGroupsToMatch(let culture, let groups, let size):
            return """
                size-matched: \(culture) has \(groups) groups beside a test side, so that no \
                training side of \(size) can be drawn. Lower `size`, or leave it out.
                """
        case .fewGroupsToTrain(let scheme, let fold, let groups):
            return PlanError.fewGroupsToTrain(scheme, fold, groups)
        case .uselessAdversary(let model, let cell):
            return """
                The adversary of model `\(model)` tells cultures apart, but every cell of the \
                sweep trains on one culture, such as \(cell). Add the scheme `pooled`, or leave \
                `adversary` out.
                """
        case .severalBestWeights(let model, let scheme):
            return """
                \(scheme): with `mode: fine-tune` a network goes on from its best weights, but \
                model `\(model)` keeps other ones for each target. Choose `epoch-choice: joint`, \
                or `target-models: per-target`.
                """
        case .partnerApart(let scheme, let column):
            return """
                \(scheme): `partner: keep` learns from others of a tested recording's \(column), \
                but `\(column)` is kept apart, by `group` of the scheme or `groups` of a manifest. \
                Leave one of the two out.
                """
        case .equalContent(let scheme, let matrix, let recordings):
            return """
                \(scheme): recordings \(recordings[0]) and \(recordings[1]) have the same content \
                in `\(matrix)` and would count as two. Remove one of them, or give them a common \
                value of a column that the manifest lists under `groups`.
                """
        case .longLag(let seconds, let cell, let fold, let frames, let hop):
            return """
                \(cell), fold \(fold): with a lag of \(seconds) s no frame is left to learn from: \
                the longest recording of the training side has \(frames) frames of \(hop) s. \
                Lower `lag-seconds`.
                """
        case .leak(let scheme, let fold, let leak):
            return "\(scheme), fold \(fold): \(leak)"
        }
    }

    private static func noGroup(
        _ recording: String, _ column: String, _ known: [String]
    ) -> String {
        """
        Recording \(recording) has no value in the column `\(column)` that the sweep groups by. \
        Columns that every recording has: \(known.isEmpty ? "none" : list(known)).
        """
    }

    private static func fewGroups(
        _ scheme: String, _ groups: Int, _ folds: Int, _ column: String?
    ) -> String {
        """
        \(scheme): \(groups) groups of recordings\(column.map { " by `\($0)`" } ?? "") \
        (recordings that share a subject, session or dyad are one group) cannot fill \
        \(folds) folds. Lower `folds`, or group by a column with more values.
        """
    }

    private static func fewGroupsToTrain(_ scheme: String, _ fold: Int, _ groups: Int) -> String {
        """
        \(scheme), fold \(fold): the training side has \(groups) \
        \(groups == 1 ? "group" : "groups") of recordings; it needs 2, one of them for \
        validation. Raise `folds`, or group by a column with more values.
        """
    }
}

private func list(_ words: [String]) -> String { words.joined(separator: ", ") }
