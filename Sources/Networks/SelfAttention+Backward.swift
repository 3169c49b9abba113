import Kernels

extension SelfAttention {
    /// The gradients of queries, keys and values, after `forward` on the same batch.
    ///
    /// `projected` (R, 3 d) in: queries, keys, values; out: their gradients. `dContext` (R, d).
    func backward(_ pass: Pass, _ space: Space, projected: Rows, dContext: Rows) {
        let gradient = pass.space(space.dSequence, step: 3 * width)
        let dY = pass.space(space.context, step: width)
        for n in 0..<pass.batch.sequences {
            let length = pass.batch.lengths[n]
            gather(pass, space, n, projected)
            pass.batch.gather(sequence: n, dContext, columns: width, to: dY)
            gradient.base.clear(count: length * 3 * width)
            eachBlock(pass, n) { block, isNew in
                if isNew {
                    packKeys(pass, space, block)
                    packOthers(pass, space, block)
                }
                backward(pass, space, block, dY, adding: gradient)
            }
            scaleQueries(pass, gradient, count: length)
            pass.batch.scatter(sequence: n, gradient, columns: 3 * width, to: projected)
        }
    }

    /// A head's keys, and its values transposed, packed for the products backwards.
    private func packOthers(_ pass: Pass, _ space: Space, _ block: Block) {
        let rows = pass.space(space.sequence, step: 3 * width)
            .from(row: block.keys.lowerBound, column: block.column)
        Packing.pack(
            k: block.keys.count, n: headWidth, rows.from(row: 0, column: width).base,
            kStep: 3 * width, nStep: 1, into: pass.space(space.otherKeys))
        Packing.pack(
            k: headWidth, n: block.keys.count, rows.from(row: 0, column: 2 * width).base,
            kStep: 1, nStep: 3 * width, into: pass.space(space.otherValues))
    }

    /// What a block of queries adds: da = dy vᵀ, through the softmax to de;  dv += aᵀ dy,
    /// dq += de k, dk += deᵀ q.
    private func backward(
        _ pass: Pass, _ space: Space, _ block: Block, _ dY: Rows, adding gradient: Rows
    ) {
        let (count, keys) = (block.queries.count, block.keys.count)
        let kernels = pass.kernels
        let scratch = pass.space(space.scratch)
        let weights = makeWeights(pass, space, block)
        let dWeights = pass.space(space.dWeights, step: weights.step)
        let dy = dY.from(row: block.queries.lowerBound, column: block.column)
        let queries = pass.space(space.sequence, step: 3 * width)
            .from(row: block.queries.lowerBound, column: block.column)
        kernels.product(
            m: count, n: keys, k: headWidth, dy, pass.space(space.otherValues), start: nil,
            into: dWeights)
        kernels.gradient(
            rows: count, m: keys, n: headWidth, weights, dy,
            adding: gradient.from(row: block.keys.lowerBound, column: 2 * width + block.column),
            scratch: scratch)
        eachRow(pass, block, dWeights) { row, count, columns in
            let a = weights.from(row: 0, column: row.base - dWeights.base)
            kernels.softmaxBackward(rows: count, n: columns, scale: 1, a, row, into: row)
        }
        let dQueries = gradient.from(row: block.queries.lowerBound, column: block.column)
        kernels.product(
            m: count, n: headWidth, k: keys, dWeights, pass.space(space.otherKeys),
            start: nil, into: dQueries)
        kernels.gradient(
            rows: count, m: keys, n: headWidth, dWeights, queries,
            adding: gradient.from(row: block.keys.lowerBound, column: width + block.column),
            scratch: scratch)
    }
}

extension SequenceBatch {
    /// Copies a sequence's rows of a packed batch to rows of its own.
    func gather(sequence n: Int, _ packed: Rows, columns: Int, to rows: Rows) {
        for t in 0..<lengths[n] {
            packed.from(row: row(sequence: n, frame: t))
                .copy(rows: 1, columns: columns, to: rows.from(row: t))
        }
    }

    /// Copies a sequence's own rows to its rows of a packed batch.
    func scatter(sequence n: Int, _ rows: Rows, columns: Int, to packed: Rows) {
        for t in 0..<lengths[n] {
            rows.from(row: t)
                .copy(rows: 1, columns: columns, to: packed.from(row: row(sequence: n, frame: t)))
        }
    }
}
