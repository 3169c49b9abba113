/// The files in a ZIP archive, as its directory lists them.
struct ZipArchive {
    /// A file in the archive.
    struct Entry {
        /// Its name.
        let name: String
        /// Whether it is compressed (deflate).
        let isDeflated: Bool
        /// The bytes that it takes in the archive.
        let storedCount: Int
        /// The bytes that it has.
        let count: Int
        /// The checksum of its bytes.
        let checksum: UInt32
        /// Where its header begins.
        let start: Int
    }

    /// The files, in the directory's order.
    let entries: [Entry]

    private static let cutOff = TableError(
        problem: "the archive is cut off or damaged. Save it again.")

    /// The directory of the archive in `bytes`.
    init(_ bytes: [UInt8]) throws(TableError) {
        let reader = LittleEndian(bytes)
        // The end of the directory is the last 22 bytes, unless a comment follows.
        var end = bytes.count - 22
        while end >= 0, reader.number(end, 4) != 0x0605_4B50 { end -= 1 }
        guard end >= 0, let count = reader.number(end + 10, 2),
            var place = reader.number(end + 16, 4)
        else { throw ZipArchive.cutOff }
        var entries: [Entry] = []
        for _ in 0..<count {
            guard reader.number(place, 4) == 0x0201_4B50, let method = reader.number(place + 10, 2),
                let checksum = reader.number(place + 16, 4),
                let stored = reader.number(place + 20, 4), let size = reader.number(place + 24, 4),
                let nameCount = reader.number(place + 28, 2),
                let extraCount = reader.number(place + 30, 2),
                let commentCount = reader.number(place + 32, 2),
                let start = reader.number(place + 42, 4), place + 46 + nameCount <= bytes.count
            else { throw ZipArchive.cutOff }
            guard method == 0 || method == 8, size < 0xFFFF_FFFF, stored < 0xFFFF_FFFF else {
                throw TableError(
                    problem: """
                        the archive is compressed by method \(method) or larger than 4 GiB. Save \
                        the arrays apart, by numpy.save.
                        """)
            }
            let name = bytes[place + 46..<place + 46 + nameCount]
            entries.append(
                Entry(
                    name: String(decoding: name, as: UTF8.self),
                    isDeflated: method == 8, storedCount: stored, count: size,
                    checksum: UInt32(checksum), start: start))
            place += 46 + nameCount + extraCount + commentCount
        }
        self.entries = entries
    }
}

extension ZipArchive.Entry {
    /// The file's bytes.
    ///
    /// - Throws: ``TableError`` when they are damaged.
    func content(of archive: [UInt8]) throws(TableError) -> [UInt8] {
        let reader = LittleEndian(archive)
        let damaged = TableError(problem: "it is cut off or damaged. Save it again.")
        guard reader.number(start, 4) == 0x0403_4B50,
            let nameCount = reader.number(start + 26, 2),
            let extraCount = reader.number(start + 28, 2)
        else { throw damaged }
        let first = start + 30 + nameCount + extraCount
        guard storedCount <= archive.count - first else { throw damaged }
        let stored = archive[first..<first + storedCount]
        let content = isDeflated ? Inflater.inflate(stored, count: count) : Array(stored)
        guard let content, content.count == count, Checksum.crc32(content) == checksum else {
            throw damaged
        }
        return content
    }
}

/// Numbers in bytes, the lowest byte first.
private struct LittleEndian {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The number in `count` bytes from `start`; nil beyond the end.
    func number(_ start: Int, _ count: Int) -> Int? {
        guard start >= 0, start <= bytes.count - count else { return nil }
        return (0..<count).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
    }
}

/// Checksums of archives.
enum Checksum {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in
            value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
        }
    }

    /// The CRC-32 of ZIP.
    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ $0 >> 8 }
    }
}
