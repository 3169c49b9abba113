/// The block before a file in a tar archive (POSIX "ustar"), of a file whose every trait but name
/// and size is fixed: so the same files are the same bytes.
struct TarHeader: Hashable {
    /// Headers and files are padded to a multiple of this.
    static let block = 512
    /// The longest name, in bytes.
    static let nameMax = 100

    let name: String
    let size: Int

    /// A header of a file; nil when the name is too long.
    init?(name: String, size: Int) {
        guard (1...TarHeader.nameMax).contains(name.utf8.count), size >= 0 else { return nil }
        self.name = name
        self.size = size
    }

    /// The header that this block is; nil when it is none that ``block`` gives.
    init?(block: [UInt8]) {
        let name = block.prefix(TarHeader.nameMax).prefix { $0 != 0 }
        let field = block[124..<136]
        let size: Int
        if field.first == 0x80 {
            guard field.dropFirst().prefix(3).allSatisfy({ $0 == 0 }), field[128] < 0x80 else {
                return nil
            }
            size = field.dropFirst(4).reduce(0) { $0 << 8 | Int($1) }
        } else {
            guard let octal = Int(String(decoding: field.prefix(11), as: UTF8.self), radix: 8)
            else { return nil }
            size = octal
        }
        self.init(name: String(decoding: name, as: UTF8.self), size: size)
        guard self.block == block else { return nil }
    }

    /// The block.
    var block: [UInt8] {
        var block = [UInt8](repeating: 0, count: TarHeader.block)
        func put(_ text: String, at offset: Int) {
            block.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        }
        put(name, at: 0)
        put("0000644", at: 100)
        put("0000000", at: 108)
        put("0000000", at: 116)
        if size < 1 << 33 {
            put(TarHeader.octal(size, digits: 11), at: 124)
        } else {
            // As GNU tar writes what eleven digits cannot say.
            block[124] = 0x80
            for place in 0..<8 {
                block[135 - place] = UInt8(truncatingIfNeeded: size >> (8 * place))
            }
        }
        put("00000000000", at: 136)
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar\u{0}00", at: 257)
        let sum = block.reduce(0) { $0 + Int($1) }
        put(TarHeader.octal(sum, digits: 6) + "\u{0} ", at: 148)
        return block
    }

    /// The zeros after a file of this size.
    var padding: Int { (TarHeader.block - size % TarHeader.block) % TarHeader.block }

    private static func octal(_ number: Int, digits: Int) -> String {
        let text = String(number, radix: 8)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
