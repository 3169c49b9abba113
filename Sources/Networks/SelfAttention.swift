import Kernels

/// Scaled dot-product attention of a sequence's frames over each other, head by head.
///
/// For queries q, keys k and values v (L, d), of which head h has its own d / heads columns:
/// a_tj = softmax over the allowed j of q_t · k_j / √(d / heads);  y_t = Σ_j a_tj v_j.
/// Allowed are all frames of the sequence, or with a window those of |t − j| ≤ window.
/// Vaswani et al. 2017.
///
/// Weights are made for a block of queries, used and forgotten; the pass backwards makes them
/// again. So memory grows with L and not with its square.   Rabe and Staats 2021.
struct SelfAttention: Sendable {
    /// The width of queries, keys and values, d.
    let width: Int
    let heads: Int
    let window: Int?

    /// Queries whose weights are made at a time.
    static let blockRows = 64

    var headWidth: Int { width / heads }

    /// Where it keeps its values: offsets into the work space.
    struct Space: Sendable {
        /// Queries, keys and values of a sequence (T, 3 d), and what comes of them (T, d).
        var sequence = 0, context = 0
        /// Weights of a block (64, keys), and their gradient.
        var weights = 0, dWeights = 0
        /// Packed keys and values of a head: (d / heads, keys) and (keys, d / heads) each.
        var keys = 0, values = 0, otherKeys = 0, otherValues = 0
        /// The gradient of a sequence's queries, keys and values (T, 3 d).
        var dSequence = 0
        /// What `InstructionSet.gradient` works in.
        var scratch = 0
    }

    /// Plans its part of the work space.
    func plan(_ batch: SequenceBatch, training: Bool, _ plan: inout WorkspacePlan) -> Space {
        let span = min(batch.frames, window.map { SelfAttention.blockRows + 2 * $0 } ?? .max)
        let block = min(batch.frames, SelfAttention.blockRows)
        var space = Space()
        space.sequence = plan.take(batch.frames * 3 * width)
        space.context = plan.take(batch.frames * width)
        space.weights = plan.take(block * Packing.padded(span))
        let across = Packing.count(k: headWidth, n: span)
        let along = Packing.count(k: span, n: headWidth)
        space.keys = plan.take(across)
        space.values = plan.take(along)
        guard training else { return space }
        space.dWeights = plan.take(block * Packing.padded(span))
        space.otherKeys = plan.take(along)
        space.otherValues = plan.take(across)
        space.dSequence = plan.take(batch.frames * 3 * width)
        space.scratch = plan.take(InstructionSet.gradientScratch(n: headWidth))
        return space
    }

    /// `projected` (R, 3 d), queries, keys and values side by side → `context` (R, d).
    func forward(_ pass: Pass, _ space: Space, projected: Rows, into context: Rows) {
        let y = pass.space(space.context, step: width)
        for n in 0..<pass.batch.sequences {
            gather(pass, space, n, projected)
            eachBlock(pass, n) { block, isNew in
                if isNew {
                    packKeys(pass, space, block)
                    packValues(pass, space, block)
                }
                let weights = makeWeights(pass, space, block)
                pass.kernels.product(
                    m: block.queries.count, n: headWidth, k: block.keys.count, weights,
                    pass.space(space.values), start: nil,
                    into: y.from(row: block.queries.lowerBound, column: block.column))
            }
            pass.batch.scatter(sequence: n, y, columns: width, to: context)
        }
    }

    /// Some queries of one head, and the keys that any of them may look at.
    struct Block {
        let queries: Range<Int>
        let keys: Range<Int>
        /// The head's first column.
        let column: Int
    }

    /// Each head's blocks of queries of a sequence; `isNew` where their keys are others than those
    /// of the block before.
    func eachBlock(_ pass: Pass, _ n: Int, _ body: (_ block: Block, _ isNew: Bool) -> Void) {
        let length = pass.batch.lengths[n]
        for head in 0..<heads {
            var last: Range<Int>?
            for start in stride(from: 0, to: length, by: SelfAttention.blockRows) {
                let queries = start..<min(length, start + SelfAttention.blockRows)
                let keys =
                    allowed(queries.lowerBound, length)
                    .lowerBound..<allowed(queries.upperBound - 1, length).upperBound
                body(
                    Block(queries: queries, keys: keys, column: head * headWidth), keys != last)
                last = keys
            }
        }
    }

    /// The frames that frame `t` of a sequence may look at.
    private func allowed(_ t: Int, _ length: Int) -> Range<Int> {
        guard let window else { return 0..<length }
        return max(0, t - window)..<min(length, t + window + 1)
    }

    /// Copies a sequence's queries, times 1 / √(d / heads), keys and values to its own rows.
    func gather(_ pass: Pass, _ space: Space, _ n: Int, _ projected: Rows) {
        let rows = pass.space(space.sequence, step: 3 * width)
        pass.batch.gather(sequence: n, projected, columns: 3 * width, to: rows)
        scaleQueries(pass, rows, count: pass.batch.lengths[n])
    }

    /// Multiplies queries, or their gradient, by 1 / √(d / heads).
    func scaleQueries(_ pass: Pass, _ rows: Rows, count: Int) {
        var factor = Float(1 / Double(headWidth).squareRoot())
        withUnsafeMutablePointer(to: &factor) {
            pass.kernels.scale(
                rows: count, n: width, by: Rows($0, step: 0), rows, into: rows)
        }
    }

    /// Packs a head's keys of a block, transposed, for the product with its queries.
    func packKeys(_ pass: Pass, _ space: Space, _ block: Block) {
        let keys = pass.space(space.sequence, step: 3 * width)
            .from(row: block.keys.lowerBound, column: width + block.column)
        Packing.pack(
            k: headWidth, n: block.keys.count, keys.base, kStep: 1, nStep: 3 * width,
            into: pass.space(space.keys))
    }

    private func packValues(_ pass: Pass, _ space: Space, _ block: Block) {
        let values = pass.space(space.sequence, step: 3 * width)
            .from(row: block.keys.lowerBound, column: 2 * width + block.column)
        Packing.pack(
            k: block.keys.count, n: headWidth, values.base, kStep: 3 * width, nStep: 1,
            into: pass.space(space.values))
    }

    /// The weights of a block (queries, keys), 0 where a key is not allowed.
    func makeWeights(_ pass: Pass, _ space: Space, _ block: Block) -> Rows {
        let weights = pass.space(space.weights, step: Packing.padded(block.keys.count))
        pass.kernels.product(
            m: block.queries.count, n: block.keys.count, k: headWidth,
            pass.space(space.sequence, step: 3 * width)
                .from(row: block.queries.lowerBound, column: block.column),
            pass.space(space.keys), start: nil, into: weights)
        eachRow(pass, block, weights) { row, count, columns in
            pass.kernels.softmax(rows: count, n: columns, scale: 1, row, into: row)
        }
        return weights
    }

    /// Hands over the allowed columns of each row of a block, and sets the others to 0; without a
    /// window all rows at once.
    func eachRow(
        _ pass: Pass, _ block: Block, _ rows: Rows, _ body: (Rows, _ count: Int, Int) -> Void
    ) {
        guard window != nil else { return body(rows, block.queries.count, block.keys.count) }
        for (row, t) in block.queries.enumerated() {
            let range = allowed(t, block.keys.upperBound)
            let first = range.lowerBound - block.keys.lowerBound
            let row = rows.from(row: row)
            row.base.clear(count: first)
            (row.base + first + range.count)
                .clear(count: block.keys.upperBound - range.upperBound)
            body(row.from(row: 0, column: first), 1, range.count)
        }
    }
}
