import Scoring

/// Numbers as people read them: a fixed number of decimals, the same on every machine.
public enum Fixed {
    /// `value` rounded to `decimals` decimals, ties away from zero; never `-0.000`.
    ///
    /// Values too large for whole numbers of 64 bits are written as they are.
    public static func text(_ value: Double, decimals: Int = 3) -> String {
        var unit = 1.0
        for _ in 0..<decimals { unit *= 10 }
        let scaled = (abs(value) * unit).rounded(.toNearestOrAwayFromZero)
        guard scaled < 0x1p53 else { return value.description }
        let digits = String(Int(scaled))
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard decimals > 0 else { return sign + padded }
        return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }

    /// A setting as the user wrote it: the shortest digits, and `2`, not `2.0`.
    static func plain(_ value: Double) -> String {
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// A share in per cent, such as `20 %` or `12.5 %`.
    static func percent(_ share: Double) -> String {
        let text = Self.text(100 * share, decimals: 1)
        return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + " %"
    }

    /// An interval, such as `[0.120, 0.340]`, or `–` where there is none.
    static func text(_ interval: Interval?) -> String {
        interval.map { "[\(text($0.low)), \(text($0.high))]" } ?? "–"
    }

    /// A p-value: three decimals, and `< 0.001` below them.
    static func probability(_ value: Double?) -> String {
        value.map { $0 < 0.001 ? "< 0.001" : text($0) } ?? "–"
    }

    /// A whole number with a comma after each three digits.
    static func grouped(_ value: Int) -> String {
        var text = ""
        for (place, digit) in String(value.magnitude).reversed().enumerated() {
            if place > 0, place % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (value < 0 ? "-" : "") + String(text.reversed())
    }

    /// The smallest and the largest of `values`, such as `8-12`, or the one that they all are.
    static func range(_ values: [Int]) -> String {
        guard let low = values.min(), let high = values.max() else { return "-" }
        return low == high ? grouped(low) : "\(grouped(low))–\(grouped(high))"
    }
}

extension String {
    /// The text with control characters and line ends replaced, so that a name can neither steer
    /// a terminal nor break a line.
    var printable: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator:
                text.unicodeScalars.append("\u{FFFD}")
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
