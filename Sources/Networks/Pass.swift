import Kernels

/// One pass over one batch: what every layer needs to know of it.
struct Pass {
    /// The kernels that do the arithmetic.
    let kernels: InstructionSet
    /// The shape of the batch.
    let batch: SequenceBatch
    /// Runs of time steps of at most `Pass.blockRows` rows, unless a single step has more: what is
    /// computed of a block stays in cache until the recurrence has used it.
    let blocks: [Range<Int>]
    /// All weights.
    let parameters: UnsafePointer<Float>
    /// The work space, aligned for the widest vector.
    let workspace: UnsafeMutablePointer<Float>
    /// Whether a backward pass follows.
    let training: Bool

    /// Rows that a block aims at; sums over rows are cut at the blocks.
    static let blockRows = 512

    init(
        _ batch: SequenceBatch, parameters: UnsafePointer<Float>,
        workspace: UnsafeMutablePointer<Float>, training: Bool, kernels: InstructionSet
    ) {
        self.kernels = kernels
        self.batch = batch
        self.parameters = parameters
        self.workspace = WorkspacePlan.align(workspace)
        self.training = training
        var blocks: [Range<Int>] = []
        var start = 0
        for t in 0..<batch.frames
        where t > start && batch.offsets[t + 1] - batch.offsets[start] > Pass.blockRows {
            blocks.append(start..<t)
            start = t
        }
        if start < batch.frames { blocks.append(start..<batch.frames) }
        self.blocks = blocks
    }

    /// The most rows that a block of this batch may have.
    static func largestBlock(of batch: SequenceBatch) -> Int {
        min(batch.rows, max(blockRows, batch.sequences))
    }

    /// The rows of some time steps.
    func rows(_ steps: Range<Int>) -> Range<Int> {
        batch.offsets[steps.lowerBound]..<batch.offsets[steps.upperBound]
    }

    /// The rows of each block.
    var rowBlocks: [Range<Int>] { blocks.map(rows) }

    /// The weights of a tensor.
    func weights(_ entry: ParameterLayout.Entry) -> UnsafePointer<Float> {
        parameters + entry.offset
    }

    /// The part of the work space that starts at `offset`.
    func space(_ offset: Int) -> UnsafeMutablePointer<Float> { workspace + offset }

    /// The factors of the states from a column of the mask on, a row a sequence; nil in prediction
    /// and where states are whole.
    func stateFactors(_ column: Int) -> Rows? {
        guard training, let mask = batch.stateMask else { return nil }
        return Rows(mask.factors.base + column, step: mask.units)
    }

    /// The part of the work space that starts at `offset`, as rows of `step` values.
    func space(_ offset: Int, step: Int) -> Rows { Rows(workspace + offset, step: step) }
}

/// Where everything lies in a work space: parts are handed out one after the other.
struct WorkspacePlan {
    /// The values handed out so far.
    private(set) var count = 0
    /// The most that were handed out at any time.
    private(set) var peak = 0

    /// Hands out `count` values, aligned for the widest vector, and says where they start.
    mutating func take(_ count: Int) -> Int {
        defer {
            self.count += Packing.padded(count)
            peak = max(peak, self.count)
        }
        return self.count
    }

    /// Takes back everything that was handed out since `count` was `mark`.
    mutating func rewind(to mark: Int) { count = mark }

    /// What a caller has to provide: the peak, and room to align it.
    var required: Int { peak + Packing.lanes }

    /// The first address at or after `base` that is aligned for the widest vector.
    static func align(_ base: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float> {
        let mask = UInt(4 * Packing.lanes - 1)
        let address = UInt(bitPattern: base)
        return base + Int((address + mask & ~mask) - address) / 4
    }
}
