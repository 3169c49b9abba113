/// A stream of random numbers that is the same on every machine: xoshiro256**.
///
/// Blackman and Vigna 2021, "Scrambled linear pseudorandom number generators". A stream is made
/// from 256 bits that name its use (a hash of the trial's key and a purpose), so that no two uses
/// share one and none depends on what ran before.
public struct RandomStream: Hashable, Sendable {
    /// The four words of its state, which a checkpoint holds.
    public var state: (UInt64, UInt64, UInt64, UInt64) { (s0, s1, s2, s3) }
    private var s0: UInt64, s1: UInt64, s2: UInt64, s3: UInt64

    /// The stream that starts at these four words.
    ///
    /// All zero, the one state that the generator cannot leave, is replaced by a fixed other one.
    public init(state: (UInt64, UInt64, UInt64, UInt64)) {
        (s0, s1, s2, s3) = state
        if s0 | s1 | s2 | s3 == 0 { s0 = 0x9E37_79B9_7F4A_7C15 }
    }

    /// The stream that starts at the first 32 bytes of a digest, read as little-endian words.
    ///
    /// - Precondition: `digest` has at least 32 bytes.
    public init(digest: [UInt8]) {
        precondition(digest.count >= 32)
        func word(_ i: Int) -> UInt64 {
            (0..<8).reduce(0) { $0 | UInt64(digest[8 * i + $1]) << UInt64(8 * $1) }
        }
        self.init(state: (word(0), word(1), word(2), word(3)))
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        let result = rotate(s1 &* 5, 7) &* 9
        let t = s1 << 17
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= t
        s3 = rotate(s3, 45)
        return result
    }

    /// A number in [0, 1), uniform over the multiples of 2⁻⁵³.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A whole number in 0 ..< `bound`, without bias (Lemire 2019).
    ///
    /// - Precondition: `bound >= 1`.
    public mutating func below(_ bound: Int) -> Int {
        precondition(bound >= 1)
        let range = UInt64(bound)
        var product = next().multipliedFullWidth(by: range)
        if product.low < range {
            let threshold = (0 &- range) % range
            while product.low < threshold { product = next().multipliedFullWidth(by: range) }
        }
        return Int(product.high)
    }

    /// Puts `items` into a random order (Fisher and Yates).
    public mutating func shuffle<Item>(_ items: inout [Item]) {
        for i in stride(from: items.count - 1, to: 0, by: -1) { items.swapAt(i, below(i + 1)) }
    }

    private func rotate(_ x: UInt64, _ k: UInt64) -> UInt64 { x << k | x >> (64 - k) }
}
