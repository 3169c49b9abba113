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

extension Scheme.Kind {
    /// What is learnt from and what is tested, in a sentence for reports.
    public var summary: String {
        switch self {
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
        case .leaveOneCultureOut:
            """
            a model learns from all cultures but one and is tested on that one. Where a group \
            has recordings on both sides, it is held out of both at the same time.
            """
        case .leaveOneRecordingOut:
            """
            each recording in turn is tested, and nothing is learnt from what shares a group \
            with it.
            """
        case .leaveOneSubjectOut:
            "each person in turn is tested, and nothing is learnt from whom they met."
        case .leaveOneDyadOut:
            "each dyad in turn is tested, and nothing is learnt from its people."
        case .kFold:
            """
            grouped folds, divided anew in each repetition; mean and SD are over repetitions \
            and seeds.
            """
        case .partition:
            "the corpus's own division says what is learnt from and what is tested."
        case .fewShot:
            """
            a model learns from one culture and from some groups of another, whose test side is \
            the same for all numbers of groups; more groups include fewer. A model that is \
            fine-tuned learns from the groups last and alone, others from both at once.
            """
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
}
