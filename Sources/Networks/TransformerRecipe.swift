/// The sizes of a transformer encoder.
public struct TransformerRecipe: Hashable, Sendable, Codable {
    /// The width of the residual stream, d.
    public var hidden: Int
    /// The number of attention heads, which divides `hidden`.
    public var heads: Int
    /// The number of layers.
    public var layers: Int
    /// The units between the two products of a layer.
    public var inner: Int
    /// The frames to either side that a frame may look at; nil looks at all.
    public var window: Int?
    /// What keeps a normalisation's quotient finite.
    public var normEpsilon: Double

    /// A transformer of these sizes; `inner` is twice `hidden` unless it is given.
    public init(
        hidden: Int, heads: Int, layers: Int, inner: Int? = nil, window: Int? = nil,
        normEpsilon: Double = 1e-5
    ) {
        self.hidden = hidden
        self.heads = heads
        self.layers = layers
        self.inner = inner ?? 2 * hidden
        self.window = window
        self.normEpsilon = normEpsilon
    }
}
