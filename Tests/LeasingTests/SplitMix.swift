/// A small seeded generator (Steele et al. 2014), for tests only.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    /// The seed is mixed first, for the streams of neighbours would be one stream, shifted.
    init(seed: Int) {
        state = UInt64(truncatingIfNeeded: seed)
        state = next() ^ 0xD1B5_4A32_D192_ED03
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A whole number from 0 to `bound` - 1.
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// A number from 0 to 1.
    mutating func unit() -> Double { Double(next() >> 11) / Double(1 << 53) }

    mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    /// A number between the bounds.
    mutating func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * unit() }
}
