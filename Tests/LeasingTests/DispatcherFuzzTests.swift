import Planning
import Testing

@testable import Leasing
@testable import Simulating

/// Anybody says anything at any time: no worker here keeps to any rule.
struct Babel {
    private var random: SplitMix
    private let trials: Int
    private let limits: Limits
    private var dispatcher: Dispatcher
    private let auditor: Auditor
    private var journal: [JournalEvent] = []
    private var now = Instant(seconds: 0)
    /// Who was last welcomed on a connection.
    private var speakers: [ConnectionID: WorkerID] = [:]

    init(seed: Int) throws {
        random = SplitMix(seed: seed)
        trials = 1 + random.below(8)
        var limits = Limits()
        limits.lossesMax = random.below(3)
        limits.attemptsMax = 1 + random.below(3)
        self.limits = limits
        var shapes: [Demands.Shape] = []
        for number in 0...random.below(4) {
            shapes.append(
                Demands.Shape(
                    cell: number, bytes: random.below(6) << 30, work: random.between(1, 9),
                    data: random.below(2), needs: [[], [], ["x"], ["x", "y"]][random.below(4)]))
        }
        let sweep = SimulatedSweep(trials: trials, shapes: shapes)
        dispatcher = try Cast.dispatcher(
            trials: trials, limits: limits, demands: sweep.demands, at: now)
        auditor = Auditor(sweep, limits)
        // Here anybody may say of anything that it failed.
        auditor.trainerFaults = .max
    }

    /// The last events with what came of them, for the report of a violation.
    private(set) var tail: [String] = []

    /// Some time and one event; what is wrong after it.
    mutating func step() throws -> String? {
        if random.chance(0.02) {
            dispatcher = try Cast.dispatcher(
                trials: trials, limits: limits, demands: auditor.sweep.demands, journal: journal,
                at: now)
            speakers = [:]
        }
        let next = now + (random.chance(0.1) ? random.between(0, 12) : random.unit())
        // A shell wakes in time, mostly.
        while random.chance(0.95), let deadline = dispatcher.nextDeadline, deadline <= next {
            now = max(now, deadline)
            if let violation = try handle(.tick) { return violation }
        }
        now = next
        return try handle(randomEvent())
    }

    private mutating func handle(_ event: Dispatcher.Event) throws -> String? {
        auditor.now = now
        let commands = dispatcher.handle(event, at: now)
        tail = tail.suffix(9) + ["\(now.seconds) \(event)"]
        for command in commands {
            switch command {
            case .record(let fact):
                tail.append("    record \(Cast.line(fact))")
                journal.append(fact)
                _ = auditor.record(fact)
            case .send(let message, let connection):
                tail.append("    \(connection.bytes) < \(Cast.line(message))")
                if case .welcome = message, case .received(.hello(let hello), _) = event {
                    speakers[connection] = hello.worker
                }
                if let speaker = speakers[connection] { auditor.check(message, to: speaker) }
            case .keep, .answer, .note, .finished: break
            }
        }
        if random.chance(0.05) {
            var replayed = Dispatcher.History(trials: Cast.keys(trials))
            for fact in journal { try replayed.replay(fact) }
            if replayed != dispatcher.history { return "The replay differs." }
        }
        return dispatcher.brokenInvariant ?? auditor.violation?.description
    }

    private mutating func randomEvent() -> Dispatcher.Event {
        let connection = ConnectionID(bytes: [UInt8(random.below(7))])
        switch random.below(20) {
        case 0..<4: return .received(.hello(randomHello()), from: connection)
        case 4..<8: return .received(.heartbeat, from: connection)
        case 8..<10:
            let progress = Progress(epoch: random.below(9), epochs: 9)
            return .received(.progress(randomLease(), progress), from: connection)
        case 10:
            let lease = randomLease()
            return .received(.finished(lease, Cast.delivery(lease.key)), from: connection)
        case 11..<13:
            let cause = Failure.Cause.allCases.randomElement(using: &random)!
            let failure = Failure(cause: cause, message: "It failed.")
            return .received(.failed(randomLease(), failure), from: connection)
        case 13: return .received(.returned([randomLease(), randomLease()]), from: connection)
        case 14: return .received(.goodbye, from: connection)
        case 15: return .unreachable(connection)
        case 16:
            return .refusedOutcome(randomLease(), from: connection, reason: "It is not finite.")
        default: return .tick
        }
    }

    private mutating func randomLease() -> LeaseID {
        LeaseID(key: Cast.key(random.below(trials + 1)), attempt: random.below(6))
    }

    private mutating func randomHello() -> WorkerMessage.Hello {
        let name = "w\(random.below(4))"
        let leases = (0..<random.below(4)).map { _ in randomLease() }
        let slots = random.chance(0.9) ? 1 + name.utf8.last.map { Int($0 % 3) }! : random.below(5)
        var hello = Cast.hello(name, slots: slots, leases: leases)
        hello.resources = Resources(
            memoryBytes: [0, 4 << 30, 9 << 30][random.below(3)],
            memoryPool: ["", "m"][random.below(2)], machine: ["", "m"][random.below(2)],
            tags: [[], ["x"], ["x", "y"]][random.below(3)],
            secondsLeft: random.chance(0.2) ? random.between(0, 300) : nil)
        return hello
    }
}

@Suite("Dispatcher: whatever is said")
struct DispatcherFuzzTests {
    @Test("No sequence of events breaks an invariant, a rule or the journal", arguments: 0..<150)
    func fuzz(seed: Int) throws {
        var babel = try Babel(seed: seed)
        for step in 0..<400 {
            if let violation = try babel.step() {
                let tail = babel.tail.joined(separator: "\n")
                Issue.record("Seed \(seed), step \(step): \(violation)\n\(tail)")
                return
            }
        }
    }
}
