import Networks

extension NetworkRecipe {
    /// The additions and multiplications of the matrix products of one step of training, as they
    /// are done: without the gradient of the inputs, which training does not ask for.
    func operations(of network: any Network, _ batch: SequenceBatch) -> Double {
        let matrices = network.layout.entries.filter { $0.shape.count >= 2 }
        let gates = matrices.filter { $0.name.hasPrefix("gates.") }.map(\.name)
        let first = [
            "input.", "blocks.0.", "lstm1.weight_ih_", "lstm.weight_ih_l0", "enc.weight_ih_l0",
        ]
        let lowest =
            gates.isEmpty
            ? matrices.map(\.name).filter { name in first.contains { name.hasPrefix($0) } } : gates
        var products = 0.0
        for matrix in matrices {
            // Forwards, for its own gradient, and for that of what it multiplies.
            let uses = lowest.contains(matrix.name) ? 2 : 3
            let rows = matrix.name.hasPrefix("init") ? batch.sequences : batch.rows
            products += Double(uses) * Double(matrix.count) * Double(rows)
        }
        return 2 * (products + attended(batch, modalities: network.widths.count))
    }

    /// The multiplications of attention. Decoders: weights by states, forwards and for the
    /// gradients of both. Transformer: queries by keys and weights by values, and backwards the
    /// first once more and two for each of both.
    private func attended(_ batch: SequenceBatch, modalities: Int) -> Double {
        let uses: Double
        let window: Int?
        switch self {
        case .aed(let hidden, _, _, let frames):
            uses = 3 * 2 * Double(hidden)
            window = frames
        case .emafn(let hidden, _, let fusion, _, let frames, _):
            uses = 3 * 2 * Double(hidden * (fusion == .model ? modalities : 1))
            window = frames
        case .transformer(let recipe):
            uses = 7 * Double(recipe.hidden * recipe.layers)
            window = recipe.window
        case .baseline, .eaf, .tcn, .linear: return 0
        }
        var pairs = 0
        for length in batch.lengths {
            guard let window else {
                pairs += length * length
                continue
            }
            for t in 0..<length { pairs += min(length, t + window + 1) - max(0, t - window) }
        }
        return uses * Double(pairs)
    }
}
