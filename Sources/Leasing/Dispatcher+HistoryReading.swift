import Planning

extension Dispatcher.History {
    /// The trials in quarantine and why, in the order of the plan.
    public var quarantined: [(key: TrialKey, failure: Failure)] {
        keys.indices.compactMap { trial in
            guard case .abandoned(let failure) = trials[trial].state else { return nil }
            return (keys[trial], failure)
        }
    }

    /// The trials that a worker holds, and what a person calls it, in the order of the plan.
    public var leases: [(lease: LeaseID, worker: String)] {
        keys.indices.compactMap { trial in
            guard case .leased(let held) = trials[trial].state else { return nil }
            return (lease(trial, held.attempt), workers[held.worker].name)
        }
    }

    /// The workers that are there, in the order in which they first joined; a cordoned one is given
    /// no trials.
    public var presentWorkers:
        [(name: String, slots: Int, resources: Resources, isCordoned: Bool)]
    {
        workers.filter(\.present).map { ($0.name, $0.slots, $0.resources, $0.cordoned) }
    }

    /// The trials that had a second outcome of other bytes than the one that counts, in the order
    /// of the plan: one of the machines does not compute as it should.
    public var differing: [TrialKey] {
        keys.indices.compactMap { trial in
            guard case .finished(let first) = trials[trial].state,
                trials[trial].repeats.contains(where: { $0.outcome != first.outcome })
            else { return nil }
            return keys[trial]
        }
    }

    /// Whether the trial is planned, and still to be done.
    public func isOpen(_ key: TrialKey) -> Bool {
        guard let trial = index[key] else { return false }
        return switch trials[trial].state {
        case .queued, .leased: true
        case .finished, .abandoned: false
        }
    }

    /// The trials that have their outcome, in the order of the plan.
    public var finishedKeys: [TrialKey] {
        keys.indices.compactMap { trial in
            if case .finished = trials[trial].state { keys[trial] } else { nil }
        }
    }

    /// Whether the trial has its outcome.
    public func isFinished(_ key: TrialKey) -> Bool {
        guard let trial = index[key], case .finished = trials[trial].state else { return false }
        return true
    }
}
