import Leasing
import Messaging
import Planning

extension Coordinator {
    /// Turns what came on a connection into an event; what is no message of an admitted peer is
    /// refused alone, counted, and told once.
    func hear(
        _ frames: [[UInt8]], from connection: ConnectionID, as role: AllowList.Role
    ) -> [Dispatcher.Command] {
        do {
            switch try WireCodec.decodeArrival(frames) {
            case .enrolment:
                return refuse(.role, connection, "it has a key already, and needs no token")
            case .request(let request, let sweep):
                guard role == .owner else {
                    let text = "Only the store's owner may ask for that, not a worker's key."
                    return refuse(.role, connection, "a worker asks for a change of the sweep")
                        + [.answer(Answer(isDone: false, text: text), to: connection)]
                }
                guard sweep == self.sweep.document.digest else {
                    let text = "This coordinator runs another sweep, or another version of it."
                    return [.answer(Answer(isDone: false, text: text), to: connection)]
                }
                return dispatcher.handle(
                    .asked(request, from: connection), at: Coordinator.now)
            case .message(let message, let sequence):
                guard refusals.isNew(sequence, from: connection) else {
                    return refuse(.replayed, connection, "message \(sequence) came before")
                }
                return hear(message, from: connection)
            }
        } catch .version(let version) {
            let reason = """
                this worker speaks version \(version) of the messages, the coordinator \
                \(WireCodec.version). Install one version of concord on both machines.
                """
            return refuse(.version, connection, "its version is \(version)")
                + [.send(.refused(reason), to: connection)]
        } catch {
            return refuse(.malformed, connection, "\(error)")
        }
    }

    private func hear(
        _ message: WorkerMessage, from connection: ConnectionID
    ) -> [Dispatcher.Command] {
        var notes: [Dispatcher.Command] = []
        let isHello = if case .hello = message { true } else { false }
        if !isHello, !dispatcher.isAdmitted(connection) {
            notes = refuse(.stranger, connection, "it is asked to say hello first")
        }
        if case .fetch(let request) = message, dispatcher.isAdmitted(connection) {
            server.hear(request, from: connection, at: Coordinator.now)
        }
        if case .finished(let lease, let delivery) = message {
            if sweep.plan.trial(lease.key) == nil {
                notes += refuse(.unplanned, connection, "\(lease)")
            } else if let reason = refusal(of: delivery, for: lease) {
                _ = refusals.count(.outcome, from: connection)
                return dispatcher.handle(
                    .refusedOutcome(lease, from: connection, reason: reason), at: Coordinator.now)
            }
        }
        return notes + dispatcher.handle(.received(message, from: connection), at: Coordinator.now)
    }

    private func refuse(
        _ kind: RefusalLedger.Kind, _ connection: ConnectionID, _ reason: String
    ) -> [Dispatcher.Command] {
        guard refusals.count(kind, from: connection) else { return [] }
        return [.note("A message \(kind.rawValue) is refused: \(reason)")]
    }

    /// Why the outcome is none of the lease's trial; nil when it is.
    private func refusal(of delivery: Delivery, for lease: LeaseID) -> String? {
        guard let trial = sweep.plan.trial(lease.key) else { return nil }
        do {
            try Outcome(decoding: delivery.outcome).check(against: sweep.plan, trial: trial)
            return nil
        } catch {
            return "\(error)"
        }
    }
}
