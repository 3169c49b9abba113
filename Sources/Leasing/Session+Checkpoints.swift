import Planning

extension Session {
    /// A trainer has said its state.
    mutating func keep(_ lease: LeaseID, _ checkpoint: TrialCheckpoint) {
        guard let slot = slots.firstIndex(where: { $0?.lease == lease }) else { return }
        checkpoints[lease.key] = checkpoint
        slots[slot]?.savedAt = now
        commands.append(.keep(lease, checkpoint))
        guard slots[slot]!.isWanted else { return }
        slots[slot]?.isWanted = false
        tellCheckpoint(lease)
        if graceEnd != nil { giveBack(slot) }
    }

    /// Tells the coordinator the newest state of the trial, if there is one.
    mutating func tellCheckpoint(_ lease: LeaseID) {
        guard let checkpoint = checkpoints[lease.key] else { return }
        tell(.checkpoint(lease, checkpoint))
    }

    /// Asks the slot's trainer for its state, of which the coordinator shall hear.
    mutating func wantCheckpoint(_ slot: Int) {
        slots[slot]?.isWanted = true
        save(slot)
    }

    /// Asks the slot's trainer for its state.
    mutating func save(_ slot: Int) {
        slots[slot]?.savedAt = now
        commands.append(.save(slot: slot))
    }

    /// The terms of a lease that begins, with the newest state that anybody has.
    mutating func newest(_ next: Waiting) -> LeaseTerms {
        var terms = next.terms
        if let own = checkpoints[next.lease.key], own.epoch >= terms.checkpoint?.epoch ?? 0 {
            terms.checkpoint = own
        }
        if let checkpoint = terms.checkpoint {
            checkpoints[next.lease.key] = checkpoint
            commands.append(.keep(next.lease, checkpoint))
        }
        return terms
    }

    /// The trial is in a slot, waits for one, or has a failure that is still to be told.
    func holds(_ key: TrialKey) -> Bool {
        slots.contains { $0?.lease.key == key } || waiting.contains { $0.lease.key == key }
            || untold.contains { $0.lease.key == key }
    }

    /// Forgets the trial's state, here and on disk.
    mutating func discard(_ key: TrialKey) {
        if checkpoints.removeValue(forKey: key) != nil { commands.append(.discard(key)) }
    }

    // MARK: Leaving at once

    /// Gives everything back, what runs as soon as its newest state is known, and leaves. Spool and
    /// checkpoints stay on disk for the next life.
    mutating func preempt(_ exit: Exit) {
        if graceEnd != nil { return leaveAtOnce() }
        if draining == nil {
            draining = exit
            giveBackWaiting()
        }
        draining = exit
        graceEnd = now + limits.graceSeconds
        for slot in slots.indices where slots[slot] != nil { wantCheckpoint(slot) }
    }

    /// Gives back what runs, with the states that are known, and leaves.
    mutating func leaveAtOnce() {
        let leases = running
        for lease in leases { tellCheckpoint(lease) }
        for slot in slots.indices where slots[slot] != nil { end(slot) }
        tell(.returned(leases))
        tell(.goodbye)
        leave(draining ?? .preempted)
    }

    private mutating func giveBack(_ slot: Int) {
        guard let lease = slots[slot]?.lease else { return }
        end(slot)
        tell(.returned([lease]))
        checkpoints[lease.key] = nil
    }
}

extension Failure {
    /// Another attempt may go on from the state before it: what failed was the process.
    var leavesUsefulState: Bool {
        switch cause {
        case .crash, .stalled, .memory, .cap: true
        // A trial that took too long shall not pass in pieces.
        case .training, .data, .wall, .cancelled: false
        }
    }
}
