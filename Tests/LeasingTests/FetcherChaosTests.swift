import Corpora
import Testing

@testable import Leasing

@Suite("Fetcher before all that can go wrong")
struct FetcherChaosTests {
    @Test("Whatever is lost, late or damaged: all arrives, and never are more chunks under way")
    func chaos() {
        for seed in 0..<300 {
            var cluster = ChaoticTransfer(seed: seed)
            let problem = cluster.run()
            #expect(problem == nil, "seed \(seed)")
        }
    }
}

/// A Fetcher before a coordinator and a connection that lose, delay and damage what they can.
private struct ChaoticTransfer {
    private var fetcher = Fetcher()
    private var now = Instant(seconds: 0)
    private var generator: SplitMix
    private let sizes: [Digest: Int]
    private var have: [Digest: Int] = [:]
    private var isDamaged: [Digest: Bool] = [:]
    private var requests: [ChunkRequest] = []
    private var checks: [Digest] = []
    private var isConnected = false
    private var waiting: Set<LeaseID> = []
    private var problem: String?
    private static let mebibyte = [UInt8](repeating: 7, count: ChunkRequest.bytesMax)

    init(seed: Int) {
        var generator = SplitMix(seed: seed)
        let names = (0...generator.below(12)).map { "\(seed) \($0)" }
        let least = ChunkRequest.bytesMax / 4
        var sizes: [Digest: Int] = [:]
        for name in names { sizes[FetcherTheatre.digest(name)] = least * (1 + generator.below(50)) }
        self.sizes = sizes
        self.generator = generator
    }

    /// What is wrong; nil when all is right.
    mutating func run() -> String? {
        let digests = sizes.keys.sorted()
        for number in 0..<3 {
            let lease = Cast.lease("t\(number)#1")
            waiting.insert(lease)
            let some = digests.filter { _ in generator.chance(0.7) }
            perform(.lacking(some, lease))
        }
        for step in 0..<20_000 where problem == nil && !waiting.isEmpty {
            // The last steps are quiet, so that it must end.
            act(isQuiet: step > 15_000)
        }
        return problem ?? (waiting.isEmpty ? nil : "\(waiting.count) trials wait for ever")
    }

    private mutating func act(isQuiet: Bool) {
        if !isConnected {
            requests = []
            isConnected = true
            perform(.connected)
        } else if !isQuiet && generator.chance(0.01) {
            isConnected = false
            perform(.disconnected)
        } else if !checks.isEmpty && generator.chance(0.3) {
            let digest = checks.removeFirst()
            perform(.verified(digest, isSound: isDamaged[digest] != true))
        } else if !requests.isEmpty {
            let request = requests.removeFirst()
            if isQuiet || !generator.chance(0.03) { answer(request) }
        } else if let deadline = fetcher.nextDeadline {
            now = max(now, deadline)
            perform(.tick)
        }
    }

    private mutating func answer(_ request: ChunkRequest) {
        let total = sizes[request.digest]!
        let count = min(request.count, max(0, total - request.offset))
        let isWhole = count == ChunkRequest.bytesMax
        let bytes = isWhole ? Self.mebibyte : Array(Self.mebibyte.prefix(count))
        perform(
            .chunk(
                MatrixChunk(
                    digest: request.digest, offset: request.offset, total: total, bytes: bytes)))
    }

    private mutating func perform(_ event: Fetcher.Event) {
        for command in fetcher.handle(event, at: now) {
            switch command {
            case .open(let digest): perform(.opened(digest, .mine(have: have[digest] ?? 0)))
            case .ask(let request):
                if request.count > 0 && isConnected { requests.append(request) }
                if requests.count > Fetcher.ahead { problem = "\(requests.count) are under way" }
            case .write(let chunk):
                if chunk.offset != have[chunk.digest] ?? 0 { problem = "a hole" }
                have[chunk.digest] = chunk.offset + chunk.bytes.count
            case .verify(let digest):
                if have[digest] != sizes[digest] { problem = "checked before it is there" }
                // A second time it is sound.
                isDamaged[digest] = isDamaged[digest] == nil && generator.chance(0.2)
                checks.append(digest)
            case .discard(let digest): have[digest] = 0
            case .close, .progressed: continue
            case .ready(let lease):
                if waiting.remove(lease) == nil { problem = "a trial is told twice" }
            case .failed(_, _, let reason): problem = reason
            }
        }
    }
}
