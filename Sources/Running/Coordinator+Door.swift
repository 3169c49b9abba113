import Corpora
import Leasing
import Messaging
import Planning

extension Coordinator {
    /// Judges who has come to the door, and counts who came to nothing there.
    func attendDoor() {
        let connections = socket.connectionCount - socket.strangerCount
        for broken in socket.watchDoor() { count(broken) }
        socket.judge { applicant in
            // Whoever was listed a moment ago is not to be turned away.
            if let news = gatekeeper?.refresh() { note(news) }
            guard let gatekeeper else { return .refused }
            let verdict = gatekeeper.verdict(on: applicant.key)
            let ruling = gatekeeper.ruling(on: verdict, connections: connections)
            count(verdict, ruling, applicant)
            return ruling
        }
    }

    private func count(_ broken: RouterSocket.BrokenHandshake) {
        let (kind, text): (RefusalLedger.Door, String) =
            switch broken {
            case .otherCoordinator:
                (
                    .otherCoordinator,
                    """
                    it expects a coordinator with another key. A worker's key file or token is of \
                    another store
                    """
                )
            case .unencrypted:
                (.unencrypted, "it does not encrypt. A worker of another version of concord?")
            case .noise: (.noise, "what it says is no message. Something else tries the port")
            case .unfinished:
                (.unfinished, "it ended, or took too long, before it had said who it is")
            }
        guard refusals.count(kind, of: "") else { return }
        note("A connection is refused: \(text). More of this kind are counted at the end.")
    }

    private func count(
        _ verdict: AllowList.Verdict, _ ruling: RouterSocket.Ruling,
        _ applicant: RouterSocket.Applicant
    ) {
        switch (ruling, verdict) {
        case (.later, _):
            guard refusals.count(.surplus, of: "") else { return }
            note("More than \(limits.connectionsMax) connections: \(applicant.address) must wait.")
        case (.refused, .revoked(let name)):
            guard refusals.count(.revoked, of: name) else { return }
            note("A worker at \(applicant.address) is refused: the key \(name) was revoked.")
        case (.refused, _):
            guard refusals.count(.unknown, of: applicant.address) else { return }
            note(
                "A worker at \(applicant.address) is refused: its key is not on the allow-list.")
        case (.admitted, _): return
        }
    }

    /// Takes in what an admitted client said, as far as it may say that.
    func hear(_ received: RouterSocket.Received) -> [Dispatcher.Command] {
        guard gatekeeper != nil else {
            return hear(received.frames, from: received.from, as: .owner)
        }
        guard let user = received.user else {
            return expel(received, .revoked, "its key is not known")
        }
        guard
            refusals.allows(
                received.from, rate: limits.messagesPerSecondMax, at: Clock.monotonicSeconds)
        else {
            return expel(
                received, .flood,
                "it says more than \(limits.messagesPerSecondMax) messages a second")
        }
        switch gatekeeper?.verdict(on: user) {
        case .admitted(_, let role):
            return hear(received.frames, from: received.from, as: role)
        case .invited(let token): return enrol(received, by: token)
        case .revoked(let name): return expel(received, .revoked, "the key \(name) was revoked")
        case .unknown, nil: return expel(received, .revoked, "its key is listed no more")
        }
    }

    /// A token's holder may enrol a key, and nothing else.
    private func enrol(
        _ received: RouterSocket.Received, by token: Digest
    ) -> [Dispatcher.Command] {
        guard case .enrolment(let key)? = try? WireCodec.decodeArrival(received.frames) else {
            guard refusals.count(.role, from: received.from) else {
                socket.cut(received)
                return []
            }
            note("A worker is refused: it has a token only, and says more than who it is.")
            let reason = """
                A token lets a worker join, and nothing else. Both sides need the same concord.
                """
            return [.answer(Answer(isDone: false, text: reason), to: received.from)]
        }
        let answer =
            gatekeeper?.enrol(key, by: token, at: Int(Clock.wallSeconds))
            ?? Answer(isDone: false, text: "This coordinator admits no keys.")
        if answer.isDone {
            note("The key \(answer.text) was enrolled by its token.")
        } else if refusals.count(.token, of: "\(received.from)") {
            note("A worker that came with a token is refused: \(answer.text)")
        }
        return [.answer(answer, to: received.from)]
    }

    /// Takes back what a client holds and tells it why, once; what it goes on saying ends its
    /// connection.
    private func expel(
        _ received: RouterSocket.Received, _ kind: RefusalLedger.Kind, _ reason: String
    ) -> [Dispatcher.Command] {
        let commands = dispatcher.handle(.expelled(received.from), at: Coordinator.now)
        guard refusals.count(kind, from: received.from) else {
            socket.cut(received)
            return commands
        }
        note("A worker is refused: \(reason).")
        return commands + [.send(.refused("\(reason)."), to: received.from)]
    }
}
