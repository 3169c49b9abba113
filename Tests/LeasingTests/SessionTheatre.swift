import Planning
import Testing

@testable import Leasing

/// Plays a script before the Session of worker a: lines after `>` say what happens, the others all
/// that the Session does, in order; what it does at a tick begins with the time.
///
///     > connected      > disconnected      > welcome      > sweep      > train t0#1
///     > progress t0#1 3      > saved t0#1 3      > train t0#2 from 3      > leave at once
///     > outcome t0#1      > failure t0#1      > advance 10
struct SessionTheatre {
    var session: Session
    var now = Instant(seconds: 0)
    var limits = Limits()
    private var output: [String] = []

    init(
        slots: Int = 1, spool: [String] = [], checkpoints: [(String, Int)] = [],
        orphanSeconds: Double? = nil, limits: Limits = Limits()
    ) {
        self.limits = limits
        session = Session(
            identity: Cast.hello("a", slots: slots),
            spool: spool.map {
                let lease = Cast.lease($0)
                return Session.Spooled(lease: lease, delivery: Cast.delivery(lease.key))
            },
            checkpoints: checkpoints.map {
                (Cast.lease($0), TrialCheckpoint(epoch: $1, bytes: [1]))
            },
            orphanSeconds: orphanSeconds, at: now)
    }

    /// A session that is connected, welcomed and has its plan.
    static func atWork(
        slots: Int = 1, orphanSeconds: Double? = nil, limits: Limits = Limits()
    ) throws -> SessionTheatre {
        var theatre = SessionTheatre(slots: slots, orphanSeconds: orphanSeconds, limits: limits)
        try theatre.play(
            """
            > connected
            say hello
            > welcome
            > sweep
            prepare
            """)
        return theatre
    }

    /// Plays the script and expects just what it says.
    mutating func play(_ script: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        output = []
        for line in script.split(separator: "\n") where line.hasPrefix(">") {
            output.append(String(line))
            act(line.dropFirst().split(separator: " ").map(String.init))
        }
        let actual = output.joined(separator: "\n")
        guard actual != script else { return }
        Issue.record("The Session did:\n\(actual)", sourceLocation: sourceLocation)
    }

    private mutating func act(_ words: [String]) {
        switch words[0] {
        case "advance": advance(Double(words[1])!)
        case "sleep": now = now + Double(words[1])!
        default: handle(event(words))
        }
    }

    private func event(_ words: [String]) -> Session.Event {
        let lease = words.count > 1 && words[1].contains("#") ? Cast.lease(words[1]) : nil
        return switch words[0] {
        case "connected": .connected
        case "disconnected": .disconnected
        case "welcome":
            .received(
                .welcome(
                    sweep: Cast.document.digest, limits: limits,
                    abandoned: words.dropFirst(2).map { Cast.lease(String($0)) }))
        case "sweep": .received(.sweep(Cast.document))
        case "train": .received(.train(lease!, terms(words)))
        case "leave": .received(.drain(atOnce: words.last == "once"))
        case "saved":
            .checkpoint(lease!, TrialCheckpoint(epoch: Int(words[2])!, bytes: [1]))
        case "recorded": .received(.recorded(Cast.lease(words[1] + "#1").key))
        case "abandon": .received(.abandon(lease!))
        case "done": .received(.done)
        case "sayHello": .received(.sayHello)
        case "refused": .received(.refused(words.dropFirst().joined(separator: " ")))
        case "progress": .progress(lease!, Progress(epoch: Int(words[2])!, epochs: 9))
        case "outcome": .outcome(lease!, Cast.delivery(lease!.key))
        case "failure": .trainerFailed(lease!, Failure(cause: .crash, message: "It crashed."))
        case "drain": .drain
        case "preempt": .preempt
        case "tick": .tick
        default: preconditionFailure("The script says \(words).")
        }
    }

    private func terms(_ words: [String]) -> LeaseTerms {
        guard words.count > 3 else { return LeaseTerms() }
        return LeaseTerms(checkpoint: TrialCheckpoint(epoch: Int(words[3])!, bytes: [1]))
    }

    private mutating func advance(_ seconds: Double) {
        let end = now + seconds
        while let deadline = session.nextDeadline, deadline <= end {
            now = max(now, deadline)
            handle(.tick, prefix: "\((now.seconds * 10).rounded() / 10) ")
        }
        now = end
    }

    private mutating func handle(_ event: Session.Event, prefix: String = "") {
        output += session.handle(event, at: now).map { prefix + Cast.line($0) }
        #expect(session.brokenInvariant == nil)
    }
}
