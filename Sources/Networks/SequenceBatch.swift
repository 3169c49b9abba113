import Kernels

/// The shape of a batch: N sequences of unequal length, packed without padding.
///
/// Letters used everywhere: N sequences, T frames of the longest, R rows (all valid frames).
/// Sequences are ordered from the longest to the shortest. Rows are time-major: the frames at time
/// 0 of all sequences, then those at time 1 of the sequences that last so long, and so on. A step
/// of a recurrence is therefore one contiguous block of rows, and no padded frame exists that could
/// influence anything.
public struct SequenceBatch: Hashable, Sendable {
    /// The length in frames of each sequence, longest first.
    public let lengths: [Int]
    /// How many sequences have a frame at time t; never grows with t.
    public let activeCounts: [Int]
    /// The first row of time t, and the number of all rows at the end: T + 1 entries.
    public let offsets: [Int]

    /// What recurrences read their states through in training; nil reads them whole.
    public var stateMask: StateMask?
    /// Where a prediction leaves what the network attends to; nil keeps nothing of it.
    public var record: AttentionRecord?

    /// The number of sequences, N.
    public var sequences: Int { lengths.count }
    /// The frames of the longest sequence, T.
    public var frames: Int { activeCounts.count }
    /// All valid frames, R.
    public var rows: Int { offsets[frames] }

    /// The batch of sequences with these lengths.
    ///
    /// - Precondition: `lengths` does not grow and each is at least 1.
    public init(lengths: [Int]) {
        precondition(lengths.allSatisfy { $0 >= 1 }, "A sequence has at least one frame.")
        precondition(zip(lengths, lengths.dropFirst()).allSatisfy { $0 >= $1 }, "Longest first.")
        self.lengths = lengths
        let frames = lengths.first ?? 0
        var active = lengths.count
        var counts: [Int] = []
        var offsets = [0]
        counts.reserveCapacity(frames)
        offsets.reserveCapacity(frames + 1)
        for t in 0..<frames {
            while active > 0 && lengths[active - 1] <= t { active -= 1 }
            counts.append(active)
            offsets.append(offsets[t] + active)
        }
        activeCounts = counts
        self.offsets = offsets
    }

    /// The row of frame `t` of sequence `n`.
    public func row(sequence n: Int, frame t: Int) -> Int { offsets[t] + n }
}

/// Factors of the recurrent states that each sequence carries from frame to frame.   (N, units)
///
/// h_{t−1} is multiplied by them before it meets W_hh, in all frames alike; the output h_t and the
/// cells are whole. With factors 0 and 1 / (1 − p) this is variational dropout.   Gal and
/// Ghahramani 2016, "A theoretically grounded application of dropout in recurrent neural networks".
public struct StateMask: Hashable, Sendable {
    /// The factors, a row a sequence of the batch.
    public let factors: Arena
    /// The columns: `ParameterLayout.stateUnits` of the network.
    public let units: Int

    /// A mask of factors that whoever holds the arena writes, for at most so many sequences.
    public init(sequences: Int, units: Int) {
        factors = Arena(count: sequences * units)
        self.units = units
    }

    /// Whether both are the same memory.
    public static func == (a: StateMask, b: StateMask) -> Bool { a.factors === b.factors }

    /// Hashes the identity of the memory.
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(factors)) }
}
