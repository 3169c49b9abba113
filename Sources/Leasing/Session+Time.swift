import Planning

extension Session {
    /// When ``Event/tick`` is due; nil after the session has left.
    public var nextDeadline: Instant? {
        if hasLeft { return nil }
        var due = [beatDue, reconnectDue, orphanDue, graceEnd, endDue]
        // A worker that trains looks up as often as it would say that it lives, whether or not
        // anybody hears it: else it could sleep and not know.
        if !running.isEmpty { due.append(seenAt + limits.heartbeatSeconds) }
        for case let running? in slots {
            due += [stallDue(running), wallDue(running), saveDue(running)]
        }
        due += spool.map(repeatDue)
        return due.compactMap { $0 }.min()
    }

    /// A worker that was stopped, or slept with its machine, saw no progress: that is no sign of a
    /// trainer that hangs.
    mutating func noticeOwnAbsence() {
        defer { seenAt = now }
        guard let deadline = nextDeadline, now - deadline > limits.heartbeatSeconds else { return }
        awakeSince = now
    }

    /// Does all that is due.
    mutating func wake() {
        if let due = orphanDue, due <= now { return leave(draining ?? .orphaned) }
        if let graceEnd, graceEnd <= now { return leaveAtOnce() }
        if let endDue, endDue <= now { return preempt(.preempted) }
        for slot in slots.indices { look(at: slot) }
        if let due = reconnectDue, due <= now { return reconnect() }
        for place in spool.indices {
            if let due = repeatDue(spool[place]), due <= now { handOver(place) }
        }
        if let due = beatDue, due <= now {
            tellProgress()
            if saidAt < now { tell(.heartbeat) }
        }
    }

    /// Ends a trainer that hangs or takes too long; asks one that does neither for its state.
    private mutating func look(at slot: Int) {
        guard let running = slots[slot] else { return }
        let progress = "epoch \(running.progress.epoch) of \(running.progress.epochs)"
        if stallDue(running) <= now {
            let message = """
                The trainer made no progress for \(limits.stepLimitSeconds) s after \(progress) \
                and was ended.
                """
            fail(running.lease, Failure(cause: .stalled, message: message))
        } else if let due = wallDue(running), due <= now {
            let tenths = (10 * (now - running.startedAt)).rounded()
            let message = """
                The trainer was ended after \(tenths / 10) s, in \(progress): an \
                attempt may take \(limits.wallLimitSeconds ?? 0) s.
                """
            fail(running.lease, Failure(cause: .wall, message: message))
        } else if saveDue(running) <= now {
            save(slot)
        }
    }

    private mutating func reconnect() {
        tries += 1
        link = .away(since: awaySince ?? now, triedAt: now)
        commands.append(.reconnect)
    }

    /// The next heartbeat, with which progress is told.
    private var beatDue: Instant? {
        guard case .welcomed = link else { return nil }
        return saidAt + limits.heartbeatSeconds
    }

    /// When a trial without progress is ended.
    private func stallDue(_ running: Running) -> Instant {
        max(running.progressAt, awakeSince) + limits.stepLimitSeconds
    }

    /// When an attempt has taken too long.
    private func wallDue(_ running: Running) -> Instant? {
        limits.wallLimitSeconds.map { running.startedAt + $0 }
    }

    /// When a trainer is asked for its state again.
    private func saveDue(_ running: Running) -> Instant {
        running.savedAt + limits.checkpointSeconds
    }

    /// When everything is given back, since the machine is taken away soon; nil once it is.
    private var endDue: Instant? {
        guard graceEnd == nil, let endsAt else { return nil }
        return Instant(seconds: endsAt.seconds - limits.graceSeconds)
    }

    /// When an outcome that was not acknowledged is said again.
    private func repeatDue(_ handover: Handover) -> Instant? {
        guard case .welcomed = link, !handover.isUnwanted, let said = handover.said else {
            return nil
        }
        return said.last + patience(said.times - 1)
    }

    /// When the connection is given up: hello or an outcome has no answer and no other word comes,
    /// or the sweep's document does not.
    private var reconnectDue: Instant? {
        switch link {
        case .away(_, let triedAt), .greeting(_, let triedAt):
            return triedAt + patience(tries)
        case .welcomed(let welcomedAt):
            let asked = spool.lazy.filter { !$0.isUnwanted }.compactMap { $0.said?.first }.min()
            let silent = asked.map { max($0, heardAt) + 2 * patience(tries) }
            let unprepared = isPrepared ? nil : welcomedAt + patience(tries)
            return [silent, unprepared].compactMap { $0 }.min()
        }
    }

    /// When the worker gives the coordinator up. A draining worker that is free waits only until a
    /// restarted coordinator would have been back; its spool stays on disk.
    private var orphanDue: Instant? {
        guard let since = awaySince else { return nil }
        let isFree = draining != nil && running.isEmpty
        guard let seconds = isFree ? limits.silenceSeconds : orphanSeconds else { return nil }
        return max(since, awakeSince) + seconds
    }

    /// Seconds to wait for an answer: the time of silence, then twice, four and eight times that,
    /// a little different for every worker.
    private func patience(_ tries: Int) -> Double {
        limits.silenceSeconds * Double(1 << min(tries, 3)) * jitter
    }
}
