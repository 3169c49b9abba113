extension Scheme {
    /// The word that a sweep calls a scheme by.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Grouped k-fold within each culture.
        case withinCulture = "within-culture"
        /// Every ordered pair of cultures.
        case crossCulture = "cross-culture"
        /// Grouped k-fold over the union of cultures.
        case pooled
        /// Each culture against all others.
        case leaveOneCultureOut = "leave-one-culture-out"
        /// Each recording in turn.
        case leaveOneRecordingOut = "leave-one-recording-out"
        /// Each person in turn.
        case leaveOneSubjectOut = "leave-one-subject-out"
        /// Each dyad in turn.
        case leaveOneDyadOut = "leave-one-dyad-out"
        /// Repeated grouped k-fold.
        case kFold = "k-fold"
        /// The corpus's own division.
        case partition
        /// One culture and some groups of another.
        case fewShot = "few-shot"
        /// Training sides of one size.
        case sizeMatched = "size-matched"
        /// Every ordered pair of corpora.
        case crossCorpus = "cross-corpus"
    }

    /// The scheme's kind.
    public var kind: Kind {
        switch division {
        case .withinCulture: .withinCulture
        case .crossCulture: .crossCulture
        case .pooled: .pooled
        case .kFold: .kFold
        case .leaveOneCultureOut: .leaveOneCultureOut
        case .leaveOneOut(.recording, _, _): .leaveOneRecordingOut
        case .leaveOneOut(.subject, _, _): .leaveOneSubjectOut
        case .leaveOneOut(.dyad, _, _): .leaveOneDyadOut
        case .partition: .partition
        case .fewShot: .fewShot
        case .sizeMatched: .sizeMatched
        case .crossCorpus: .crossCorpus
        }
    }
}

extension Scheme {
    /// What is learnt from and what is tested, in sentences for reports.
    public var summary: String {
        switch division {
        case .withinCulture:
            "a model learns from one culture and is tested on held-out groups of the same one."
        case .crossCulture:
            """
            a model learns from one culture and is tested on another. Where a group has \
            recordings in both, it is held out of both at the same time.
            """
        case .pooled:
            """
            a model learns from all cultures together, by grouped folds over their union, and \
            is tested on each culture and on all.
            """
        case .kFold(let folds, let repeats, let side):
            "\(folds) grouped folds over \(side == .all ? "all cultures" : "each culture")"
                + (repeats == 1
                    ? "."
                    : ", divided anew in each of \(repeats) repetitions; mean and SD are over "
                        + "repetitions and seeds.")
        case .leaveOneCultureOut:
            """
            a model learns from all cultures but one and is tested on that one. Where a group \
            has recordings on both sides, it is held out of both at the same time.
            """
        case .leaveOneOut(let unit, let partner, let side):
            Scheme.summary(leavingOut: unit, partner)
                + (side == .all ? " Other cultures are learnt from too." : "")
        case .partition(let from, let to, _, let side):
            """
            the corpus's own division says what is learnt from (\(from)) and what is tested \
            (\(to))\(side == .all ? "" : ", each culture by itself").
            """
        case .fewShot(_, let share, let repeats, let tuning):
            Scheme.summary(testing: share, repeats, isTuned: tuning != nil)
        case .sizeMatched:
            """
            all training sides have the same number of groups, so that another culture is not \
            taken for more data. Test sides are those of grouped folds within the culture.
            """
        case .crossCorpus:
            """
            a model learns from one corpus and is tested on another. Where a group has \
            recordings in both, it is held out of both at the same time.
            """
        }
    }

    private static func summary(leavingOut unit: Unit, _ partner: Partner) -> String {
        if partner == .keep {
            let (held, partners) =
                unit == .recording
                ? ("recording", "Others of its session or dyad are")
                : ("person", "Whom they met is")
            return """
                each \(held) in turn is tested, and nothing is learnt from the same person. \
                \(partners) learnt from (partner: keep), so scores may be too good.
                """
        }
        return switch unit {
        case .recording:
            """
            each recording in turn is tested, and nothing is learnt from what shares a group \
            with it.
            """
        case .subject:
            "each person in turn is tested, and nothing is learnt from whom they met."
        case .dyad:
            "each dyad in turn is tested, and nothing is learnt from its people."
        }
    }

    private static func summary(testing share: Double, _ repeats: Int, isTuned: Bool) -> String {
        let drawn =
            repeats == 1
            ? ""
            : " They are drawn \(repeats) times, different ones as far as there are such; mean "
                + "and SD are over these repetitions and seeds."
        return """
            a model learns from one culture and from some groups of another, whose test side, a \
            share of \(share) of its groups, is the same for all numbers of groups; more groups \
            include fewer.\(drawn) \
            \(isTuned
                ? "A model that is fine-tuned learns from the groups last and alone, others from "
                    + "both at once."
                : "Models learn from both at once.")
            """
    }
}
