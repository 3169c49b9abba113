import Kernels

extension NetworkRecipe {
    /// The network of this recipe for modalities of these widths and so many outputs.
    ///
    /// Where `projection` applies to a modality, the network stands behind it.
    ///
    /// - Throws: `NetworkError` when a size is below 1 or the weights would not fit in memory.
    public func makeNetwork(
        widths: [Int], outputs: Int, projection: ProjectionRecipe? = nil,
        kernels: InstructionSet = .current
    ) throws(NetworkError) -> any Network {
        if let projection, widths.contains(where: projection.applies) {
            return try ProjectedNetwork(projection, widths: widths, kernels: kernels) {
                widths throws(NetworkError) in
                try makeNetwork(widths: widths, outputs: outputs, kernels: kernels)
            }
        }
        try check(widths: widths, outputs: outputs)
        switch self {
        case .baseline(let hidden):
            return RecurrentNetwork(
                baseline: hidden, widths: widths, outputs: outputs, kernels: kernels)
        case .eaf(let hidden, let layers, let gate):
            return RecurrentNetwork(
                eaf: hidden, layers: layers, gate: gate, widths: widths, outputs: outputs,
                kernels: kernels)
        case .aed(let hidden, let attention, let feed, let window):
            return AttentionNetwork(
                early: .init(hidden: hidden, attention: attention, feed: feed, window: window),
                gated: false, scaled: false, widths: widths, outputs: outputs, kernels: kernels)
        case .emafn(let hidden, let attention, let fusion, let feed, let window, let scaled):
            let sizes = AttentionNetwork.Sizes(
                hidden: hidden, attention: attention, feed: feed, window: window)
            switch fusion {
            case .early:
                return AttentionNetwork(
                    early: sizes, gated: true, scaled: scaled, widths: widths, outputs: outputs,
                    kernels: kernels)
            case .model:
                return AttentionNetwork(
                    model: sizes, scaled: scaled, widths: widths, outputs: outputs,
                    kernels: kernels)
            }
        case .tcn(let channels, let taps, let dilations):
            return ConvolutionNetwork(
                channels: channels, taps: taps, dilations: dilations, widths: widths,
                outputs: outputs, kernels: kernels)
        case .transformer(let recipe):
            return TransformerNetwork(
                recipe, widths: widths, outputs: outputs, kernels: kernels)
        case .linear:
            return LinearNetwork(widths: widths, outputs: outputs, kernels: kernels)
        }
    }

    private func check(widths: [Int], outputs: Int) throws(NetworkError) {
        var sizes = widths.enumerated().map { ("the width of modality \($0 + 1)", $1) }
        sizes.append(("the number of outputs", outputs))
        switch self {
        case .baseline(let hidden):
            sizes.append(("the number of LSTM layers", hidden.count))
            sizes += hidden.enumerated().map { ("the hidden size of layer \($0 + 1)", $1) }
        case .eaf(let hidden, let layers, let gate):
            sizes += [("the hidden size", hidden), ("the number of LSTM layers", layers)]
            if case .modality(let attention, _) = gate {
                sizes.append(("the attention size of the modality gate", attention))
            }
        case .aed(let hidden, let attention, _, let window),
            .emafn(let hidden, let attention, _, _, let window, _):
            sizes += [("the hidden size", hidden), ("the attention size", attention)]
            sizes += sizesOf(window: window)
        case .tcn(let channels, let taps, let dilations):
            sizes += [
                ("the number of channels", channels), ("the number of taps", taps),
                ("the number of dilations", dilations.count),
            ]
            sizes += dilations.enumerated().map { ("dilation \($0 + 1)", $1) }
        case .transformer(let recipe):
            sizes += [
                ("the hidden size", recipe.hidden), ("the number of heads", recipe.heads),
                ("the number of layers", recipe.layers), ("the inner size", recipe.inner),
            ]
            sizes += sizesOf(window: recipe.window)
        case .linear:
            break
        }
        if case .emafn(_, _, .model, .previous, _, _) = self {
            throw NetworkError(
                description: "EMAFN that fuses the model level cannot feed predictions back: a "
                    + "modality's decoder makes none. Feed the encoder's states or nothing.")
        }
        if widths.isEmpty {
            throw NetworkError(description: "A network needs at least one modality of features.")
        }
        for (name, size) in sizes where size < 1 || size > NetworkError.sizeMax {
            throw NetworkError(
                description: "\(name.prefix(1).uppercased() + name.dropFirst()) is \(size); "
                    + "it must lie between 1 and \(NetworkError.sizeMax).")
        }
        try checkForm()
        let weights = weightCount(width: widths.reduce(0, +), widths: widths)
        if weights > NetworkError.weightsMax {
            throw NetworkError(
                description: "The network would have about \(Int(weights / 1e6)) million weights; "
                    + "the most is \(Int(NetworkError.weightsMax / 1e6)) million. "
                    + "Reduce the hidden size, or project wide features before the gate.")
        }
    }

