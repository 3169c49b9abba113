/// A learnt projection of modalities that are too wide for what comes after it.
public struct ProjectionRecipe: Hashable, Sendable {
    /// The values that a wide modality is projected to. The default is 64.
    public var width: Int
    /// The features above which a modality is wide. The default is 512.
    public var above: Int

    /// A projection to `width` values of modalities of more than `above` features.
    public init(width: Int = 64, above: Int = 512) {
        self.width = width
        self.above = above
    }

    /// Whether a modality of so many features is projected.
    public func applies(to features: Int) -> Bool { features > above }

    /// The widths after the projection.
    func widths(from widths: [Int]) -> [Int] { widths.map { applies(to: $0) ? width : $0 } }
}
