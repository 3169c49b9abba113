import Leasing

extension Simulation {
    /// What must hold at the end.
    func judgeEnd() {
        for (number, key) in sweep.keys.enumerated() where !auditor.isFinished(key) {
            guard isPoisoned(key), auditor.abandoned.contains(key) else {
                let state = auditor.abandoned.contains(key) ? "in quarantine" : "open"
                return auditor.complain(.ends, "t\(number) is \(state) at the end")
            }
        }
        if weather.poison != nil, auditor.isFinished(sweep.keys[0]) {
            auditor.complain(.ends, "t0 has an outcome and cannot be trained")
        }
        if !weather.hasFaults {
            // What runs beside such a trial is lost with its worker.
            if weather.poison == .killsWorker { return }
            let again = sweep.keys.first { !isPoisoned($0) && auditor.firstLeases(of: $0) != 1 }
            if let again {
                auditor.complain(.calm, "\(sweep.name(again)) is leased again for no reason")
            }
            return
        }
        let calm = Simulation(seed: seed, breaking: nil, isCalm: true).run()
        if let violation = calm.violation {
            if let narrate {
                narrate("the same cluster in calm weather:")
                _ = Simulation(seed: seed, breaking: nil, isCalm: true, narrate: narrate).run()
            }
            auditor.complain(violation.invariant, "in calm weather: \(violation)")
        }
        if sweep.reportDigest(disk.events) != calm.report {
            auditor.complain(.same, "the report differs from that of a run that nobody disturbed")
        }
    }

    /// I8: what is kept is bounded by the trials and by what has happened.
    func checkBounds(_ dispatcher: Dispatcher) {
        let seen = { (word: String) in self.happened[word, default: 0] }
        let machines = Fault.allCases.reduce(0) { $0 + seen($1.rawValue) }
        let ended = seen("worker ended") + seen("coordinator ended")
        let messages = seen("message lost") + seen("message doubled")
        let happenings =
            ((machines + ended) * weather.workers + messages) * 2 * weather.slots
            + auditor.trainerFaults + seen("outgrown")
        let leases = seen("leased")
        if leases > weather.trials + happenings {
            auditor.complain(.bounded, "\(leases) leases after \(happenings) happenings")
        }
        let events = auditor.recorded
        if events > 8 * (weather.trials + weather.workers + happenings) {
            auditor.complain(.bounded, "\(events) events after \(happenings) happenings")
        }
        if dispatcher.footprint > 16 * (weather.trials + weather.workers + ended) {
            auditor.complain(.bounded, "the Dispatcher keeps \(dispatcher.footprint) things")
        }
    }
}
