import Kernels

/// What is to be made of a low-level feature set inside each fold: functionals, or a bag of words
/// whose codebook is learnt from the fold's training side.
///
///     let derivation = Derivation(kind: .words(CodebookLearner()))
///     let deriver = try derivation.learnt(from: training, masks: masks, hopSeconds: 0.1)
///     let bags = deriver.frames(of: matrix, mask: mask)
public struct Derivation: Hashable, Sendable {
    /// What is made.
    public enum Kind: Hashable, Sendable {
        /// Means, then standard deviations; see ``Functionals``.
        case functionals
        /// Counts of the words that this learner finds; see ``BagOfWords``.
        case words(CodebookLearner)
    }

    /// What is made.
    public var kind: Kind
    /// The length of the window around each frame. The default is AVEC's 4 s.
    public var windowSeconds: Double

    /// The most values that words are learnt from; of more, every second frame is taken, or every
    /// fourth, and so on.
    public static let valuesMax = 1 << 23

    /// A derivation of this kind.
    public init(kind: Kind, windowSeconds: Double = 4) {
        self.kind = kind
        self.windowSeconds = windowSeconds
    }

    /// The width of what is made of `source` features.
    public func width(of source: Int) -> Int {
        switch kind {
        case .functionals: 2 * source
        case .words(let learner): learner.words
        }
    }

    /// The bytes that learning holds at its peak, from so many frames of so many features.
    public func learningBytes(frames: Int, width: Int) -> Int {
        guard case .words = kind, width > 0 else { return 0 }
        let rows = min(frames, Derivation.valuesMax / width)
        // The rows as they come and as they are standardised, and a distance for each.
        return rows * (2 * 4 * width + 16)
    }

    /// The bytes of a codebook over so many features: each value stands by word and by feature.
    public func codebookBytes(width: Int) -> Int {
        guard case .words(let learner) = kind else { return 0 }
        return 2 * 4 * learner.words * width
    }

    /// Learns what is to be learnt from the frames of these matrices, in their order.
    ///
    /// - Parameter working: Called now and then, so that somebody who waits can be told.
    /// - Throws: ``TooFewRows``.
    public func learnt(
        from matrices: [Matrix], masks: [[UInt8]?], hopSeconds: Double,
        working: () -> Void = {}
    ) throws(TooFewRows) -> Deriver {
        switch kind {
        case .functionals:
            return Deriver(
                making: .functionals(
                    Functionals(windowSeconds: windowSeconds, hopSeconds: hopSeconds)))
        case .words(let learner):
            var rows = SampledRows(valuesMax: Derivation.valuesMax)
            for (matrix, mask) in zip(matrices, masks) {
                rows.add(TimedRows(matrix, mask: mask, hopSeconds: hopSeconds))
            }
            let codebook = try learner.codebook(
                of: rows.values, width: rows.width, working: working)
            return Deriver(
                making: .words(
                    BagOfWords(
                        codebook: codebook, windowSeconds: windowSeconds, hopSeconds: hopSeconds)))
        }
    }
}

/// Makes functionals or bags of words of a recording's frames, by what was learnt before.
public struct Deriver: Hashable, Sendable {
    /// What it makes.
    public enum Making: Hashable, Sendable {
        /// Means and standard deviations.
        case functionals(Functionals)
        /// Bags of words.
        case words(BagOfWords)
    }

    /// What it makes.
    public let making: Making

    /// A deriver that makes this.
    public init(making: Making) { self.making = making }

    /// What is made of the frames (T, D) of a matrix, for each of them; see ``BagOfWords`` and
    /// ``Functionals``. Frames whose mask is 0 are left out.
    ///
    /// - Precondition: The matrix is as wide as those that it learnt from.
    public func frames(of matrix: Matrix, mask: [UInt8]?) -> WindowFrames {
        func rows(_ hop: Double) -> TimedRows { TimedRows(matrix, mask: mask, hopSeconds: hop) }
        return withExtendedLifetime(matrix) {
            switch making {
            case .functionals(let functionals):
                functionals.frames(of: rows(functionals.hopSeconds), count: matrix.rows)
            case .words(let bag): bag.frames(of: rows(bag.hopSeconds), count: matrix.rows)
            }
        }
    }
}
