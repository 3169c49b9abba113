import Foundation
import Kernels
import Testing

@testable import Preparing

/// Numbers in text, to the last bit: the C library's strtod is the judge.
@Suite struct DecimalTextTests {
    /// The number that `text` is as a whole; nil when it is none.
    private func read(_ text: String) -> Double? {
        let bytes = Array(text.utf8) + [10]
        return bytes.withUnsafeBufferPointer { buffer in
            var place = buffer.baseAddress!
            let number = DecimalText.scan(&place)
            return place == buffer.baseAddress! + bytes.count - 1 ? number : nil
        }
    }

    @Test("Numbers as tools print them are read to the last bit, 200,000 of them")
    func random() {
        var random = RandomStream(seed: 1)
        for _ in 0..<50_000 {
            let scale = Double(sign: .plus, exponent: random.below(120) - 60, significand: 1)
            let value = (random.uniform() - 0.5) * scale
            let any = Double(bitPattern: random.next())
            for text in [
                String(format: "%.6f", value), String(format: "%.6e", value), "\(value)",
                String(format: "%.17g", any.isFinite ? any : value),
            ] {
                #expect(read(text)?.bitPattern == strtod(text, nil).bitPattern, "\(text)")
            }
        }
    }

    @Test("Numbers halfway between two float64, and a digit to either side, round as IEEE 754 says")
    func halfway() {
        var random = RandomStream(seed: 2)
        for _ in 0..<20_000 {
            // An odd multiple of half a unit in the last place has 54 bits: 17 digits or fewer.
            let half = (1 << 53) | (random.next() >> 11) | 1
            for (power, digits) in [(0, ""), (-1, ".5"), (-2, ".25"), (-3, ".125")] {
                let whole = "\(half >> UInt64(-power))"
                for text in [whole + digits, whole + digits + "0001", "\(half)e\(power)"] {
                    #expect(read(text)?.bitPattern == strtod(text, nil).bitPattern, "\(text)")
                }
            }
            for power in -27...27 {
                let text = "\(random.next())e\(power)"
                #expect(read(text)?.bitPattern == strtod(text, nil).bitPattern, "\(text)")
            }
        }
    }

    @Test(
        "Every way to write a number is known",
        arguments: [
            ("1", 1.0), ("-1", -1), ("+1.5", 1.5), (".5", 0.5), ("5.", 5), ("1e3", 1000),
            ("1E-3", 0.001), ("1.5e+2", 150), ("0", 0), ("000.000", 0), ("1e-400", 0),
            ("123456789012345678901234567890", 1.2345678901234568e29),
            ("0.000000000000000000000000000001", 1e-30), ("4.9e-324", 5e-324),
            ("9007199254740993", 9_007_199_254_740_992), ("18446744073709551615", 0x1p64),
        ])
    func forms(_ text: String, _ value: Double) { #expect(read(text) == value) }

    @Test(
        "What is no number is none",
        arguments: ["", "-", ".", "e5", "1e", "1e+", "1,5", "1.2.3", "0x10", "--1", "1 ", "inf"])
    func noNumbers(_ text: String) { #expect(read(text) == nil) }

    @Test("The sign of zero is kept, and what is beyond float64 is infinite")
    func edges() {
        #expect(read("-0.0")?.sign == .minus)
        #expect(read("1e400") == .infinity)
        #expect(read("1e99999999999") == .infinity)
    }
}
