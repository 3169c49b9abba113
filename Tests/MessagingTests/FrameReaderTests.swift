import Messaging
import Testing

@Suite("Frames on a stream")
struct FrameReaderTests {
    @Test("Messages come out whole, however the stream is cut")
    func cuts() throws {
        for seed in 0..<60 {
            var numbers = SeededNumbers(seed: seed)
            let messages = (0..<6).map { _ in
                (0..<Int.random(in: 0...4, using: &numbers)).map { _ in numbers.bytes(0...50) }
            }
            var rest = messages.flatMap { WireCodec.frameBytes($0) }[...]
            var reader = FrameReader()
            var read: [[[UInt8]]] = []
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...40, using: &numbers))
                rest = rest.dropFirst(piece.count)
                reader.push(piece)
                while let message = try reader.next() { read.append(message) }
            }
            #expect(read == messages, "seed \(seed)")
            #expect(reader.isEmpty)
        }
    }

    @Test("The bytes of a message are its length, its number of frames, and the frames")
    func golden() {
        #expect(
            WireCodec.frameBytes([[7, 8], []])
                == [14, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 7, 8, 0, 0, 0, 0])
    }

    @Test("A message that was begun is seen as such")
    func begun() throws {
        var reader = FrameReader()
        #expect(reader.isEmpty)
        reader.push(WireCodec.frameBytes([[1, 2, 3]]).dropLast())
        #expect(try reader.next() == nil)
        #expect(!reader.isEmpty)
        reader.push([3])
        #expect(try reader.next() == [[1, 2, 3]])
        #expect(reader.isEmpty)
    }

    @Test(
        "Lengths that cannot be are refused before their bytes have come",
        arguments: [
            ([255, 255, 255, 255], "4294967295 bytes"),
            ([3, 0, 0, 0], "announces 3 bytes"),
            ([0, 4, 1, 0], "announces 66560 bytes"),
            ([4, 0, 0, 0, 9, 0, 0, 0], "9 frames; most is 8"),
            ([4, 0, 0, 0, 1, 0, 0, 0], "length is missing"),
            ([9, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1], "frame of 2 bytes"),
            ([9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1], "1 bytes follow"),
        ] as [([UInt8], String)])
    func lengths(bytes: [UInt8], part: String) {
        var reader = FrameReader(framesMax: 8, messageBytesMax: 65_536)
        reader.push(bytes)
        for _ in 0..<2 {
            let error = #expect(throws: WireError.self) { try reader.next() }
            #expect("\(error!)".contains(part), "\(error!)")
        }
    }

    @Test("A hundred thousand small messages in one push are read in linear time")
    func many() throws {
        let one = WireCodec.frameBytes([[1], [2, 3]])
        var reader = FrameReader()
        reader.push((0..<100_000).flatMap { _ in one })
        var count = 0
        var frames = 0
        while let message = try reader.next() {
            count += 1
            frames += message.count
            if count % 1000 == 0 { reader.push([]) }
        }
        #expect(count == 100_000)
        #expect(frames == 200_000)
    }
}
