import Kernels

extension KernelCase {
    /// A query of a decoder of 64 units over a chunk, and what is done once for all queries of it.
    static var attention: [KernelCase] {
        let (frames, units, width, rows) = (300, 64, 128, 34)
        let (factors, query, queries) = (noise(units), noise(units), noise(rows * units))
        for k in 0..<units { query.base[k] += 1 }
        let states = noise(Packing.padded(frames) * width)
        let (keyRows, dKeyRows) = (noise(frames * units), Arena(count: frames * units))
        let keys = Arena(count: Attention.keyCount(frames: frames, units: units))
        InstructionSet.current.attentionKeys(
            frames: frames, units: units, Rows(keyRows.base, step: units), into: keys.base)
        func attention() -> Attention {
            Attention(
                frames: 0..<frames, units: units, width: width, factors: factors.base,
                query: query.base, keys: keys.base, states: states.base)
        }
        let (weights, context) = (Arena(count: Packing.padded(frames)), Arena(count: width))
        let (softmax, dContext, dKeys) = (Arena(count: 2), noise(width), Arena(count: keys.count))
        let (dQuery, dFactors) = (Arena(count: units), Arena(count: units))
        let scratch = Arena(
            count: Attention.scratch(units: units, width: width, frames: frames))
        let shape = "\(frames) × \(units)"
        // An energy is q · k + 1 and factor · r of each unit, divisions aside; backwards it is made
        // again, and has three gradients.
        let (energies, sums) = (Double(4 * frames * units), Double(2 * frames * width))
        let read = Double(4 * (keys.count + states.count))
        return [
            // In place: the values soon stay at the largest, which takes as long as any other.
            KernelCase(
                name: "attention queries", shape: "\(rows) × \(units)", operations: 0,
                bytes: Double(8 * queries.count)
            ) { set in
                set.attentionQueries(
                    rows: rows, units: units, Rows(queries.base, step: units))
            },
            KernelCase(
                name: "attention keys", shape: shape, operations: 0,
                bytes: Double(4 * (keyRows.count + keys.count))
            ) { set in
                set.attentionKeys(
                    frames: frames, units: units, Rows(keyRows.base, step: units),
                    into: keys.base)
            },
            KernelCase(
                name: "attention", shape: "\(shape) × \(width)", operations: energies + sums,
                bytes: read
            ) { set in
                set.attentionForward(
                    attention(), weights: weights.base, into: context.base, softmax: softmax.base)
            },
            KernelCase(
                name: "attention backward", shape: "\(shape) × \(width)",
                operations: 2.5 * energies + sums, bytes: read + Double(8 * dKeys.count)
            ) { set in
                set.attentionBackward(
                    attention(), softmax: softmax.base, context: context.base,
                    dContext: dContext.base, weights: weights.base, dKeys: dKeys.base,
                    dQuery: dQuery.base, dFactors: dFactors.base, scratch: scratch.base)
            },
            KernelCase(
                name: "keys backward", shape: shape, operations: 0,
                bytes: Double(4 * (keyRows.count + keys.count))
            ) { set in
                set.attentionKeysBackward(
                    frames: frames, units: units, factors: factors.base, dKeys: dKeys.base,
                    into: Rows(dKeyRows.base, step: units))
            },
        ]
    }
}
