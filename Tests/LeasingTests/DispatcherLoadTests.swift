import Planning
import Testing

@testable import Leasing

/// Workers that finish every trial at once: as many events as trials.
struct Load {
    let trials: Int
    let workers: Int

    /// The trials that were leased, in order, until the Dispatcher said that all are finished.
    func run() -> [TrialKey] {
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
                case .send(.train(let lease, _), let connection): leases.append((lease, connection))
                case .finished: isFinished = true
                case .record, .send, .note, .keep, .answer: continue
                }
            }
        }
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
        precondition(isFinished, "The load was not carried.")
        return leases.map(\.0.key)
    }

    private static func hex(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

@Suite("Dispatcher: load")
struct DispatcherLoadTests {
    @Test("50,000 trials on 2,000 workers are each leased once")
    func large() {
        let leased = Load(trials: 50_000, workers: 2_000).run()
        #expect(leased.count == 50_000)
        #expect(Set(leased).count == 50_000)
    }
}
