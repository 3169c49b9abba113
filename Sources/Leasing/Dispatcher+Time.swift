import Planning

extension Dispatcher {
    /// Sees to it that ``nextDeadline`` comes for the worker.
    mutating func watch(_ worker: Int) {
        guard !workers[worker].isWatched else { return }
        workers[worker].isWatched = true
        deadlines.insert(Deadline(at: due(worker), worker: worker))
    }

    /// A coordinator that was stopped, or slept with its machine, heard nobody: that is no sign of
    /// anybody's death, so everybody's time begins anew.
    mutating func noticeOwnAbsence() {
        guard let deadline = deadlines.first, now - deadline.at > limits.heartbeatSeconds else {
            return
        }
        awakeSince = now
        note("The coordinator was away; all workers have \(limits.silenceSeconds) s to be heard.")
        wake()
    }

    /// Looks at the workers whose time has come.
    mutating func wake() {
        while let deadline = deadlines.first, deadline.at <= now {
            _ = deadlines.popFirst()
            let worker = deadline.worker
            workers[worker].isWatched = false
            if workers[worker].presence == .gone { continue }
            if silenceEnd(of: worker) <= now {
                lose(worker)
            } else {
                expireStalled(on: worker)
                repeatUnbegun(on: worker)
                watch(worker)
            }
        }
    }

    func due(_ worker: Int) -> Instant {
        workers[worker].leases.reduce(silenceEnd(of: worker)) {
            $1.progress == nil ? $0 : min($0, stallEnd(of: $1))
        }
    }

    private func silenceEnd(of worker: Int) -> Instant {
        max(workers[worker].heardAt, awakeSince) + limits.silenceSeconds
    }

    /// When a lease without progress expires. The worker should have ended its trainer, and said
    /// so, before: this is for a worker that lives and does not.
    private func stallEnd(of held: Held) -> Instant {
        max(held.since, awakeSince) + (limits.stepLimitSeconds + limits.silenceSeconds)
    }

    private mutating func lose(_ worker: Int) {
        let leases = workers[worker].leases
        for held in leases { expire(held, on: worker) }
        depart(worker, lost: true)
        note(
            """
            Worker \(name(worker)) was not heard for \(limits.silenceSeconds) s and counts as \
            lost; \(leases.count) trials go back to the queue.
            """)
    }

    /// Ends a lease whose worker is silent or stuck. Only a trial that had begun can be the cause,
    /// so only then it is counted as a loss.
    mutating func expire(_ held: Held, on worker: Int) {
        guard held.progress != nil else { return giveBack(held.trial, from: worker) }
        guard release(held.trial, from: worker) != nil else { return }
        let id = history.lease(held.trial, held.attempt)
        record(.expired(id, history.workers[worker].id))
        enqueue(held.trial)
    }

    private mutating func expireStalled(on worker: Int) {
        for held in workers[worker].leases where held.progress != nil && stallEnd(of: held) <= now {
            let lease = history.lease(held.trial, held.attempt)
            expire(held, on: worker)
            note("Trial \(lease) made no progress on worker \(name(worker)): its lease expired.")
            send(.abandon(lease), to: worker)
        }
    }

    /// Says again what a worker with a free slot should have begun: the message was lost.
    private mutating func repeatUnbegun(on worker: Int) {
        let leases = workers[worker].leases
        let begun = leases.count { $0.progress != nil }
        guard begun < history.workers[worker].slots else { return }
        for (place, held) in leases.enumerated()
        where held.progress == nil && held.since + limits.silenceSeconds <= now {
            workers[worker].leases[place].since = now
            let lease = history.lease(held.trial, held.attempt)
            send(.train(lease, terms(of: held.trial)), to: worker)
        }
    }

    /// The connection does not reach its worker any more; the worker may come back on another.
    mutating func disconnect(_ connection: ConnectionID) {
        guard let worker = connections.removeValue(forKey: connection) else { return }
        change(worker) { $0.presence = .awaited }
    }

    /// The worker, which holds nothing any more, is gone.
    mutating func depart(_ worker: Int, lost: Bool) {
        if case .connected(let connection) = workers[worker].presence {
            connections[connection] = nil
        }
        if workers[worker].leaving == .cordoned { cordoned -= 1 }
        endSurplus(of: worker, says: false)
        change(worker) {
            $0.presence = .gone
            $0.leaving = nil
            $0.blames = []
        }
        quitPool(worker)
        record(.left(history.workers[worker].id, lost: lost))
    }
}
