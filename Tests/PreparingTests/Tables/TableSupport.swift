import Kernels
import Testing

@testable import Preparing

/// The table in `text`, whose bytes come in pieces of this length.
func table(
    _ text: String, _ format: TableFormat = TableFormat(), pieces: Int = .max
) throws(TableError) -> Table {
    try table(bytes: Array(text.utf8), format, pieces: pieces)
}

/// The table in `bytes`.
func table(
    bytes: [UInt8], _ format: TableFormat = TableFormat(), pieces: Int = .max
) throws(TableError) -> Table {
    var parser = TableParser(format)
    var start = 0
    while start < bytes.count {
        let end = start + min(pieces, bytes.count - start)
        // A copy of its own, so that a look beyond the piece is a look beyond the memory.
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: end - start, alignment: 1)
        defer { piece.deallocate() }
        piece.copyBytes(from: bytes[start..<end])
        try parser.push(UnsafeRawBufferPointer(piece))
        start = end
    }
    return try parser.finish()
}

/// What is wrong with `text`.
func fault(
    _ text: String, _ format: TableFormat = TableFormat(), pieces: Int = .max
) -> TableError? {
    do {
        _ = try table(text, format, pieces: pieces)
        return nil
    } catch {
        return error
    }
}

extension RandomStream {
    /// A stream of this seed.
    init(seed: UInt64) { self.init(state: (seed, 1, 2, 3)) }

    /// One of `items`.
    mutating func pick<Item>(_ items: [Item]) -> Item { items[below(items.count)] }
}

extension Matrix {
    /// The values, which stay when the matrix is gone.
    var array: [Float] { withExtendedLifetime(self) { Array(values) } }
}
