import Corpora
import Planning

extension Session {
    /// Says who this worker is and what it holds.
    mutating func greet() {
        let since = awaySince ?? now
        link = .greeting(since: since, triedAt: now)
        saidAt = now
        var hello = identity
        hello.sweep = prepared
        hello.resources.secondsLeft = endsAt.map { max(0, $0 - now) }
        hello.leases = running + waitingLeases + untold.map(\.lease) + spool.map(\.spooled.lease)
        commands.append(.send(.hello(hello)))
    }

    /// The connection is gone.
    mutating func loseLink() {
        link = .away(since: awaySince ?? now, triedAt: now)
    }

    /// Since when the coordinator has not answered; nil while it does.
    var awaySince: Instant? {
        switch link {
        case .away(let since, _), .greeting(let since, _): since
        case .welcomed: nil
        }
    }

    /// Takes in the coordinator's message.
    mutating func hear(_ message: CoordinatorMessage) {
        heardAt = now
        switch message {
        case .welcome(let sweep, let limits, let abandoned):
            enter(sweep, limits, without: abandoned)
        case .sweep(let document):
            prepared = document.digest
            beginAgain()
            commands.append(.prepare(document))
        case .train(let lease, let terms): accept(lease, terms)
        case .recorded(let key): forget(key)
        case .abandon(let lease): drop(lease)
        case .done: drain(.done)
        case .drain(let atOnce): if atOnce { preempt(.drained) } else { drain(.drained) }
        case .refused(let reason): leave(.refused(reason))
        case .sayHello: greet()
        case .chunk, .unavailable: return
        }
    }

    private mutating func enter(
        _ sweep: Digest, _ limits: Limits, without abandoned: [LeaseID]
    ) {
        do {
            self.limits = try limits.validated()
        } catch {
            return leave(.refused("The coordinator's limits cannot be kept. \(error)"))
        }
        wanted = sweep
        if case .welcomed = link { return }
        link = .welcomed(at: now)
        tries = 0
        for slot in slots.indices { slots[slot]?.isTold = false }
        for place in spool.indices {
            spool[place].said = nil
            spool[place].isUnwanted = false
        }
        if draining != nil { giveBackWaiting() }
        tellProgress()
        let failures = untold
        untold.removeAll()
        for failed in failures { report(failed) }
        for place in spool.indices { handOver(place) }
        for lease in abandoned { drop(lease) }
    }

    /// Trainers are replaced for a new plan: what they train waits, to go on from its newest state.
    private mutating func beginAgain() {
        for slot in slots.indices.reversed() {
            guard let running = slots[slot] else { continue }
            end(slot)
            let terms = LeaseTerms(memoryBytes: running.memoryBytes)
            waiting.insert(Waiting(lease: running.lease, terms: terms), at: 0)
        }
    }

    private mutating func accept(_ lease: LeaseID, _ terms: LeaseTerms) {
        if draining != nil { return tell(.returned([lease])) }
        if let place = spool.firstIndex(where: { $0.spooled.lease.key == lease.key }),
            !spool[place].isUnwanted
        {
            return handOver(place)
        }
        if let slot = slots.firstIndex(where: { $0?.lease.key == lease.key }) {
            let held = slots[slot]!
            if held.lease.attempt >= lease.attempt {
                if held.lease == lease { tell(.progress(lease, held.progress)) }
                return
            }
            end(slot)
        }
        if let place = waiting.firstIndex(where: { $0.lease.key == lease.key }) {
            if waiting[place].lease.attempt <= lease.attempt {
                waiting[place] = Waiting(lease: lease, terms: terms)
            }
            return
        }
        waiting.append(Waiting(lease: lease, terms: terms))
    }

    /// The outcome is on disk: nothing of this trial is needed any more.
    private mutating func forget(_ key: TrialKey) {
        if spool.contains(where: { $0.spooled.lease.key == key }) {
            spool.removeAll { $0.spooled.lease.key == key }
            commands.append(.unspool(key))
        }
        waiting.removeAll { $0.lease.key == key }
        if let slot = slots.firstIndex(where: { $0?.lease.key == key }) { end(slot) }
        discard(key)
    }

    /// The lease is another's. An outcome of it that is spooled already was said, and stays on disk
    /// for the case that it was not heard.
    private mutating func drop(_ lease: LeaseID) {
        waiting.removeAll { $0.lease == lease }
        untold.removeAll { $0.lease == lease }
        if let slot = slots.firstIndex(where: { $0?.lease == lease }) { end(slot) }
        if !holds(lease.key) { discard(lease.key) }
        if let place = spool.firstIndex(where: { $0.spooled.lease == lease }) {
            spool[place].isUnwanted = true
        }
    }
}
