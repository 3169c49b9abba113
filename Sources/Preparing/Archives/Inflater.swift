/// Undoes the compression called deflate.   RFC 1951.
struct Inflater {
    private let bytes: [UInt8]
    private var place = 0
    private var bits: UInt32 = 0
    private var bitCount: UInt32 = 0
    private var output: [UInt8] = []
    private let countMax: Int

    /// The bytes that `compressed` stands for; nil when it is damaged or they are more than
    /// `count`.
    static func inflate(_ compressed: ArraySlice<UInt8>, count: Int) -> [UInt8]? {
        var inflater = Inflater(bytes: Array(compressed), countMax: count)
        return inflater.run() ? inflater.output : nil
    }

    private init(bytes: [UInt8], countMax: Int) {
        self.bytes = bytes
        self.countMax = countMax
    }

    private mutating func run() -> Bool {
        while true {
            guard let isLast = take(1), let kind = take(2) else { return false }
            switch kind {
            case 0: guard copyStored() else { return false }
            case 1:
                guard decode(Inflater.fixedSymbols, Inflater.fixedDistances) else { return false }
            case 2:
                guard let (symbols, distances) = dynamicCodes(), decode(symbols, distances) else {
                    return false
                }
            default: return false
            }
            if isLast == 1 { return true }
        }
    }

    /// The next `count` bits, the lowest first; nil at the end of the bytes.
    private mutating func take(_ count: UInt32) -> Int? {
        while bitCount < count {
            guard place < bytes.count else { return nil }
            bits |= UInt32(bytes[place]) << bitCount
            place += 1
            bitCount += 8
        }
        let value = bits & (1 << count - 1)
        bits >>= count
        bitCount -= count
        return Int(value)
    }

    private mutating func copyStored() -> Bool {
        bits = 0
        bitCount = 0
        guard let low = take(16), let inverse = take(16), low ^ inverse == 0xFFFF,
            low <= bytes.count - place, output.count + low <= countMax
        else { return false }
        output += bytes[place..<place + low]
        place += low
        return true
    }

    /// Decodes symbols up to the end of the block.
    private mutating func decode(_ symbols: HuffmanCode, _ distances: HuffmanCode) -> Bool {
        while true {
            guard let symbol = next(symbols) else { return false }
            if symbol == 256 { return true }
            guard symbol > 256 else {
                guard output.count < countMax else { return false }
                output.append(UInt8(symbol))
                continue
            }
            guard symbol - 257 < Inflater.lengths.count,
                let more = take(Inflater.lengthBits[symbol - 257]),
                let code = next(distances), code < Inflater.offsets.count,
                let further = take(Inflater.offsetBits[code])
            else { return false }
            let length = Inflater.lengths[symbol - 257] + more
            let distance = Inflater.offsets[code] + further
            guard distance <= output.count, output.count + length <= countMax else { return false }
            for _ in 0..<length { output.append(output[output.count - distance]) }
        }
    }

    private mutating func next(_ code: HuffmanCode) -> Int? {
        var value = 0
        var first = 0
        var index = 0
        for count in code.counts.dropFirst() {
            guard let bit = take(1) else { return nil }
            value |= bit
            if value - first < count { return code.symbols[index + value - first] }
            index += count
            first = (first + count) << 1
            value <<= 1
        }
        return nil
    }

    /// The codes that a block brings along.
    private mutating func dynamicCodes() -> (HuffmanCode, HuffmanCode)? {
        guard let symbolCount = take(5), let distanceCount = take(5), let count = take(4) else {
            return nil
        }
        var lengths = [Int](repeating: 0, count: 19)
        let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
        for place in order.prefix(count + 4) {
            guard let length = take(3) else { return nil }
            lengths[place] = length
        }
        guard let code = HuffmanCode(lengths: lengths) else { return nil }
        var all: [Int] = []
        let total = symbolCount + 257 + distanceCount + 1
        while all.count < total {
            guard let symbol = next(code) else { return nil }
            switch symbol {
            case 0..<16: all.append(symbol)
            case 16:
                guard let last = all.last, let more = take(2) else { return nil }
                all += repeatElement(last, count: 3 + more)
            case 17:
                guard let more = take(3) else { return nil }
                all += repeatElement(0, count: 3 + more)
            default:
                guard let more = take(7) else { return nil }
                all += repeatElement(0, count: 11 + more)
            }
        }
        guard all.count == total,
            let symbols = HuffmanCode(lengths: Array(all[..<(symbolCount + 257)])),
            let distances = HuffmanCode(lengths: Array(all[(symbolCount + 257)...]))
        else { return nil }
        return (symbols, distances)
    }

    private static let lengths = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115,
        131, 163, 195, 227, 258,
    ]
    private static let lengthBits: [UInt32] = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let offsets = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537,
        2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
    ]
    private static let offsetBits: [UInt32] = [
        0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12,
        13, 13,
    ]
    private static let fixedSymbols = HuffmanCode(
        lengths: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })!
    private static let fixedDistances = HuffmanCode(lengths: [Int](repeating: 5, count: 30))!
}

/// A canonical Huffman code.
private struct HuffmanCode {
    /// The number of codes of each length from 0 to 15.
    let counts: [Int]
    /// The symbols by length, and in order within one.
    let symbols: [Int]

    /// The code in which symbol n has `lengths[n]` bits, 0 for none; nil when there are more codes
    /// than bits can tell apart.
    init?(lengths: [Int]) {
        var counts = [Int](repeating: 0, count: 16)
        for length in lengths { counts[length] += 1 }
        counts[0] = 0
        var free = 1
        for count in counts.dropFirst() {
            free = free * 2 - count
            if free < 0 { return nil }
        }
        self.counts = counts
        symbols = (1...15).flatMap { length in
            lengths.indices.filter { lengths[$0] == length }
        }
    }
}
