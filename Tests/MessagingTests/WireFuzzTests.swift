import Corpora
import Glibc
import Leasing
import Messaging
import Testing

/// 240,000 frames; with `cluster/test --full` five times as many, more than a million.
@Suite("Fuzzing")
struct WireFuzzTests {
    private static let scale = getenv("CONCORD_FULL") == nil ? 1 : 5

    /// Changes `frames` at one to four places: bits, bytes, lengths, whole frames.
    private func mutate(_ frames: [[UInt8]], _ numbers: inout SeededNumbers) -> [[UInt8]] {
        var frames = frames
        for _ in 0..<Int.random(in: 1...4, using: &numbers) {
            guard let index = frames.indices.randomElement(using: &numbers) else { break }
            let place = frames[index].indices.randomElement(using: &numbers)
            switch (Int.random(in: 0..<9, using: &numbers), place) {
            case (0, let place?):
                frames[index][place] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
            case (1, let place?): frames[index][place] = .random(in: 0...255, using: &numbers)
            case (2, let place?):
                frames[index][place] = [0, 1, 127, 128, 255].randomElement(using: &numbers)!
            case (3, let place?): frames[index].removeSubrange(place...)
            case (4, let place?): frames[index].insert(contentsOf: numbers.bytes(1...12), at: place)
            case (5, let place?): frames[index].remove(at: place)
            case (6, _): frames.append(numbers.bytes(0...40))
            case (7, _): frames.remove(at: index)
            default: frames[index] += frames.randomElement(using: &numbers)!
            }
        }
        return frames
    }

    /// Decodes mutations of `all`; what decodes must be the same after another trip.
    private func fuzz<Message: Equatable>(
        seed: Int, count: Int, _ all: (inout SeededNumbers) -> [Message],
        encode: (Message, UInt64) -> [[UInt8]], decode: ([[UInt8]]) throws -> (Message, UInt64)
    ) throws {
        let count = count * Self.scale
        var numbers = SeededNumbers(seed: seed)
        var decoded = 0
        var refused = 0
        while decoded + refused < count {
            let messages = all(&numbers)
            for message in repeatElement(messages, count: 50).joined() {
                let frames = mutate(encode(message, numbers.next()), &numbers)
                guard let (read, sequence) = try? decode(frames) else {
                    refused += 1
                    continue
                }
                decoded += 1
                let again = try decode(encode(read, sequence))
                if again != (read, sequence) {
                    Issue.record("seed \(seed): \(frames) decodes to \(read), then to \(again)")
                }
            }
        }
        #expect(decoded > count / 50, "The mutations are too rough: \(decoded) of \(count) decode.")
        #expect(refused > count / 10, "The mutations are too gentle: \(refused) were refused.")
    }

    @Test("60,000 mutated messages of a worker decode to a message or an error", arguments: 0..<2)
    func worker(seed: Int) throws {
        try fuzz(
            seed: seed, count: 30_000, { $0.workerMessages() },
            encode: { WireCodec.encode($0, sequence: $1) },
            decode: { try WireCodec.decodeWorker($0) })
    }

    @Test(
        "60,000 mutated messages of a coordinator decode to a message or an error", arguments: 2..<4
    )
    func coordinator(seed: Int) throws {
        try fuzz(
            seed: seed, count: 30_000, { $0.coordinatorMessages() },
            encode: { WireCodec.encode($0, sequence: $1) },
            decode: { try WireCodec.decodeCoordinator($0) })
    }

    @Test("80,000 mutated messages to and of a trainer decode to a message or an error")
    func trainer() throws {
        try fuzz(
            seed: 4, count: 40_000, { $0.requests() },
            encode: { WireCodec.encode($0, sequence: $1) },
            decode: { try WireCodec.decodeRequest($0) })
        try fuzz(
            seed: 5, count: 40_000, { $0.replies() },
            encode: { WireCodec.encode($0, sequence: $1) },
            decode: { try WireCodec.decodeReply($0) })
    }

    @Test("20,000 mutated requests and answers of people decode to what they can be, or an error")
    func people() throws {
        let sweep = Digest(of: "sweep".utf8)
        try fuzz(
            seed: 8, count: 10_000,
            { numbers in
                numbers.personRequests().map { .request($0, sweep: sweep) }
                    + numbers.workerMessages().map { .message($0, sequence: 3) }
                    + [.enrolment(PublicKey(bytes: numbers.bytes(32...32))!)]
            },
            encode: { (arrival: WireCodec.Arrival, _) in
                switch arrival {
                case .message(let message, let sequence):
                    WireCodec.encode(message, sequence: sequence)
                case .request(let request, let sweep): WireCodec.encode(request, sweep: sweep)
                case .enrolment(let key): WireCodec.encode(enrolling: key)
                }
            },
            decode: { (try WireCodec.decodeArrival($0), 0) })
        try fuzz(
            seed: 9, count: 10_000,
            { [Answer(isDone: true, text: $0.text(0...99))] },
            encode: { answer, _ in WireCodec.encode(answer) },
            decode: { (try WireCodec.decodeAnswer($0), 0) })
    }

    @Test("40,000 frames of random bytes are no messages")
    func noise() {
        var numbers = SeededNumbers(seed: 6)
        for _ in 0..<20_000 * Self.scale {
            let frames = [numbers.bytes(0...80), numbers.bytes(0...80)]
            #expect(throws: WireError.self) { try WireCodec.decodeWorker(frames) }
            #expect(throws: WireError.self) { try WireCodec.decodeCoordinator([frames[0]]) }
        }
    }

    @Test("A mutated stream yields messages or an error, and never more bytes than came")
    func stream() {
        var numbers = SeededNumbers(seed: 7)
        var whole = 0
        var broken = 0
        for _ in 0..<4000 {
            let frames = numbers.replies().map { WireCodec.encode($0, sequence: 1) }
            let stream = mutate([frames.flatMap { WireCodec.frameBytes($0) }], &numbers)
            var reader = FrameReader(framesMax: 8, messageBytesMax: 4096)
            reader.push(stream.joined())
            do {
                while let message = try reader.next() {
                    whole += 1
                    #expect(
                        message.reduce(0) { $0 + $1.count } <= stream.reduce(0) { $0 + $1.count })
                }
            } catch { broken += 1 }
        }
        #expect(whole > 4000)
        #expect(broken > 400)
    }
}
