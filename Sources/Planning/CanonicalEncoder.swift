import Corpora

/// Writes values as bytes in one way only: little-endian, every length before what it counts.
///
/// Two different lists of values never give the same bytes, which is what a trial's key needs.
public struct CanonicalEncoder {
    /// An encoder that has written nothing.
    public init() {}

    /// What was written.
    public private(set) var bytes: [UInt8] = []

    /// A whole number, 8 bytes.
    public mutating func integer(_ value: Int) { fixed(UInt64(bitPattern: Int64(value))) }

    /// A number by its bits, 8 bytes.
    public mutating func number(_ value: Double) { fixed(value.bitPattern) }

    /// A number by its bits, 4 bytes.
    public mutating func number(_ value: Float) { fixed(value.bitPattern) }

    /// One byte: 0 or 1.
    public mutating func flag(_ value: Bool) { bytes.append(value ? 1 : 0) }

    /// The number of bytes and the bytes of UTF-8.
    public mutating func string(_ value: String) {
        integer(value.utf8.count)
        bytes.append(contentsOf: value.utf8)
    }

    /// The 32 bytes of a digest.
    public mutating func digest(_ value: Digest) { bytes.append(contentsOf: value.bytes) }

    /// A flag, and the value where there is one.
    public mutating func optional<Value>(
        _ value: Value?, _ write: (inout CanonicalEncoder, Value) -> Void
    ) {
        flag(value != nil)
        if let value { write(&self, value) }
    }

    /// The number of items, and the items.
    public mutating func list<Items: Collection>(
        _ items: Items, _ write: (inout CanonicalEncoder, Items.Element) -> Void
    ) {
        integer(items.count)
        for item in items { write(&self, item) }
    }

    /// The number of values, and each by its bits: what `list` would write, at the speed of memory.
    public mutating func numbers(_ values: [Float]) {
        integer(values.count)
        bytes.reserveCapacity(bytes.count + 4 * values.count)
        for value in values { number(value) }
    }

    /// Bytes as they are: a magic word whose length is fixed.
    public mutating func raw(_ value: [UInt8]) { bytes.append(contentsOf: value) }

    private mutating func fixed(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
}

extension Digest {
    /// The digest of what `write` writes, set apart from other uses by `purpose`.
    init(_ purpose: String, _ write: (inout CanonicalEncoder) -> Void) {
        var encoder = CanonicalEncoder()
        encoder.string(purpose)
        write(&encoder)
        self.init(of: encoder.bytes)
    }
}
