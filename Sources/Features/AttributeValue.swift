/// The value of an attribute of a file, group or dataset.
public enum AttributeValue: Hashable, Sendable, CustomStringConvertible {
    /// A string.
    case text(String)
    /// A number of any stored type; true is 1.
    case number(Double)
    /// An array of numbers, row-major whatever its shape.
    case numbers([Double])
    /// An array of strings, row-major whatever its shape.
    case texts([String])

    /// The values as a column of a manifest shows them: whole numbers without a fraction, arrays
    /// separated by spaces.
    public var description: String {
        switch self {
        case .text(let text): text
        case .number(let number): Self.digits(number)
        case .numbers(let numbers): numbers.map(Self.digits).joined(separator: " ")
        case .texts(let texts): texts.joined(separator: " ")
        }
    }

    private static func digits(_ number: Double) -> String {
        Int64(exactly: number).map(String.init) ?? String(number)
    }
}
