import Corpora

/// An evaluation protocol: how data is held out.
///
/// Whatever the division, recordings that share a value of a separated column stand on one side:
/// those of a person, a session, a dyad, and of each group that a corpus declares.
public struct Scheme: Hashable, Sendable {
    /// How recordings are divided.
    public var division: Division
    /// The column that the user wants held together and counted by; nil takes dyad, session or
    /// subject.
    public var group: String?
    /// Where epochs, lags and all else are chosen. The default is the validation side.
    public var selection = Selection.validation

    /// A scheme of these parts.
    public init(_ division: Division, group: String? = nil, selection: Selection = .validation) {
        self.division = division
        self.group = group
        self.selection = selection
    }

    /// How recordings are divided.
    public enum Division: Hashable, Sendable {
        /// Grouped k-fold within each culture.
        case withinCulture(folds: Int)
        /// Every ordered pair of cultures; groups are held out on both sides where they meet.
        case crossCulture(folds: Int?)
        /// Grouped k-fold over the union of cultures, scored per culture and together.
        case pooled(folds: Int)
        /// Grouped k-fold, divided anew so many times, over all or within each culture.
        case kFold(folds: Int, repeats: Int, train: TrainingSide)
        /// Each culture, tested by a model of all others.
        case leaveOneCultureOut(folds: Int?)
        /// Each recording, subject or dyad in turn, within its culture or against all.
        case leaveOneOut(Unit, partner: Partner, train: TrainingSide)
        /// The corpus's own division; `validation` nil draws from the training side.
        case partition(from: String, to: String, validation: String?, train: TrainingSide)
        /// One culture and some groups of another, tested on a fixed share of that one's groups.
        /// Without `shots`, those of 0, 1, 2, 4, 8 that there are groups for. Networks learn from
        /// both at once, or with `tuning` from the shots after the culture.
        case fewShot(shots: [Int]?, test: Double, repeats: Int, tuning: FineTuning? = nil)
        /// Within-culture, cross-culture and pooled, on training sides of one number of groups;
        /// without `size`, as many as the smallest has.
        case sizeMatched(folds: Int, size: Int?)
        /// Every ordered pair of corpora.
        case crossCorpus(folds: Int?)
    }

    /// What is held out in turn.
    public enum Unit: String, Hashable, Sendable {
        /// A single recording.
        case recording
        /// All recordings of a person.
        case subject
        /// All recordings of a pair of people.
        case dyad
    }

    /// What happens to the other recordings of a held-out recording's dyad or session.
    public enum Partner: String, Hashable, Sendable, CaseIterable {
        /// They are not trained on. The default.
        case exclude
        /// They are trained on.
        case keep
    }

    /// Which cultures the training side is of.
    public enum TrainingSide: String, Hashable, Sendable, CaseIterable {
        /// One.
        case culture
        /// All.
        case all
    }

    /// On which side epochs, lags, candidates, post-processing and fusion weights are chosen.
    public enum Selection: String, Hashable, Sendable, CaseIterable {
        /// On recordings that the training side gives up.
        case validation
        /// On those that are scored: too good a score, which every report marks.
        case test
    }

    /// Grouped k-fold within each culture.
    public static func withinCulture(folds: Int, group: String?) -> Scheme {
        Scheme(.withinCulture(folds: folds), group: group)
    }

    /// Every ordered pair of cultures.
    public static func crossCulture(folds: Int?, group: String?) -> Scheme {
        Scheme(.crossCulture(folds: folds), group: group)
    }

    /// Grouped k-fold over the union of cultures.
    public static func pooled(folds: Int, group: String?) -> Scheme {
        Scheme(.pooled(folds: folds), group: group)
    }

    /// Each recording in turn.
    public static func leaveOneRecordingOut(
        group: String?, partner: Partner, train: TrainingSide
    ) -> Scheme {
        Scheme(.leaveOneOut(.recording, partner: partner, train: train), group: group)
    }

    /// The scheme's name in sweeps, tables and reports.
    public var name: String { kind.rawValue }

    /// What happens to the partners of what is held out.
    public var partner: Partner {
        if case .leaveOneOut(_, let partner, _) = division { return partner }
        return .exclude
    }

    /// The columns whose equal values must never be on both sides of a split, where the corpora
    /// declare these groups.
    ///
    /// A person or a meeting on both sides would let a network recognise what it should predict;
    /// only a partner that the user asks to keep may be.
    func separated(declared: [String]) -> [String] {
        let people = Recording.peopleColumns.filter {
            partner == .exclude || !Scheme.partnerColumns.contains($0)
        }
        return ((group.map { [$0] } ?? []) + people + declared).uniqued()
    }

    /// The columns whose equal values make partners.
    static let partnerColumns = ["session", "dyad"]

    /// The columns in which every recording must have a value.
    var required: [String] {
        var columns = group.map { [$0] } ?? []
        if case .leaveOneOut(let unit, _, _) = division, unit != .recording {
            columns.append(unit.rawValue)
        }
        return columns
    }
}

extension Array where Element: Hashable {
    /// The elements, each where it first occurs.
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
