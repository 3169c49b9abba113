import Planning

extension Session {
    /// Fills idle slots. The coordinator hears at once that the trial has begun, so that a trial
    /// that kills its worker at the start is known as the one that ran.
    mutating func startWaiting() {
        guard isPrepared, !hasLeft else { return }
        while let slot = slots.firstIndex(of: nil), let place = waiting.firstIndex(where: fits) {
            let next = waiting.remove(at: place)
            let lease = next.lease
            slots[slot] = Running(
                lease: lease, memoryBytes: next.terms.memoryBytes, startedAt: now, progressAt: now,
                savedAt: now)
            commands.append(.start(lease, newest(next), slot: slot))
            tell(.progress(lease, slots[slot]!.progress))
            if case .welcomed = link { slots[slot]?.isTold = true }
        }
    }

    /// Whether there is memory for it beside what runs. The coordinator gives no more than fits;
    /// but what it took for ended may run still.
    func fits(_ next: Waiting) -> Bool {
        let used = slots.reduce(0) { $0 + ($1?.memoryBytes ?? 0) }
        return identity.resources.memoryBytes == 0 || used == 0
            || used + next.terms.memoryBytes <= identity.resources.memoryBytes
    }

    /// Kills the trainer and frees its slot.
    mutating func end(_ slot: Int) {
        slots[slot] = nil
        commands.append(.end(slot: slot))
    }

    /// A trainer has come further; the coordinator hears of it with the next heartbeat.
    mutating func advance(_ lease: LeaseID, _ progress: Progress) {
        guard let slot = slots.firstIndex(where: { $0?.lease == lease }) else { return }
        slots[slot]?.progress = progress
        slots[slot]?.progressAt = now
        slots[slot]?.isTold = false
    }

    /// Tells what the coordinator does not know of the progress in all slots.
    mutating func tellProgress() {
        guard case .welcomed = link else { return }
        for slot in slots.indices {
            guard let running = slots[slot], !running.isTold else { continue }
            tell(.progress(running.lease, running.progress))
            slots[slot]?.isTold = true
        }
    }

    /// A trial is done. Counts even when its lease was taken away meanwhile.
    mutating func finish(_ lease: LeaseID, _ delivery: Delivery) {
        if let slot = slots.firstIndex(where: { $0?.lease == lease }) { slots[slot] = nil }
        if !holds(lease.key) { discard(lease.key) }
        let same = spool.firstIndex { $0.spooled.lease.key == lease.key }
        if let same, !spool[same].isUnwanted { return }
        if let same { spool.remove(at: same) }
        // The slot goes on first: the disk takes its time.
        startWaiting()
        let spooled = Spooled(lease: lease, delivery: delivery)
        spool.append(Handover(spooled: spooled))
        commands.append(.spool(spooled))
        handOver(spool.count - 1)
    }

    /// Says an outcome to the coordinator.
    mutating func handOver(_ place: Int) {
        guard case .welcomed = link else { return }
        let before = spool[place].said
        spool[place].said = Said(
            first: before?.first ?? now, last: now, times: (before?.times ?? 0) + 1)
        tell(.finished(spool[place].spooled.lease, spool[place].spooled.delivery))
    }

    /// A trial failed; its trainer is replaced, whatever it still does.
    mutating func fail(_ lease: LeaseID, _ failure: Failure) {
        guard let slot = slots.firstIndex(where: { $0?.lease == lease }) else { return }
        end(slot)
        let failed = Untold(lease: lease, failure: failure)
        if case .welcomed = link { report(failed) } else { untold.append(failed) }
    }

    /// Tells of a failure; before it, what the next attempt can go on from.
    mutating func report(_ failed: Untold) {
        if failed.failure.leavesUsefulState { tellCheckpoint(failed.lease) }
        tell(.failed(failed.lease, failed.failure))
        if !holds(failed.lease.key) { discard(failed.lease.key) }
    }

    /// Takes no new trials; what runs is finished.
    mutating func drain(_ exit: Exit) {
        guard draining == nil else { return }
        draining = exit
        giveBackWaiting()
        for slot in slots.indices where slots[slot] != nil { wantCheckpoint(slot) }
    }

    /// Gives back what has no slot; says that the worker drains even when that is nothing.
    mutating func giveBackWaiting() {
        tell(.returned(waitingLeases))
        for lease in waitingLeases { checkpoints[lease.key] = nil }
        waiting.removeAll()
    }

    private mutating func endAll() {
        for slot in slots.indices where slots[slot] != nil { end(slot) }
        waiting.removeAll()
        checkpoints.removeAll()
    }

    /// Ends the worker.
    mutating func leave(_ exit: Exit) {
        guard !hasLeft else { return }
        endAll()
        hasLeft = true
        commands.append(.leave(exit))
    }

    /// A draining worker leaves when it holds nothing and, while the coordinator is there, has
    /// handed everything over.
    mutating func leaveWhenFree() {
        guard let draining, !hasLeft, running.isEmpty, waiting.isEmpty else { return }
        let hasNews = !untold.isEmpty || spool.contains { !$0.isUnwanted }
        if hasNews { return }
        tell(.goodbye)
        leave(draining)
    }
}
