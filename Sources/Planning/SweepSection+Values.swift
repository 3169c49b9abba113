/// Numbers and choices, read and checked.
extension SweepSection {
    /// The whole number under `key`, which must lie in `range`; nil where the key is missing.
    func integer(_ key: String, in range: ClosedRange<Int>) throws(SweepError) -> Int? {
        guard let text = try text(key) else { return nil }
        return try integer(text, key, in: range)
    }

    /// The whole numbers of the list under `key`, each in `range`.
    func integers(
        _ key: String, _ kind: String, in range: ClosedRange<Int>
    ) throws(SweepError) -> [Int]? {
        guard let nodes = try list(key, kind) else { return nil }
        var integers: [Int] = []
        for node in nodes { integers.append(try integer(try text(of: node, key), key, in: range)) }
        return integers
    }

    /// The number under `key`, which must lie in `range`; nil where the key is missing.
    func number(_ key: String, in range: NumberRange) throws(SweepError) -> Double? {
        guard let text = try text(key) else { return nil }
        return try number(text, key, in: range)
    }

    /// The numbers of the list under `key`, each a `kind`, in `range`; nil without the key.
    func numbers(
        _ key: String, _ kind: String, in range: NumberRange
    ) throws(SweepError) -> [Double]? {
        guard let nodes = try list(key, kind) else { return nil }
        var numbers: [Double] = []
        for node in nodes { numbers.append(try number(try text(of: node, key), key, in: range)) }
        return numbers
    }

    /// True or false under `key`; nil where the key is missing.
    func boolean(_ key: String) throws(SweepError) -> Bool? {
        switch try text(key) {
        case nil: return nil
        case "true": return true
        case "false": return false
        case let text?:
            throw error("`\(key)` of \(what) is `\(text)`; it must be true or false.", at: key)
        }
    }

    /// The word under `key`, which must be one of the cases; nil where the key is missing.
    func choice<Choice: CaseIterable & RawRepresentable<String>>(
        _ key: String, _ type: Choice.Type
    ) throws(SweepError) -> Choice? {
        guard let text = try text(key) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue)
            throw unknown("`\(key)` of \(what) cannot be", text, known: known, at: key)
        }
        return choice
    }

    /// Whether `key` says just `word`.
    func isWord(_ word: String, at key: String) throws(SweepError) -> Bool {
        try text(key) == word
    }

    private func number(
        _ text: String, _ key: String, in range: NumberRange
    ) throws(SweepError) -> Double {
        guard let number = Double(text), number.isFinite, range.contains(number) else {
            throw error(
                "`\(key)` of \(what) is `\(text)`; it must be a number \(range.words).", at: key)
        }
        return number + 0  // Minus zero becomes zero: the same value has the same bits in a key.
    }

    private func integer(
        _ text: String, _ key: String, in range: ClosedRange<Int>
    ) throws(SweepError) -> Int {
        guard let integer = Int(text), range.contains(integer) else {
            throw error(
                """
                `\(key)` of \(what) is `\(text)`; it must be a whole number from \
                \(range.lowerBound) to \(range.upperBound).
                """, at: key)
        }
        return integer
    }
}

/// The numbers that a setting may take.
enum NumberRange {
    /// Above 0.
    case positive
    /// 0 or above.
    case notNegative
    /// Above 0 and below 1.
    case share
    /// From 0, below 1.
    case belowOne

    /// Whether `number` is allowed.
    func contains(_ number: Double) -> Bool {
        switch self {
        case .positive: number > 0
        case .notNegative: number >= 0
        case .share: number > 0 && number < 1
        case .belowOne: number >= 0 && number < 1
        }
    }

    /// The rest of the sentence "it must be a number …".
    var words: String {
        switch self {
        case .positive: "above 0"
        case .notNegative: "of 0 or more"
        case .share: "above 0 and below 1"
        case .belowOne: "from 0 to below 1"
        }
    }
}