    /// A window of 0 frames looks at the frame itself.
    private func sizesOf(window: Int?) -> [(String, Int)] {
        window.map { [("the window and the frame itself", $0 + 1)] } ?? []
    }

    /// Checks what sizes have to do with each other.
    private func checkForm() throws(NetworkError) {
        if case .tcn(_, let taps, _) = self, taps % 2 == 0 {
            throw NetworkError(
                description: "A convolution of \(taps) taps has no centre. Take an odd number.")
        }
        if case .transformer(let recipe) = self, recipe.hidden % recipe.heads != 0 {
            throw NetworkError(
                description: "\(recipe.heads) heads cannot share \(recipe.hidden) hidden units "
                    + "equally. Take a number of heads that divides them.")
        }
    }

    /// Roughly the number of weights of encoders and decoders over inputs of these widths.
    private func attentionWeights(_ widths: [Int], _ h: Double, _ a: Double) -> Double {
        widths.reduce(0) { $0 + 8 * h * (Double($1) + h) + 4 * h * 5 * h + 3 * a * h }
    }

    /// Roughly the number of weights, as a float that cannot overflow.
    private func weightCount(width: Int, widths: [Int]) -> Double {
        func lstm(_ inputs: Double, _ hidden: Double) -> Double { 4 * hidden * (inputs + hidden) }
        switch self {
        case .baseline(let hidden):
            let inputs = [width] + hidden.dropLast()
            return zip(inputs, hidden).reduce(0) { $0 + lstm(Double($1.0), Double($1.1)) }
        case .eaf(let hidden, let layers, let gate):
            let h = Double(hidden)
            let stack = lstm(Double(width), h) + Double(layers - 1) * lstm(2 * h, h)
            switch gate {
            case .none: return 2 * stack
            case .feature: return 2 * stack + widths.reduce(0) { $0 + Double($1) * Double($1) }
            case .modality(let attention, _): return 2 * stack + Double(attention * width)
            }
        case .aed(let hidden, let attention, _, _):
            return attentionWeights([width], Double(hidden), Double(attention))
        case .emafn(let hidden, let attention, let fusion, _, _, _):
            let streams = fusion == .early ? [width] : widths
            return attentionWeights(streams, Double(hidden), Double(attention))
                + widths.reduce(0) { $0 + Double($1) * Double($1) }
        case .tcn(let channels, let taps, let dilations):
            let inner = Double(dilations.count - 1) * Double(channels)
            return Double(channels) * Double(taps) * (Double(width) + inner)
        case .transformer(let recipe):
            let d = Double(recipe.hidden)
            return d * (Double(width) + Double(recipe.layers) * (4 * d + 2 * Double(recipe.inner)))
        case .linear:
            return Double(width)
        }
    }
}

/// Why a network cannot be made: a sentence.
public struct NetworkError: Error, Hashable, CustomStringConvertible, Sendable {
    /// The size at fault, and what is allowed.
    public let description: String

    /// The largest size of a layer or modality.
    static let sizeMax = 1 << 20
    /// The most weights: 2 GiB of them.
    static let weightsMax = Double(1 << 29)
}
