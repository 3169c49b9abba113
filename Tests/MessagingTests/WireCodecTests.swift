import Corpora
import Leasing
import Planning
import SwiftProtobuf
import Testing

@testable import Messaging

@Suite("Wire codec")
struct WireCodecTests {
    @Test("A state larger than a frame may be travels in pieces, both ways")
    func largeState() throws {
        var numbers = SeededNumbers(seed: 7)
        let lease = numbers.lease()
        let count = WireCodec.messageBytesMax + 3
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let state = TrialCheckpoint(epoch: 4, bytes: bytes)
        let said = WireCodec.encode(WorkerMessage.checkpoint(lease, state), sequence: 1)
        #expect(said.dropFirst().map(\.count).max() == WireCodec.pieceBytesMax)
        #expect(try WireCodec.decodeWorker(said).message == .checkpoint(lease, state))
        let terms = LeaseTerms(checkpoint: state)
        let told = WireCodec.encode(CoordinatorMessage.train(lease, terms), sequence: 1)
        #expect(try WireCodec.decodeCoordinator(told).message == .train(lease, terms))
        let request = TrainerRequest.train(lease, checkpoint: state, keepsModel: false)
        let asked = WireCodec.encode(request, sequence: 1)
        var reader = FrameReader()
        reader.push(WireCodec.frameBytes(asked))
        let frames = try #require(try reader.next())
        #expect(try WireCodec.decodeRequest(frames).message == request)
    }

    @Test("Every message of every seed is the same after the wire, with its number")
    func roundTrips() throws {
        for seed in 0..<300 {
            var numbers = SeededNumbers(seed: seed)
            let sequence = numbers.next()
            for message in numbers.workerMessages() {
                let frames = WireCodec.encode(message, sequence: sequence)
                #expect(frames.count <= WireCodec.workerFramesMax)
                #expect(try WireCodec.decodeWorker(frames) == (message, sequence), "seed \(seed)")
            }
            for message in numbers.personRequests() {
                let sweep = numbers.digest()
                #expect(
                    try WireCodec.decodeArrival(WireCodec.encode(message, sweep: sweep))
                        == .request(message, sweep: sweep), "seed \(seed)")
            }
            let answer = Answer(isDone: seed % 2 == 0, text: numbers.text(0...99))
            #expect(try WireCodec.decodeAnswer(WireCodec.encode(answer)) == answer)
            for message in numbers.coordinatorMessages() {
                let frames = WireCodec.encode(message, sequence: sequence)
                #expect(
                    try WireCodec.decodeCoordinator(frames) == (message, sequence), "seed \(seed)")
            }
            for message in numbers.requests() {
                let frames = WireCodec.encode(message, sequence: sequence)
                #expect(try WireCodec.decodeRequest(frames) == (message, sequence), "seed \(seed)")
            }
            for message in numbers.replies() {
                let frames = WireCodec.encode(message, sequence: sequence)
                #expect(try WireCodec.decodeReply(frames) == (message, sequence), "seed \(seed)")
            }
        }
    }

    @Test("The bytes of a heartbeat and of a lease are what they were")
    func golden() {
        #expect(
            WireCodec.encode(WorkerMessage.heartbeat, sequence: 300) == [[8, 3, 16, 172, 2, 90, 0]])
        let key = TrialKey(digest: Digest(bytes: Array(0..<32))!)
        let lease = LeaseID(key: key, attempt: 2)
        let head: [UInt8] = [8, 3, 16, 1, 130, 2, 38, 10, 36, 10, 32]
        #expect(
            WireCodec.encode(CoordinatorMessage.train(lease, LeaseTerms()), sequence: 1)
                == [head + Array(0..<32) + [16, 2]])
    }

    @Test("An outcome and a sweep's texts travel as raw frames, not through the encoder")
    func bulk() {
        var numbers = SeededNumbers(seed: 1)
        let delivery = numbers.delivery()
        let frames = WireCodec.encode(
            WorkerMessage.finished(numbers.lease(), delivery), sequence: 1)
        #expect(
            Array(frames.dropFirst())
                == [delivery.outcome, delivery.provenance] + (delivery.model.map { [$0] } ?? []))
        let document = SweepDocument(spec: "ä", manifests: ["b", ""], folders: ["c", "d"])
        let texts = WireCodec.encode(CoordinatorMessage.sweep(document), sequence: 1).dropFirst()
        #expect(Array(texts) == [[0xC3, 0xA4], [0x62], []])
    }

    @Test("A long reason is cut between two characters and still decodes")
    func clipping() throws {
        for extra in 0..<5 {
            let long = String(repeating: "x", count: extra) + String(repeating: "€", count: 8000)
            let frames = WireCodec.encode(CoordinatorMessage.refused(long), sequence: 1)
            guard case .refused(let text) = try WireCodec.decodeCoordinator(frames).message else {
                Issue.record("It is no refusal.")
                return
            }
            #expect(text.hasSuffix("€ …"))
            #expect(long.hasPrefix(text.dropLast(2)))
            #expect(
                (WireCodec.textBytesMax - 4...WireCodec.textBytesMax).contains(text.utf8.count))
        }
        let fits = String(repeating: "x", count: WireCodec.textBytesMax)
        #expect(WireCodec.clipped(fits) == fits)
    }

    @Test("Another version is an error of its own, even when its body cannot be read")
    func version() throws {
        var envelope = WireEnvelope()
        envelope.version = 7
        envelope.body = .heartbeat(WireNothing())
        let readable: [UInt8] = try envelope.serializedBytes()
        // Version 7, and field 10, which is a message here, as a number of another shape.
        let unreadable: [UInt8] = [8, 7, 82, 2, 8, 255]
        for frame in [readable, unreadable] {
            #expect(throws: WireError.version(theirs: 7)) { try WireCodec.decodeWorker([frame]) }
            #expect(throws: WireError.version(theirs: 7)) {
                try WireCodec.decodeCoordinator([frame])
            }
        }
        #expect(
            "\(WireError.version(theirs: 7))".contains("version 7"),
            "The text names the version of the other side.")
        envelope.body = .refused("update")
        let refusal: [UInt8] = try envelope.serializedBytes()
        #expect(try WireCodec.decodeCoordinator([refusal]).message == .refused("update"))
        envelope.version = 0
        envelope.body = .heartbeat(WireNothing())
        let none: [UInt8] = try envelope.serializedBytes()
        #expect(throws: WireError.version(theirs: 0)) { try WireCodec.decodeWorker([none]) }
    }

    @Test("What one side says is nothing for another to hear")
    func directions() {
        var numbers = SeededNumbers(seed: 3)
        for message in numbers.workerMessages() {
            let frames = WireCodec.encode(message, sequence: 1)
            #expect(throws: WireError.self) { try WireCodec.decodeCoordinator(frames) }
            #expect(throws: WireError.self) { try WireCodec.decodeRequest(frames) }
            #expect(throws: WireError.self) { try WireCodec.decodeReply(frames) }
        }
        for message in numbers.coordinatorMessages() {
            let frames = WireCodec.encode(message, sequence: 1)
            #expect(throws: WireError.self) { try WireCodec.decodeWorker(frames) }
            #expect(throws: WireError.self) { try WireCodec.decodeRequest(frames) }
        }
        #expect(throws: WireError.self) { try WireCodec.decodeWorker([[8, 1]]) }
    }
}
