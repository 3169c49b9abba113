import Planning
import Testing

@testable import Leasing

/// Workers that finish every trial at once: as many events as trials, and nothing but the
/// Dispatcher's own time.
struct Load {
    let trials: Int
    let workers: Int

    /// Seconds an event.
    func run() -> Double {
        let keys = (0..<trials).map { trial in
            TrialKey(hex: String(repeating: "0", count: 64 - 16) + Load.hex(trial))!
        }
        let start = Instant(seconds: 0)
        var dispatcher = Dispatcher(
            document: Cast.document, history: Dispatcher.History(trials: keys), limits: Limits(),
            numericsVersion: 1, numericClass: "cpu", at: start)
        var leases: [(LeaseID, ConnectionID)] = []
        var next = 0
        var isFinished = false
        func perform(_ commands: [Dispatcher.Command]) {
            for command in commands {
                switch command {
                case .send(.train(let lease), let connection): leases.append((lease, connection))
                case .finished: isFinished = true
                case .record, .send, .note: continue
                }
            }
        }
        let clock = ContinuousClock()
        let time = clock.measure {
            for worker in 0..<workers {
                let hello = Cast.hello("w\(worker)", sweep: Cast.document.digest)
                let connection = ConnectionID(bytes: Array("c\(worker)".utf8))
                perform(dispatcher.handle(.received(.hello(hello), from: connection), at: start))
            }
            while next < leases.count {
                let (lease, connection) = leases[next]
                next += 1
                let delivery = Delivery(outcome: [1], provenance: [])
                let event = Dispatcher.Event.received(.finished(lease, delivery), from: connection)
                perform(dispatcher.handle(event, at: start))
            }
        }
        precondition(isFinished && next == trials, "The load was not carried.")
        return (time / .seconds(1)) / Double(trials + workers)
    }

    private static func hex(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

@Suite("Dispatcher: load")
struct DispatcherLoadTests {
    @Test("An event costs about the same whether 500 trials are planned or 50,000")
    func flat() {
        let few = (0..<3).map { _ in Load(trials: 500, workers: 20).run() }.min()!
        let many = Load(trials: 50_000, workers: 2_000).run()
        print("seconds an event: \(few) of 500 trials, \(many) of 50,000")
        #expect(many < 8 * few, "A hundred times the trials: \(few) s became \(many) s an event.")
    }
}
