/// Writes JSON as it goes along: no tree, no indentation, the same values give the same text.
///
/// ```swift
/// var json = JSONWriter()
/// json.beginObject()
/// json.key("ccc")
/// json.number(0.25)
/// json.endObject()
/// json.text  // {"ccc":0.25}
/// ```
public struct JSONWriter: Sendable {
    /// What was written so far.
    public private(set) var text = ""
    private var needsComma = false

    /// A writer of an empty text.
    public init() {}

    /// Opens an object: `{`.
    public mutating func beginObject() { open("{") }

    /// Closes an object: `}`.
    public mutating func endObject() { close("}") }

    /// Opens an array: `[`.
    public mutating func beginArray() { open("[") }

    /// Closes an array: `]`.
    public mutating func endArray() { close("]") }

    /// Writes the name of an object's member; its value is to be written next.
    public mutating func key(_ name: String) {
        separate()
        quote(name)
        text += ":"
        needsComma = false
    }

    /// Writes a text.
    public mutating func string(_ value: String) {
        separate()
        quote(value)
        needsComma = true
    }

    /// Writes a number as the shortest digits that read back as the same one.
    ///
    /// Nil, and what JSON has no number for (not-a-number, infinity), is `null`.
    public mutating func number(_ value: Double?) {
        separate()
        if let value, value.isFinite { text += value.description } else { text += "null" }
        needsComma = true
    }

    /// Writes a whole number.
    public mutating func integer(_ value: Int) {
        separate()
        text += String(value)
        needsComma = true
    }

    private mutating func open(_ bracket: String) {
        separate()
        text += bracket
        needsComma = false
    }

    private mutating func close(_ bracket: String) {
        text += bracket
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { text += "," }
    }

    /// RFC 8259, section 7: quotes, backslashes and control characters are escaped.
    private mutating func quote(_ value: String) {
        text += "\""
        if value.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != 0x5C }) {
            text += value
        } else {
            for scalar in value.unicodeScalars { escape(scalar) }
        }
        text += "\""
    }

    private mutating func escape(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": text += "\\\""
        case "\\": text += "\\\\"
        case "\n": text += "\\n"
        case "\r": text += "\\r"
        case "\t": text += "\\t"
        case "\u{8}": text += "\\b"
        case "\u{C}": text += "\\f"
        case "\u{0}"..."\u{1F}":
            let digits = String(scalar.value, radix: 16)
            text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: text.unicodeScalars.append(scalar)
        }
    }
}
