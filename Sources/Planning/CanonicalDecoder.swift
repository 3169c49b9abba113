import Corpora

/// Reads what ``CanonicalEncoder`` wrote; any bytes are an error or a value, never a trap.
///
/// A count is believed only where the rest of the bytes can hold so many items, so that no bytes
/// make it allocate more than a small multiple of their own length.
public struct CanonicalDecoder {
    /// Where the next value begins.
    public private(set) var offset = 0
    private let bytes: [UInt8]

    /// Reads from the start of `bytes`.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The number of bytes that are left.
    public var remaining: Int { bytes.count - offset }

    /// A whole number.
    public mutating func integer() throws(OutcomeError) -> Int {
        Int(Int64(bitPattern: try fixed(UInt64.self)))
    }

    /// A float64.
    public mutating func double() throws(OutcomeError) -> Double {
        Double(bitPattern: try fixed(UInt64.self))
    }

    /// A float32.
    public mutating func float() throws(OutcomeError) -> Float {
        Float(bitPattern: try fixed(UInt32.self))
    }

    /// A flag; only 0 and 1 are.
    public mutating func flag() throws(OutcomeError) -> Bool {
        switch try raw(1)[0] {
        case 0: return false
        case 1: return true
        case let byte: throw .malformed("a flag is \(byte)", offset: offset - 1)
        }
    }

    /// A count of items that take at least `itemBytes` each.
    public mutating func count(itemBytes: Int) throws(OutcomeError) -> Int {
        let start = offset
        let count = try integer()
        guard count >= 0, count <= remaining / itemBytes else {
            throw .malformed("it counts \(count) items where they cannot fit", offset: start)
        }
        return count
    }

    /// A text; only valid UTF-8 is.
    public mutating func string() throws(OutcomeError) -> String {
        let start = offset
        let bytes = try raw(try count(itemBytes: 1))
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .malformed("a text is not UTF-8", offset: start)
        }
        return text
    }

    /// A digest.
    public mutating func digest() throws(OutcomeError) -> Digest {
        guard let digest = Digest(bytes: Array(try raw(32))) else {
            throw .malformed("a digest is not 32 bytes", offset: offset)
        }
        return digest
    }

    /// A value behind a flag, where the flag is set.
    public mutating func optional<Value>(
        _ read: (inout CanonicalDecoder) throws(OutcomeError) -> Value
    ) throws(OutcomeError) -> Value? {
        try flag() ? try read(&self) : nil
    }

    /// Items behind their count; each takes at least `itemBytes`.
    public mutating func list<Item>(
        itemBytes: Int, _ read: (inout CanonicalDecoder) throws(OutcomeError) -> Item
    ) throws(OutcomeError) -> [Item] {
        let count = try count(itemBytes: itemBytes)
        var items: [Item] = []
        items.reserveCapacity(count)
        for _ in 0..<count { items.append(try read(&self)) }
        return items
    }

    /// Float32 behind their count.
    public mutating func numbers() throws(OutcomeError) -> [Float] {
        let count = try count(itemBytes: 4)
        var numbers: [Float] = []
        numbers.reserveCapacity(count)
        for _ in 0..<count { numbers.append(try float()) }
        return numbers
    }

    /// The next `count` bytes as they are.
    public mutating func raw(_ count: Int) throws(OutcomeError) -> [UInt8] {
        guard count <= remaining else { throw .truncated(bytes: bytes.count) }
        defer { offset += count }
        return Array(bytes[offset..<offset + count])
    }

    /// Refuses bytes after the last value.
    public func end() throws(OutcomeError) {
        if remaining > 0 { throw .trailing(bytes: remaining) }
    }

    private mutating func fixed<Word: FixedWidthInteger>(
        _ type: Word.Type
    ) throws(OutcomeError) -> Word {
        let size = Word.bitWidth / 8
        guard size <= remaining else { throw .truncated(bytes: bytes.count) }
        defer { offset += size }
        return bytes.withUnsafeBytes {
            Word(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Word.self))
        }
    }
}
