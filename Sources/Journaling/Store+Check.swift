import Corpora
import Leasing
import Planning

extension Store {
    /// Reads everything, and compares it: SQLite's own structures, the journal's lines, every
    /// outcome with its digest and with what the journal recorded.
    ///
    /// Linear in the size of the store. Whether the journal tells a possible story, and outcomes
    /// fit their trials, is for those to say who know the plan.
    ///
    /// - Returns: what is wrong, nothing when all is well.
    public func check() -> [StoreFault] {
        var faults: [StoreFault] = []
        do throws(JournalError) {
            faults += try database.faults().map { .database($0) }
        } catch { faults.append(.database("\(error)")) }
        do throws(JournalError) {
            var recorded = try recordedOutcomes(&faults)
            try eachOutcome { (key, digest, outcome) in
                let expected = recorded.removeValue(forKey: key)
                if Digest(of: outcome) != digest {
                    faults.append(.outcome(key, "its bytes are not those that were written"))
                } else if expected == nil {
                    faults.append(.outcome(key, "the journal does not know it"))
                } else if expected != digest {
                    faults.append(.outcome(key, "the journal recorded another one"))
                }
            }
            for key in recorded.keys.sorted(by: { $0.digest < $1.digest }) {
                faults.append(.outcome(key, "it is missing"))
            }
        } catch { faults.append(.database("\(error)")) }
        return faults
    }

    /// The first finished trial of the journal that has no outcome here; nil when all have.
    ///
    /// This is what a coordinator can afford to check whenever it opens a store.
    public func firstMissingOutcome(of finished: [TrialKey]) throws(JournalError) -> TrialKey? {
        let there = Set(try outcomeKeys())
        return finished.first { !there.contains($0) }
    }

    /// The digests of the outcomes that the journal recorded, and faults of its lines.
    private func recordedOutcomes(
        _ faults: inout [StoreFault]
    ) throws(JournalError) -> [TrialKey: Digest] {
        var recorded: [TrialKey: Digest] = [:]
        var expected = 1
        for entry in try entries() {
            if entry.sequence != expected {
                faults.append(.journal("lines \(expected) to \(entry.sequence - 1) are missing"))
            }
            expected = entry.sequence + 1
            switch entry.event {
            case .finished(let lease, _, let outcome): recorded[lease.key] = outcome
            case .other(.discarded(let key, _)): recorded[key] = nil
            case .other: continue
            }
        }
        return recorded
    }

    /// Hands every outcome to `body`, with the digest that it was written with.
    private func eachOutcome(
        _ body: (TrialKey, Digest, [UInt8]) -> Void
    ) throws(JournalError) {
        let statement = try Statement("SELECT trial, digest, outcome FROM outcomes", in: database)
        try statement.forEach { (row) throws(JournalError) in
            guard let key = row.digest(0), let digest = row.digest(1) else {
                throw .corrupt(path: database.path, reason: "an outcome has no key or digest")
            }
            body(TrialKey(digest: key), digest, row.blob(2))
        }
    }
}
