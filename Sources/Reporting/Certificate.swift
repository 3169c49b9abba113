import Corpora
import Planning

/// What a report's splits were, for whoever wants to check them: the recordings with the digests of
/// their data, and each split's three lists with a digest of each.
///
/// It is a pure function of the plan, and its ``text`` is canonical: the same plan, the same bytes.
/// `Certificate.md` describes the format, and `check_certificate.py` beside it checks one without
/// any code of this program.
public struct Certificate: Hashable, Sendable, Codable {
    /// The version of the format.
    public static let version = 1

    /// The version of its format.
    public var certificate: Int
    /// The sweep's name.
    public var sweep: String
    /// All recordings, in the order of their content.
    public var recordings: [Recording]
    /// SHA-256 of the text of ``recordings``.
    public var data: String
    /// The splits of all cells.
    public var splits: [Split]
    /// The cells, in the plan's order.
    public var cells: [Cell]
    /// SHA-256 of all that stands before it in the file.
    public var digest: String

    /// A recording: who and what must not be on two sides of a split.
    public struct Recording: Hashable, Sendable, Codable {
        /// Its id, its corpus's name and its culture.
        public var id: String, corpus: String, culture: String
        /// Its number of frames.
        public var frames: Int
        /// Its values of the columns that any cell keeps apart, of people and meetings, and of
        /// declared groups.
        public var groups: [String: String]
        /// The digests of the gold traces (`targets`), of feature sets and of masks.
        public var digests: [String: String]
    }

    /// A split: ascending indices of recordings, from 0.
    public struct Split: Hashable, Sendable, Codable {
        /// The held-out block, from 1, and how often all was divided anew before, from 0.
        public var fold: Int, repetition: Int
        /// The three lists.
        public var train: [Int], validation: [Int], test: [Int]
        /// Of the training list, what networks learn from last and alone where they are fine-tuned;
        /// nil where they are not.
        public var tuned: [Int]?
        /// SHA-256 of each of the three lists, in this order: of a line a recording, which is the
        /// SHA-256 of the recording's text.
        public var digests: [String]

        /// The lists, in the order of their digests.
        var sides: [[Int]] { [train, validation, test] }
    }

    /// A point of the grid, and how its sides are kept apart.
    public struct Cell: Hashable, Sendable, Codable {
        /// Its name, its scheme, and what is trained on.
        public var cell: String, scheme: String, train: String
        /// The cultures that are tested.
        public var test: [String]
        /// The names of its features and model.
        public var features: String, model: String
        /// The feature sets whose content is kept apart, beside the gold traces.
        public var featureSets: [String]
        /// The columns whose values are kept apart: of the test side from the others, and of the
        /// training from the validation side.
        public var apart: [String], apartWithin: [String]
        /// The columns of people and meetings whose values both sides may have, since partners are
        /// learnt from; nil where there are none.
        public var shared: [String]?
        /// `validation`, or `test` where everything was chosen on the test side.
        public var selection: String
        /// The index of its first split, and the number of its splits.
        public var first: Int, count: Int
    }

    /// The certificate of a plan.
    public init(of plan: Plan) {
        let people = Corpora.Recording.peopleColumns
        let separated =
            plan.cells.flatMap { $0.separated.test + $0.separated.validation }.distinct
        let columns = (separated + people + plan.corpora.flatMap(\.groups)).distinct
        let known = Set(plan.recordings.flatMap(\.recording.columns.keys))
        let sets = plan.cells.flatMap(\.features.featureSets).distinct
        let matrices = ([Corpora.Recording.goldDigestName] + sets).flatMap { [$0, $0 + ".mask"] }
        certificate = Certificate.version
        sweep = plan.sweep.name
        recordings = plan.recordings.map { planned in
            let recording = planned.recording
            return Recording(
                id: recording.id, corpus: plan.corpora[planned.corpus].name,
                culture: recording.culture, frames: recording.frames,
                groups: recording.columns.filter { columns.contains($0.key) },
                digests: recording.digests.filter { matrices.contains($0.key) }
                    .mapValues(\.description))
        }
        let lines = recordings.map(\.line)
        splits = plan.splits.map { split in
            Split(
                fold: split.fold, repetition: split.repetition, train: split.train,
                validation: split.validation, test: split.test,
                tuned: split.tuned.isEmpty ? nil : split.tuned,
                digests: [split.train, split.validation, split.test].map {
                    Certificate.digest(of: $0, lines)
                })
        }
        cells = plan.cells.map { cell in
            let shared = people.filter { known.contains($0) && !cell.separated.test.contains($0) }
            return Cell(
                cell: cell.name, scheme: cell.scheme, train: cell.trainLabel,
                test: cell.testCultures, features: cell.features.name, model: cell.recipe.name,
                featureSets: cell.features.featureSets, apart: cell.separated.test,
                apartWithin: cell.separated.validation,
                shared: shared.isEmpty ? nil : shared, selection: cell.selection.rawValue,
                first: cell.splits.lowerBound, count: cell.splits.count)
        }
        data = ""
        digest = ""
        data = dataDigest
        digest = ownDigest
    }

    /// The digest of a list of recordings, each of which has one of these lines.
    static func digest(of side: [Int], _ lines: [String]) -> String {
        var text = ""
        for index in side { text += lines[index] }
        return Digest(of: text.utf8).description
    }
}
