extension CorpusCheck {
    /// The table that `concord data check` prints: a line for each matrix and culture.
    ///
    ///     matrix   culture  recordings  frames  columns    least  greatest  NaN  digests
    ///     audio    DE            44/44   70856       29   -3.210     4.052    0  44 ok
    ///     targets  DE            44/44   70856        2  -0.9120    0.8701    0  43 ok, 1 differs
    public var table: String {
        let header = [
            "matrix", "culture", "recordings", "frames", "columns", "least", "greatest", "NaN",
            "digests",
        ]
        let lines = [header] + rows.map(\.fields)
        let widths = header.indices.map { column in lines.map { $0[column].count }.max()! }
        return lines.map { fields in
            fields.enumerated().map { column, field in
                let space = String(repeating: " ", count: widths[column] - field.count)
                let isWord = [0, 1, header.count - 1].contains(column)
                return isWord ? field + space : space + field
            }
            .joined(separator: "  ").trimmingEnd
        }
        .joined(separator: "\n") + "\n"
    }

    /// About four significant digits, without an exponent between 0.001 and 100,000.
    static func short(_ value: Float) -> String {
        let magnitude = Double(value.magnitude)
        guard magnitude != 0 else { return "0" }
        guard magnitude >= 0.001, magnitude < 100_000 else { return "\(value)" }
        // Decimals and ten to their power.
        let (decimals, scale) =
            switch magnitude {
            case ..<1: (4, 10_000)
            case ..<10: (3, 1000)
            case ..<100: (2, 100)
            case ..<1000: (1, 10)
            default: (0, 1)
            }
        let scaled = Int((magnitude * Double(scale)).rounded())
        let digits = "\(scaled % scale)"
        let fraction = String(repeating: "0", count: max(0, decimals - digits.count)) + digits
        return (value < 0 ? "-" : "") + "\(scaled / scale)" + (decimals > 0 ? ".\(fraction)" : "")
    }
}

extension CorpusCheck.Row {
    fileprivate var fields: [String] {
        let differing = read - equalDigests - newDigests
        let differ = differing == 0 ? "" : ", \(differing) \(differing == 1 ? "differs" : "differ")"
        return [
            matrix, culture, "\(read)/\(planned)", "\(frames)",
            columns.isEmpty ? "-" : columns.sorted().map { "\($0)" }.joined(separator: "|"),
            range.map { CorpusCheck.short($0.lowerBound) } ?? "-",
            range.map { CorpusCheck.short($0.upperBound) } ?? "-",
            "\(nonFinite)",
            newDigests > 0 ? "\(newDigests) new\(differ)" : "\(equalDigests) ok\(differ)",
        ]
    }
}

extension String {
    /// Without spaces at its end.
    fileprivate var trimmingEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
