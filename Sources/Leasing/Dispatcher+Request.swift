import Planning

extension Dispatcher {
    /// Does what a person asks, and says what became of it.
    mutating func answer(_ request: Request) -> Answer {
        if isClosed {
            return Answer(isDone: false, text: "The sweep has ended. Ask again in a moment.")
        }
        return switch request {
        case .retry(let keys): retry(keys)
        case .cancel(let keys): cancel(keys)
        case .drain(let name, let atOnce): drain(name, atOnce: atOnce)
        }
    }

    private mutating func retry(_ keys: [TrialKey]) -> Answer {
        var count = 0
        unread.removeAll()
        for key in keys {
            guard let trial = history.index[key],
                case .abandoned = history.trials[trial].state
            else { continue }
            record(.reopened(key))
            left[demands.index(of: trial)] += 1
            enqueue(trial)
            count += 1
        }
        guard count > 0 else {
            return Answer(
                isDone: false, text: "None of these trials is quarantined or cancelled.")
        }
        note("\(count) trials get new attempts, as asked.")
        return Answer(isDone: true, text: "\(count) trials get new attempts.")
    }

    private mutating func cancel(_ keys: [TrialKey]) -> Answer {
        let failure = Failure(cause: .cancelled, message: "Cancelled by `concord cancel`.")
        var count = 0
        for key in keys {
            guard let trial = history.index[key] else { continue }
            takeBack(trial)
            guard history.trials[trial].mayBeAbandoned(failure) else { continue }
            if isQueued(trial) { left[demands.index(of: trial)] -= 1 }
            record(.abandoned(key, failure))
            count += 1
        }
        guard count > 0 else {
            return Answer(isDone: false, text: "None of these trials is still to be done.")
        }
        note("\(count) trials are cancelled, as asked.")
        return Answer(isDone: true, text: "\(count) trials are cancelled.")
    }

    /// Takes a leased trial out of all hands, which are told to stop.
    private mutating func takeBack(_ trial: Int) {
        for holder in history.holders(of: trial) {
            release(trial, from: holder.worker)
            let id = history.lease(trial, holder.attempt)
            record(.returned(id, history.workers[holder.worker].id))
            send(.abandon(id), to: holder.worker)
        }
    }

    private mutating func drain(_ name: String, atOnce: Bool) -> Answer {
        let matching = workers.indices.filter { worker in
            let known = history.workers[worker]
            guard case .connected = workers[worker].presence else { return false }
            return known.name == name || known.id.description.hasPrefix(name)
        }
        guard let worker = matching.first, !name.isEmpty else {
            return Answer(
                isDone: false,
                text: "No connected worker is called \(name). `concord status` names them.")
        }
        guard matching.count == 1 else {
            return Answer(
                isDone: false, text: "\(matching.count) workers are called \(name): give an id.")
        }
        if workers[worker].leaving == .cordoned { cordoned -= 1 }
        change(worker) { $0.leaving = .asked(atOnce: atOnce) }
        send(.drain(atOnce: atOnce), to: worker)
        note("Worker \(self.name(worker)) is asked to leave.")
        let when = atOnce ? "at once" : "when what it trains is done"
        return Answer(isDone: true, text: "Worker \(self.name(worker)) leaves \(when).")
    }
}

extension Dispatcher.Trial {
    /// Whether `failure` may end it: quarantine ends what waits, a person also what is quarantined.
    func mayBeAbandoned(_ failure: Failure) -> Bool {
        switch state {
        case .queued: true
        case .abandoned(let former):
            failure.cause == .cancelled && former.cause != .cancelled
        case .leased, .finished: false
        }
    }
}
