import Corpora
import FoundationEssentials
import Leasing
import Planning
import SwiftProtobuf
import Testing

@testable import Messaging

@Suite("Malformed messages")
struct WireErrorTests {
    /// The frames of a worker's envelope that `change` has spoilt.
    private func frames(
        _ body: WireEnvelope.OneOf_Body, _ bulk: [[UInt8]] = []
    ) -> [[UInt8]] { WireCodec.frames(body, 1, bulk) }

    private func expectWorker(_ frames: [[UInt8]], says part: String) {
        let error = #expect(throws: WireError.self) { try WireCodec.decodeWorker(frames) }
        #expect("\(error!)".contains(part), "\(error!)")
    }

    private func expectCoordinator(_ frames: [[UInt8]], says part: String) {
        let error = #expect(throws: WireError.self) { try WireCodec.decodeCoordinator(frames) }
        #expect("\(error!)".contains(part), "\(error!)")
    }

    private let lease = WireLease(
        LeaseID(key: TrialKey(digest: Digest(of: [1])), attempt: 1))

    @Test("Wrong numbers of frames are refused")
    func frameCounts() {
        expectWorker([], says: "no frame")
        expectWorker(frames(.heartbeat(WireNothing()), [[]]), says: "1 frames after")
        expectWorker(frames(.finished(lease)), says: "2 frames, or 3 with its model, not 0")
        expectWorker(frames(.finished(lease), [[1]]), says: "or 3 with its model, not 1")
        expectWorker(
            frames(.finished(lease), [[1], [], [], []]), says: "or 3 with its model, not 4")
        expectWorker(frames(.finished(lease), [[], []]), says: "empty")
        expectCoordinator(frames(.sweep(WireDocument())), says: "no text")
        expectCoordinator(frames(.sweep(WireDocument()), [[], []]), says: "1 manifests and 0")
        let many = [[UInt8]](repeating: [], count: WireCodec.coordinatorFramesMax)
        expectCoordinator(frames(.sweep(WireDocument()), many), says: "most is 1026")
    }

    @Test("Messages that are too large are refused")
    func sizes() {
        let large = [UInt8](repeating: 0, count: WireCodec.messageBytesMax - 10)
        expectWorker(frames(.finished(lease), [large, []]), says: "most is 67108864")
        expectWorker(
            frames(.checkpoint(.with { $0.lease = lease })), says: "a checkpoint is empty")
        let piece = [UInt8](repeating: 1, count: WireCodec.messageBytesMax)
        let over = [[UInt8]](repeating: piece, count: 17)
        expectWorker(
            frames(.checkpoint(.with { $0.lease = lease }), over), says: "most is 1077936128")
        expectWorker(
            [[UInt8](repeating: 0, count: WireCodec.envelopeBytesMax + 1)], says: "4194305")
        var leases = WireLeases()
        leases.leases = .init(repeating: lease, count: WireCodec.leasesMax + 1)
        expectWorker(frames(.returned(leases)), says: "16385 leases")
        var failed = WireFailed(
            LeaseID(key: TrialKey(digest: Digest(of: [1])), attempt: 1),
            Failure(cause: .data, message: ""))
        failed.message = String(repeating: "x", count: WireCodec.textBytesMax + 1)
        expectWorker(frames(.failed(failed)), says: "16385 bytes")
    }

    @Test("A truncated envelope is refused at every length")
    func truncation() throws {
        var numbers = SeededNumbers(seed: 5)
        for message in numbers.workerMessages() {
            var frames = WireCodec.encode(message, sequence: 1)
            let whole = frames[0]
            for count in 0..<whole.count {
                frames[0] = Array(whole[..<count])
                #expect(throws: WireError.self) { try WireCodec.decodeWorker(frames) }
            }
        }
    }

