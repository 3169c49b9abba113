import Corpora
import Kernels

extension RandomStream {
    /// The numbers of one seed for one use: neighbours' streams have nothing in common.
    init(seed: Int, for purpose: String) {
        self.init(digest: Digest(of: "simulation \(seed) \(purpose)".utf8).bytes)
    }

    /// True in one of `1 / probability` cases.
    mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

    /// A number between the bounds.
    mutating func between(_ low: Double, _ high: Double) -> Double {
        low + (high - low) * uniform()
    }
}
