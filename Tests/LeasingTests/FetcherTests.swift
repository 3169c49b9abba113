import Corpora
import Planning
import Testing

@testable import Leasing

/// Plays a script before a Fetcher: lines after `>` say what happens, the others all that it wants.
///
///     > t0#1 lacks A B      > opened A mine 0 · present · others 5     > chunk A 0..1 of 3
///     > unavailable A       > verified A sound · damaged               > connected · disconnected
///     > advance 10          seconds, with the ticks that the Fetcher asked for
///
/// Chunks and sizes are in MiB.
struct FetcherTheatre {
    private var fetcher = Fetcher()
    private var now = Instant(seconds: 0)
    private var output: [String] = []
    private static let mebibyte = ChunkRequest.bytesMax

    static func digest(_ name: some StringProtocol) -> Digest { Digest(of: name.utf8) }

    private static func name(_ digest: Digest) -> String {
        ["A", "B", "C", "D"].first { Self.digest($0) == digest } ?? "?"
    }

    mutating func play(_ script: String, sourceLocation: SourceLocation = #_sourceLocation) {
        output = []
        for line in script.split(separator: "\n") where line.hasPrefix(">") {
            output.append(String(line))
            act(line.dropFirst().split(separator: " ").map(String.init))
        }
        let actual = output.joined(separator: "\n")
        guard actual != script else { return }
        Issue.record("The Fetcher did:\n\(actual)", sourceLocation: sourceLocation)
    }

    private mutating func act(_ words: [String]) {
        switch words[0] {
        case "connected": handle(.connected)
        case "disconnected": handle(.disconnected)
        case "advance":
            let end = now + Double(words[1])!
            while let deadline = fetcher.nextDeadline, deadline <= end {
                now = max(now, deadline)
                handle(.tick)
            }
            now = end
        case "opened":
            let opening: Fetcher.Opening =
                switch words[2] {
                case "present": .present
                case "mine": .mine(have: Int(words[3])! * Self.mebibyte)
                default: .others(have: Int(words[3])! * Self.mebibyte)
                }
            handle(.opened(Self.digest(words[1]), opening))
        case "chunk":
            let bounds = words[2].split(separator: ".").map { Int($0)! * Self.mebibyte }
            let chunk = MatrixChunk(
                digest: Self.digest(words[1]), offset: bounds[0],
                total: Int(words[4])! * Self.mebibyte,
                bytes: [UInt8](repeating: 7, count: bounds[1] - bounds[0]))
            handle(.chunk(chunk))
        case "unavailable": handle(.unavailable(Self.digest(words[1]), "it is not here"))
        case "noRoom": handle(.noRoom(Self.digest(words[1]), "it is full"))
        case "verified": handle(.verified(Self.digest(words[1]), isSound: words[2] == "sound"))
        default:
            let lease = Cast.lease(words[0])
            handle(
                words[1] == "ends"
                    ? .ended(lease) : .lacking(words.dropFirst(2).map { Self.digest($0) }, lease))
        }
    }

    private mutating func handle(_ event: Fetcher.Event) {
        for command in fetcher.handle(event, at: now) {
            output.append(Self.line(command))
        }
    }

    private static func line(_ command: Fetcher.Command) -> String {
        switch command {
        case .open(let digest): "open \(name(digest))"
        case .ask(let request):
            request.count == 0
                ? "thank for \(request.received)"
                : "ask \(name(request.digest)) \(request.offset / mebibyte) "
                    + "after \(request.received)"
        case .write(let chunk): "write \(name(chunk.digest)) \(chunk.offset / mebibyte)"
        case .verify(let digest): "verify \(name(digest))"
        case .discard(let digest): "discard \(name(digest))"
        case .close(let digest): "close \(name(digest))"
        case .progressed(let lease): "progressed \(Cast.name(lease))"
        case .ready(let lease): "ready \(Cast.name(lease))"
        case .failed(let lease, _, let reason): "failed \(Cast.name(lease)): \(reason)"
        }
    }
}

