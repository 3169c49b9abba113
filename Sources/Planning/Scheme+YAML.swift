extension Scheme.Kind {
    /// The keys of a scheme of this kind in a sweep.
    fileprivate var keys: [String] {
        let own =
            switch self {
            case .withinCulture, .crossCulture, .pooled, .leaveOneCultureOut, .crossCorpus:
                ["folds"]
            case .leaveOneRecordingOut, .leaveOneSubjectOut: ["partner", "train"]
            case .leaveOneDyadOut: ["train"]
            case .kFold: ["folds", "repeats", "train"]
            case .partition: ["from", "to", "validation", "train"]
            case .fewShot: ["shots", "test", "repeats", "mode", "fine-tune"]
            case .sizeMatched: ["folds", "size"]
            }
        return ["scheme", "group", "selection"] + own
    }
}

extension Scheme {
    /// Folds where the user names none, as in scikit-learn's `GroupKFold`.
    static let foldsDefault = 5
    /// Groups of the tested culture that a few-shot scheme learns from where the user names none,
    /// as far as there are so many.
    static let shotsDefault = [0, 1, 2, 4, 8]

    /// The scheme of an entry of a sweep's `schemes`.
    init(_ section: SweepSection) throws(SweepError) {
        guard let kind = try section.choice("scheme", Kind.self) else {
            let known = Kind.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            throw section.error("an entry of `schemes` lacks `scheme`. Known are \(known).")
        }
        try section.refuseUnknown(known: kind.keys)
        self.init(
            try Scheme.division(kind, section), group: try section.text("group"),
            selection: try section.choice("selection", Selection.self) ?? .validation)
    }

    private static func division(
        _ kind: Kind, _ section: SweepSection
    ) throws(SweepError) -> Division {
        let folds = try section.integer("folds", in: 2...10_000)
        let repeats = try section.integer("repeats", in: 1...1000) ?? 1
        let partner = try section.choice("partner", Partner.self) ?? .exclude
        let train = try section.choice("train", TrainingSide.self)
        switch kind {
        case .withinCulture: return .withinCulture(folds: folds ?? foldsDefault)
        case .crossCulture: return .crossCulture(folds: folds)
        case .pooled: return .pooled(folds: folds ?? foldsDefault)
        case .leaveOneCultureOut: return .leaveOneCultureOut(folds: folds)
        case .leaveOneRecordingOut:
            return .leaveOneOut(.recording, partner: partner, train: train ?? .culture)
        case .leaveOneSubjectOut:
            return .leaveOneOut(.subject, partner: partner, train: train ?? .culture)
        case .leaveOneDyadOut:
            return .leaveOneOut(.dyad, partner: .exclude, train: train ?? .culture)
        case .kFold:
            return .kFold(folds: folds ?? foldsDefault, repeats: repeats, train: train ?? .all)
        case .partition: return try partition(section, train: train ?? .all)
        case .fewShot:
            let share = try section.number("test", in: .share) ?? 0.5
            return .fewShot(
                shots: try shots(section), test: share, repeats: repeats,
                tuning: try tuning(section))
        case .sizeMatched:
            return .sizeMatched(
                folds: folds ?? foldsDefault, size: try section.integer("size", in: 2...100_000))
        case .crossCorpus: return .crossCorpus(folds: folds)
        }
    }

    private static func partition(
        _ section: SweepSection, train: TrainingSide
    ) throws(SweepError) -> Division {
        let names = [
            try section.text("from") ?? "train", try section.text("validation"),
            try section.text("to") ?? "devel",
        ].compactMap { $0 }
        guard names.uniqued() == names else {
            throw section.error(
                "`from`, `validation` and `to` of \(section.what) must name different partitions.")
        }
        return .partition(
            from: names[0], to: names[names.count - 1],
            validation: names.count == 3 ? names[1] : nil, train: train)
    }

    private static func shots(_ section: SweepSection) throws(SweepError) -> [Int]? {
        let shots = try section.integers("shots", "number of groups", in: 0...100_000)
        guard let shots, shots.uniqued() != shots else { return shots }
        throw section.error("`shots` of \(section.what) lists a number twice.", at: "shots")
    }

    /// The name with its options, which tells two schemes of one name apart.
    var label: String {
        var options: [String] = []
        switch division {
        case .withinCulture(let folds), .pooled(let folds): options.append("folds=\(folds)")
        case .crossCulture(let folds), .leaveOneCultureOut(let folds), .crossCorpus(let folds):
            if let folds { options.append("folds=\(folds)") }
        case .leaveOneOut(_, let partner, let train):
            if partner != .exclude { options.append("partner=\(partner.rawValue)") }
            if train != .culture { options.append("train=\(train.rawValue)") }
        case .kFold(let folds, let repeats, let train):
            options += ["folds=\(folds)", "repeats=\(repeats)"]
            if train != .all { options.append("train=\(train.rawValue)") }
        case .partition(let from, let to, let validation, let train):
            options += ["from=\(from)", "to=\(to)"]
            if let validation { options.append("validation=\(validation)") }
            if train != .all { options.append("train=\(train.rawValue)") }
        case .fewShot(let shots, let test, let repeats, let tuning):
            if let shots {
                options.append("shots=" + shots.map(String.init).joined(separator: "+"))
            }
            options += ["test=\(test)", "repeats=\(repeats)"]
            if let tuning {
                options += ["mode=fine-tune", "epochs=\(tuning.epochs)"]
                if let rate = tuning.learningRate { options.append("learning-rate=\(rate)") }
            }
        case .sizeMatched(let folds, let size):
            options.append("folds=\(folds)")
            if let size { options.append("size=\(size)") }
        }
        if let group { options.append("group=\(group)") }
        if selection != .validation { options.append("selection=\(selection.rawValue)") }
        return options.isEmpty ? name : "\(name)(\(options.joined(separator: ",")))"
    }
}
