/// The sound in a RIFF/WAVE file, as one channel.
public struct WaveFile: Hashable, Sendable {
    /// Samples a second.
    public let rate: Int
    /// The samples from -1 to 1: the mean of the channels.
    public let samples: [Float]

    /// The sound in the bytes of a WAVE file of PCM with 8, 16, 24 or 32 bits, or of float32.
    ///
    /// - Throws: ``PreparingError`` when it is something else, or cut off.
    public init(_ bytes: [UInt8]) throws(PreparingError) {
        func number(_ start: Int, _ count: Int) -> Int? {
            guard start >= 0, start <= bytes.count - count else { return nil }
            return (0..<count).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
        }
        func isWord(_ word: String, at start: Int) -> Bool {
            start <= bytes.count - 4 && bytes[start..<start + 4].elementsEqual(word.utf8)
        }
        guard isWord("RIFF", at: 0), bytes.count >= 12, isWord("WAVE", at: 8) else {
            throw PreparingError(
                problem: "it is no WAVE file. Convert it: ffmpeg -i FILE -ac 1 -ar 16000 OUT.wav.")
        }
        var format: (kind: Int, channels: Int, rate: Int, bits: Int)?
        var place = 12
        while let size = number(place + 4, 4) {
            let content = place + 8
            if isWord("fmt ", at: place), let kind = number(content, 2),
                let channels = number(content + 2, 2), let rate = number(content + 4, 4),
                let bits = number(content + 14, 2)
            {
                // The extensible form tells the kind later.
                let known = kind == 0xFFFE ? number(content + 24, 2) ?? kind : kind
                format = (known, channels, rate, bits)
            }
            if isWord("data", at: place) {
                guard let format else { break }
                guard size <= bytes.count - content || size == 0xFFFF_FFFF else {
                    throw PreparingError(
                        problem: """
                            \(size) bytes of sound were expected and \(bytes.count - content) are \
                            there: it is cut off. Copy it again.
                            """)
                }
                let end = min(bytes.count, content + size)
                rate = format.rate
                samples = try WaveFile.samples(
                    bytes[content..<end], kind: format.kind, channels: format.channels,
                    bits: format.bits)
                guard rate >= 1000, rate <= 1_000_000 else {
                    throw PreparingError(problem: "its rate is \(rate) samples a second.")
                }
                return
            }
            place = content + size + size % 2
        }
        throw PreparingError(problem: "it has no format or no sound: it is cut off. Copy it again.")
    }

    private static func samples(
        _ bytes: ArraySlice<UInt8>, kind: Int, channels: Int, bits: Int
    ) throws(PreparingError) -> [Float] {
        guard (1...64).contains(channels),
            kind == 1 && [8, 16, 24, 32].contains(bits) || kind == 3 && bits == 32
        else {
            throw PreparingError(
                problem: """
                    it has \(channels) channels of \(bits) bits in the coding \(kind). Convert it: \
                    ffmpeg -i FILE -c:a pcm_s16le OUT.wav.
                    """)
        }
        let size = bits / 8
        let count = bytes.count / (size * channels)
        var samples = [Float](repeating: 0, count: count)
        for sample in 0..<count {
            var sum = 0.0
            for channel in 0..<channels {
                let start = bytes.startIndex + (sample * channels + channel) * size
                var value: UInt32 = 0
                for place in 0..<size { value |= UInt32(bytes[start + place]) << UInt32(8 * place) }
                if kind == 3 {
                    sum += Double(Float(bitPattern: value))
                } else if bits == 8 {
                    sum += (Double(value) - 128) / 128
                } else {
                    let shift = UInt32(32 - bits)
                    sum += Double(Int32(bitPattern: value << shift)) * 0x1p-31
                }
            }
            samples[sample] = Float(sum / Double(channels))
        }
        return samples
    }
}
