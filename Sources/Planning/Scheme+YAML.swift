extension Scheme {
    /// The words of `scheme`.
    private enum Kind: String, CaseIterable {
        case withinCulture = "within-culture"
        case crossCulture = "cross-culture"
        case pooled
        case leaveOneRecordingOut = "leave-one-recording-out"

        var keys: [String] {
            switch self {
            case .withinCulture, .crossCulture, .pooled: ["scheme", "folds", "group"]
            case .leaveOneRecordingOut: ["scheme", "group", "partner", "train"]
            }
        }
    }

    /// Folds where the user names none, as in scikit-learn's `GroupKFold`.
    static let foldsDefault = 5

    /// The scheme of an entry of a sweep's `schemes`.
    init(_ section: SweepSection) throws(SweepError) {
        guard let kind = try section.choice("scheme", Kind.self) else {
            let known = Kind.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            throw section.error("an entry of `schemes` lacks `scheme`. Known are \(known).")
        }
        try section.refuseUnknown(known: kind.keys)
        let folds = try section.integer("folds", in: 2...10_000)
        let group = try section.text("group")
        switch kind {
        case .withinCulture:
            self = .withinCulture(folds: folds ?? Scheme.foldsDefault, group: group)
        case .crossCulture:
            self = .crossCulture(folds: folds, group: group)
        case .pooled:
            self = .pooled(folds: folds ?? Scheme.foldsDefault, group: group)
        case .leaveOneRecordingOut:
            self = .leaveOneRecordingOut(
                group: group, partner: try section.choice("partner", Partner.self) ?? .exclude,
                train: try section.choice("train", TrainingSide.self) ?? .culture)
        }
    }

    /// The name with its options, which tells two schemes of one name apart.
    var label: String {
        var options: [String] = []
        switch self {
        case .withinCulture(let folds, _), .pooled(let folds, _): options.append("folds=\(folds)")
        case .crossCulture(let folds, _):
            if let folds { options.append("folds=\(folds)") }
        case .leaveOneRecordingOut(_, let partner, let train):
            if partner != .exclude { options.append("partner=\(partner.rawValue)") }
            if train != .culture { options.append("train=\(train.rawValue)") }
        }
        if let group { options.append("group=\(group)") }
        return options.isEmpty ? name : "\(name)(\(options.joined(separator: ",")))"
    }

    /// The column that the user wants held together; nil takes the default.
    var group: String? {
        switch self {
        case .withinCulture(_, let group), .crossCulture(_, let group), .pooled(_, let group),
            .leaveOneRecordingOut(let group, _, _):
            group
        }
    }

    /// The columns whose equal values must never be on both sides of a split.
    ///
    /// A person or a meeting on both sides would let a network recognise what it should predict;
    /// only a partner that the user asks to keep may be.
    var separated: [String] {
        var columns = group.map { [$0] } ?? []
        switch self {
        case .leaveOneRecordingOut(_, .keep, _): columns.append("subject")
        case .withinCulture, .crossCulture, .pooled, .leaveOneRecordingOut:
            columns += ["subject", "session", "dyad"]
        }
        return columns.uniqued()
    }
}

extension Array where Element: Hashable {
    /// The elements, each where it first occurs.
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