@Suite("Fetcher: data that a machine lacks")
struct FetcherTests {
    @Test("A matrix comes chunk by chunk, eight ahead; when all is asked for, the next begins")
    func whole() {
        var theatre = FetcherTheatre()
        theatre.play(
            """
            > connected
            > t0#1 lacks A
            open A
            > opened A mine 0
            ask A 0 after 0
            > t1#1 lacks B
            open B
            > opened B mine 1
            ask B 1 after 0
            > t2#1 lacks C
            open C
            > opened C present
            ready t2#1
            > chunk A 0..1 of 10
            write A 0
            progressed t0#1
            ask A 1 after 1
            ask A 2 after 1
            ask A 3 after 1
            ask A 4 after 1
            ask A 5 after 1
            ask A 6 after 1
            ask A 7 after 1
            > chunk B 1..2 of 3
            write B 1
            progressed t1#1
            ask A 8 after 2
            > t2#1 lacks D
            > chunk A 1..2 of 10
            write A 1
            progressed t0#1
            ask A 9 after 3
            > chunk A 2..3 of 10
            write A 2
            progressed t0#1
            ask B 2 after 4
            > chunk A 3..4 of 10
            write A 3
            progressed t0#1
            open D
            > opened D mine 0
            ask D 0 after 5
            > chunk A 4..5 of 10
            write A 4
            progressed t0#1
            > chunk A 5..6 of 10
            write A 5
            progressed t0#1
            > chunk A 6..7 of 10
            write A 6
            progressed t0#1
            > chunk A 7..8 of 10
            write A 7
            progressed t0#1
            > chunk A 8..9 of 10
            write A 8
            progressed t0#1
            > chunk A 9..10 of 10
            write A 9
            progressed t0#1
            verify A
            > chunk B 2..3 of 3
            write B 2
            progressed t1#1
            verify B
            > verified A sound
            ready t0#1
            > chunk D 0..1 of 1
            write D 0
            progressed t2#1
            verify D
            thank for 13
            > verified D sound
            ready t2#1
            > verified B sound
            ready t1#1
            """)
    }

    @Test("After a break it goes on where it was; what came late or twice is left out")
    func resumes() {
        var theatre = FetcherTheatre()
        theatre.play(
            """
            > t0#1 lacks A B
            open A
            > opened A mine 3
            > connected
            ask A 3 after 0
            open B
            > opened B mine 0
            ask B 0 after 0
            > chunk A 3..4 of 6
            write A 3
            progressed t0#1
            ask A 4 after 1
            ask A 5 after 1
            > disconnected
            > advance 60
            > connected
            ask A 4 after 0
            ask A 5 after 0
            ask B 0 after 0
            > chunk A 5..6 of 6
            > chunk A 4..5 of 6
            write A 4
            progressed t0#1
            > chunk A 4..5 of 6
            > advance 10
            ask A 5 after 3
            ask B 0 after 3
            > chunk A 5..6 of 6
            write A 5
            progressed t0#1
            verify A
            > verified A sound
            > chunk B 0..1 of 1
            write B 0
            progressed t0#1
            verify B
            thank for 5
            > verified B sound
            ready t0#1
            """)
    }

    @Test("What was whole before its worker died is checked, and not fetched again")
    func resumesWhole() {
        var theatre = FetcherTheatre()
        theatre.play(
            """
            > connected
            > t0#1 lacks A
            open A
            > opened A mine 2
            ask A 2 after 0
            > chunk A 2..2 of 2
            progressed t0#1
            verify A
            thank for 1
            > verified A sound
            ready t0#1
            """)
    }

    @Test("A damaged matrix is fetched anew, and given up after three times")
    func damaged() {
        var theatre = FetcherTheatre()
        theatre.play(
            """
            > connected
            > t0#1 lacks A
            open A
            > opened A mine 5
            ask A 5 after 0
            > chunk A 5..5 of 1
            discard A
            ask A 0 after 1
            > chunk A 0..1 of 1
            write A 0
            progressed t0#1
            verify A
            thank for 2
            > verified A damaged
            discard A
            ask A 0 after 2
            > chunk A 0..1 of 1
            write A 0
            progressed t0#1
            verify A
            thank for 3
            > verified A damaged
            discard A
            close A
            failed t0#1: what came of it had another digest, 3 times over
            """)
    }

    @Test("What another worker of the machine fetches is waited for, and taken over when it dies")
    func others() {
        var theatre = FetcherTheatre()
        theatre.play(
            """
            > connected
            > t0#1 lacks A B
            open A
            > opened A others 1
            progressed t0#1
            open B
            > opened B present
            > advance 0.5
            open A
            > opened A others 2
            progressed t0#1
            > advance 0.5
            open A
            > opened A mine 3
            ask A 3 after 0
            """)
    }

    @Test("What nobody has fails the trials that need it, and no others")
    func unavailable() {
        var theatre = FetcherTheatre()
        theatre.play(
            """
            > connected
            > t0#1 lacks A B
            open A
            > opened A mine 0
            ask A 0 after 0
            open B
            > opened B mine 0
            ask B 0 after 0
            > t1#1 lacks B
            > unavailable A
            close A
            failed t0#1: it is not here
            > noRoom B
            close B
            failed t1#1: it is full
            """)
    }

    @Test("When its trial ends, a matrix that nobody else needs is left to other workers")
    func ended() {
        var theatre = FetcherTheatre()
        theatre.play(
            """
            > connected
            > t0#1 lacks A
            open A
            > opened A mine 0
            ask A 0 after 0
            > t1#1 lacks B
            open B
            > t0#1 ends
            close A
            > chunk A 0..1 of 1
            > opened B mine 0
            ask B 0 after 1
            > t1#1 lacks C
            close B
            open C
            > t1#1 lacks
            ready t1#1
            > opened C mine 0
            close C
            """)
    }
}
