/// Which network, and its sizes: the part of a recipe that says what the arena holds.
public enum NetworkRecipe: Hashable, Sendable, Codable {
    /// The AVEC 2019 system: two forward LSTM layers of `hidden[0]` and `hidden[1]` units.
    case baseline(hidden: [Int])
    /// Early attention fusion: gated features into a bidirectional LSTM of `layers` layers of
    /// `hidden` units a direction.   Raju, Gaus, Breckon, AVEC 2019.
    case eaf(hidden: Int, layers: Int, gate: Gate)
    /// Attention encoder–decoder: a bidirectional LSTM of `hidden` units a direction, and a decoder
    /// that looks at its states through `attention` units, at most `window` frames to either side;
    /// nil looks at all.   Bahdanau, Cho, Bengio 2015.
    case aed(hidden: Int, attention: Int, feed: Feed, window: Int?)
    /// Extended multi-attention fusion: a gate per feature, and the encoder and decoder of `aed`,
    /// for all modalities together or for each.   Raju, Gaus, Breckon, AVEC 2019.
    case emafn(
        hidden: Int, attention: Int, fusion: Fusion, feed: Feed, window: Int?, gateScaled: Bool)
    /// Dilated, centred convolutions over time of `channels` channels and `taps` taps, one block
    /// for each dilation.   Bai, Kolter, Koltun 2018.
    case tcn(channels: Int, taps: Int, dilations: [Int])
    /// A pre-norm transformer encoder.   Vaswani et al. 2017.
    case transformer(TransformerRecipe)
    /// A linear model per frame, which is solved instead of trained.
    case linear(LinearRecipe)

    /// What a decoder reads beside what it looks at.
    public enum Feed: String, Codable, Hashable, Sendable, CaseIterable {
        /// Its own prediction of the frame before, in training too.
        case previous
        /// The encoder's state at its frame.
        case encoder
        /// Nothing.
        case none
    }

    /// Where EMAFN joins the modalities.
    public enum Fusion: String, Codable, Hashable, Sendable, CaseIterable {
        /// Before the encoder: gated features stand side by side.
        case early
        /// Behind the decoders: attention over the modalities' states, frame by frame.
        case model
    }

    /// How a modality's features are weighted before they are fused.
    public enum Gate: Hashable, Sendable, Codable {
        /// The paper's ablation: features pass as they are.
        case none
        /// A softmax over the modality's features, per frame; `scaled` multiplies by their number.
        case feature(scaled: Bool)
        /// One softmax weight a modality and frame from an attention of `attention` units;
        /// `scaled` multiplies by the number of modalities.
        case modality(attention: Int, scaled: Bool)
    }
}

/// What is minimised.
public enum Loss: String, Hashable, Sendable, CaseIterable {
    /// 1 − CCC over all valid frames of the batch, mean over targets.
    case ccc
    /// 1 − CCC of each sequence, mean over targets and counted sequences.
    case cccSequence = "ccc-sequence"
    /// The mean squared error.
    case mse
}