    @Test("Digests, attempts, epochs and causes out of range are refused")
    func ranges() {
        var short = lease
        short.key.removeLast()
        expectWorker(frames(.returned(WireLeases.with { $0.leases = [short] })), says: "not 31")
        var zero = lease
        zero.attempt = 0
        expectWorker(frames(.finished(zero), [[1], []]), says: "count from 1")
        let progress = WireProgress.with {
            $0.lease = lease
            $0.epoch = 3
            $0.epochs = 2
        }
        expectWorker(frames(.progress(progress)), says: "epoch 3 of 2")
        for cause in [WireCause.unspecified, .UNRECOGNIZED(99)] {
            let failed = WireFailed.with {
                $0.lease = lease
                $0.cause = cause
            }
            expectWorker(frames(.failed(failed)), says: "no known cause")
        }
        expectCoordinator(frames(.recorded(.init([1, 2]))), says: "not 2")
    }

    @Test("A hello whose names are not fit for a terminal or a file is refused")
    func hello() {
        var numbers = SeededNumbers(seed: 8)
        let good = WireHello(numbers.hello())
        func spoilt(_ change: (inout WireHello) -> Void, says part: String) {
            var hello = good
            change(&hello)
            expectWorker(frames(.hello(hello)), says: part)
        }
        spoilt({ $0.worker = "" }, says: "worker's id")
        spoilt({ $0.worker = "../x" }, says: "worker's id")
        spoilt({ $0.worker = String(repeating: "a", count: 65) }, says: "worker's id")
        spoilt({ $0.name = "a\u{1B}[2J" }, says: "worker's name")
        spoilt({ $0.name = String(repeating: "a", count: 257) }, says: "worker's name")
        spoilt({ $0.numericClass = "a\n" }, says: "numeric class")
        spoilt({ $0.slots = 0 }, says: "slots")
        spoilt({ $0.slots = 65_537 }, says: "slots")
        spoilt({ $0.sweep = .init([1]) }, says: "not 1")
    }

    @Test("Limits that are not finite, negative or absurd are refused")
    func limits() {
        let good = WireWelcome(Digest(of: []), Limits(), [])
        func spoilt(_ change: (inout WireWelcome) -> Void, says part: String) {
            var welcome = good
            change(&welcome)
            expectCoordinator(frames(.welcome(welcome)), says: part)
        }
        for bad in [Double.nan, .infinity, -.infinity, -1, 1e300] {
            spoilt({ $0.heartbeatSeconds = bad }, says: "heartbeat of")
            spoilt({ $0.stepLimitSeconds = bad }, says: "step limit of")
            spoilt({ $0.orphanSeconds = bad }, says: "orphan seconds")
        }
        spoilt({ $0.heartbeatSeconds = 0 }, says: "heartbeat of 0.0")
        spoilt({ $0.liveness = 0 }, says: "liveness of 0")
        spoilt({ $0.attemptsMax = 0 }, says: "0 attempts")
        spoilt({ $0.lossesMax = .max }, says: "losses")
        spoilt({ $0.messageBytesMax = .max }, says: "message bytes")
        spoilt({ $0.messageBytesMax = 0 }, says: "message bytes")
        spoilt({ $0.abandoned = [WireLease()] }, says: "attempts count from 1")
    }

    @Test("Texts that are not UTF-8 and paths that are none are refused")
    func texts() {
        let one = WireDocument.with { $0.folders = ["a"] }
        expectCoordinator(frames(.sweep(one), [[0x61], [0xFF]]), says: "not UTF-8")
        expectCoordinator(frames(.sweep(one), [[0xC3], [0x61]]), says: "not UTF-8")
        let zero = WireDocument.with { $0.folders = ["a\0b"] }
        expectCoordinator(frames(.sweep(zero), [[], []]), says: "path of 3 bytes")
        let long = WireDocument.with { $0.folders = [String(repeating: "a", count: 4097)] }
        expectCoordinator(frames(.sweep(long), [[], []]), says: "path of 4097 bytes")
        // An envelope with a refusal that is not UTF-8.
        expectCoordinator([[8, 3, 16, 1, 170, 2, 1, 255]], says: "cannot be read")
    }
}
