import Corpora

/// What each trial asks of the worker that trains it, as the plan tells beforehand.
///
/// Trials that differ in their seed alone ask for the same, so that there are few shapes.
public struct Demands: Sendable {
    /// What trials of one cell and split ask for.
    public struct Shape: Hashable, Sendable {
        /// Their cell: trials of one cell take time in proportion to their work.
        public var cell: Int
        /// The bytes of memory that a trainer has at its peak; 0 when that is not known.
        public var bytes: Int
        /// How much there is to compute, in any unit; more than 0.
        public var work: Double
        /// After how many parts of the work its state can be saved.
        public var steps: Int
        /// Trials of equal numbers read the same matrices.
        public var data: Int
        /// The tags that a worker must have.
        public var needs: Set<String>

        /// A shape of these parts; the defaults ask for nothing.
        public init(
            cell: Int = 0, bytes: Int = 0, work: Double = 1, steps: Int = 1, data: Int = 0,
            needs: Set<String> = []
        ) {
            precondition(bytes >= 0 && work > 0 && steps >= 1, "A trial asks for \(bytes) bytes.")
            self.cell = cell
            self.bytes = bytes
            self.work = work
            self.steps = steps
            self.data = data
            self.needs = needs
        }
    }

    /// The shapes; one at least.
    public let shapes: [Shape]
    /// Whether any trial needs a tag.
    let haveNeeds: Bool
    private let shapeOfTrial: [Int32]
    /// Whether the trial of this number reads the matrix.
    let reads: @Sendable (Int, Digest) -> Bool

    /// Trials of one shape, which asks for nothing.
    public static let none = Demands(shapes: [Shape()], shapeOfTrial: [])

    /// - Parameters:
    ///   - shapes: one at least.
    ///   - shapeOfTrial: for each trial, in the order of the history's keys, the index of its
    ///     shape; empty when all are of the first.
    ///   - reads: whether the trial of a number reads a matrix; by default none is known to.
    public init(
        shapes: [Shape], shapeOfTrial: [Int32],
        reads: @escaping @Sendable (Int, Digest) -> Bool = { _, _ in false }
    ) {
        precondition(!shapes.isEmpty, "There is no shape.")
        self.shapes = shapes
        haveNeeds = shapes.contains { !$0.needs.isEmpty }
        self.shapeOfTrial = shapeOfTrial
        self.reads = reads
    }

    /// What the trial of this number asks for.
    public subscript(trial: Int) -> Shape { shapes[index(of: trial)] }

    func index(of trial: Int) -> Int { shapeOfTrial.isEmpty ? 0 : Int(shapeOfTrial[trial]) }
}

/// Sizes of memory in steps of a 32nd of a power of two: an amount fits where its step is no higher
/// than that of the room, and is then no larger than the room.
enum MemoryTier {
    /// The step of a room without a limit.
    static let unlimited = 64 * 32 - 1
    static let count = 64 * 32

    /// The highest step that a room of so many bytes holds.
    static func within(_ bytes: Int) -> Int {
        guard bytes > 0 else { return 0 }
        let exponent = Int.bitWidth - 1 - bytes.leadingZeroBitCount
        let fraction = exponent >= 5 ? bytes >> (exponent - 5) : bytes << (5 - exponent)
        return 32 * exponent + fraction & 31
    }

    /// The most bytes of the step: what a room of it holds whole.
    static func bytes(_ tier: Int) -> Int {
        let (exponent, fraction) = (tier / 32, tier % 32)
        return exponent >= 5 ? (32 + fraction) << (exponent - 5) : (32 + fraction) >> (5 - exponent)
    }

    /// The lowest step that holds so many bytes.
    static func holding(_ bytes: Int) -> Int { bytes > 0 ? within(bytes - 1) + 1 : 0 }
}
