/// Decimal numbers in text, rounded as IEEE 754 asks: to the nearest float64, ties to even.
///
/// Of most numbers one product or quotient of exact float64 is right (Clinger 1990, "How to read
/// floating point numbers accurately"). With up to 19 digits and a power of ten from -27 to 27 one
/// product or quotient of 128 bits is, since 5²⁷ is below 2⁶³. The standard library does the rest.
enum DecimalText {
    private static let plus = UInt8(ascii: "+")
    private static let minus = UInt8(ascii: "-")
    private static let point = UInt8(ascii: ".")

    /// The number that begins at `place`, which then stands behind it; nil, and `place` where it
    /// was, when there is none.
    ///
    /// - Precondition: A byte that belongs to no number, such as a line break, ends the memory.
    @inline(__always)
    static func scan(_ place: inout UnsafePointer<UInt8>) -> Double? {
        var p = place
        let isNegative = p.pointee == minus
        if isNegative || p.pointee == plus { p += 1 }
        var digits: UInt64 = 0
        let first = p
        var digit = p.pointee &- 48
        while digit < 10 {
            digits = digits &* 10 &+ UInt64(digit)
            p += 1
            digit = p.pointee &- 48
        }
        var count = p - first
        var power = 0
        if p.pointee == point {
            p += 1
            let fraction = p
            digit = p.pointee &- 48
            while digit < 10 {
                digits = digits &* 10 &+ UInt64(digit)
                p += 1
                digit = p.pointee &- 48
            }
            power = fraction - p
            count -= power
        }
        guard count > 0 else { return nil }
        if p.pointee | 0x20 == UInt8(ascii: "e") {
            guard let exponent = exponent(&p) else { return nil }
            power += exponent
        }
        let start = place
        place = p
        guard count <= 19, let size = value(digits, power) else {
            let text = String(
                decoding: UnsafeBufferPointer(start: start, count: p - start), as: UTF8.self)
            return Double(text)
        }
        return isNegative ? -size : size
    }

    /// The exponent whose letter is at `place`; nil when no digit follows it.
    private static func exponent(_ place: inout UnsafePointer<UInt8>) -> Int? {
        var p = place + 1
        let isNegative = p.pointee == minus
        if isNegative || p.pointee == plus { p += 1 }
        let first = p
        var exponent = 0
        while p.pointee &- 48 < 10 {
            // What is beyond all float64 is so with five digits too.
            if exponent < 10_000 { exponent = exponent * 10 + Int(p.pointee - 48) }
            p += 1
        }
        guard p > first else { return nil }
        place = p
        return isNegative ? -exponent : exponent
    }

    /// `digits` · 10^`power`; nil where neither way is sure to be exact.
    @inline(__always)
    static func value(_ digits: UInt64, _ power: Int) -> Double? {
        if digits <= 1 << 53, power.magnitude <= 22 {
            let ten = tens[Int(power.magnitude)]
            return power < 0 ? Double(digits) / ten : Double(digits) * ten
        }
        return wideValue(digits, power)
    }

    private static func wideValue(_ digits: UInt64, _ power: Int) -> Double? {
        guard digits > 0 else { return 0 }
        guard power.magnitude <= 27 else { return nil }
        let five = fives[Int(power.magnitude)]
        let shift = digits.leadingZeroBitCount
        let top = digits << UInt64(shift)
        guard power < 0 else {
            let product = top.multipliedFullWidth(by: five)
            guard product.high > 0 else {
                return round(product.low, isInexact: false, exponent: power - shift)
            }
            let zeros = product.high.leadingZeroBitCount
            let bits =
                zeros == 0
                ? product.high
                : product.high << UInt64(zeros) | product.low >> UInt64(64 - zeros)
            return round(
                bits, isInexact: product.low << UInt64(zeros) != 0,
                exponent: power - shift + 64 - zeros)
        }
        // The quotient of two numbers whose highest bits are set has 63 or 64 bits.
        let zeros = five.leadingZeroBitCount
        let divisor = five << UInt64(zeros)
        let (quotient, rest) = divisor.dividingFullWidth((top >> 1, top << 63))
        return round(quotient, isInexact: rest != 0, exponent: zeros - shift - 63 + power)
    }

    /// (`bits` and a little more, where it is inexact) · 2^`exponent`, to 53 bits.
    private static func round(_ bits: UInt64, isInexact: Bool, exponent: Int) -> Double {
        let zeros = bits.leadingZeroBitCount
        let top = bits << UInt64(zeros)
        var kept = top >> 11
        let rest = top & 0x7FF
        if rest > 0x400 || rest == 0x400 && (isInexact || kept & 1 == 1) { kept += 1 }
        // All exponents here are those of normal numbers, so the product is exact.
        let scale = Double(bitPattern: UInt64(1023 + exponent - zeros + 11) << 52)
        return Double(kept) * scale
    }

    /// 10⁰ to 10²², which float64 holds exactly.
    private static let tens: [Double] = (0...22).map { n in
        (0..<n).reduce(1) { power, _ in power * 10 }
    }
    /// 5⁰ to 5²⁷.
    private static let fives: [UInt64] = (0...27).map { n in
        (0..<n).reduce(1) { power, _ in power * 5 }
    }
}
