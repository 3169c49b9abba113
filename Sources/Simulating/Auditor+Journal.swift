import Corpora
import Leasing
import Planning

extension Auditor {
    /// An event has reached the disk; the word that counts it.
    func record(_ event: JournalEvent) -> String {
        recorded += 1
        switch event {
        case .planned: return "planned"
        case .joined(let worker, let name, _):
            processes[worker] = name
            return "joined"
        case .announced(let worker, let resources):
            self.resources[worker] = resources
            return "announced"
        case .left(_, let lost): return lost ? "lost" : "left"
        case .leased(let lease, let worker):
            let name = sweep.name(lease)
            expect(live[lease.key] == nil, .fenced, "\(name) is leased while another lease lives")
            lend(lease, worker)
            return "leased"
        case .copied(let lease, let worker):
            let first = live[lease.key, default: []]
            expect(
                first.count == 1 && first[0].worker != worker, .fenced,
                "\(sweep.name(lease)) is a copy beside \(first.count) leases")
            lend(lease, worker)
            copies[lease.key, default: 0] += 1
            return "copied"
        case .explained(let lease, let worker):
            explain(lease, worker)
            return "explained"
        case .cordoned: return "cordoned"
        case .released: return "released"
        case .finished(let lease, _, let delivery):
            finish(lease, delivery)
            return "finished"
        case .repeated(let lease, _, let outcome, let equal):
            repeated(lease, outcome, equal)
            return equal ? "repeated" : "differed"
        case .failed(let lease, let worker, let failure) where failure.cause == .cap:
            close(lease, worker)
            return "outgrown"
        case .failed(let lease, let worker, _):
            fail(lease, worker)
            return "failed"
        case .expired(let lease, let worker):
            expire(lease, worker)
            return "expired"
        case .returned(let lease, let worker):
            close(lease, worker)
            return "returned"
        case .reopened(let key):
            let wasAbandoned = abandoned.remove(key) != nil
            expect(wasAbandoned, .consistent, "\(sweep.name(key)) is reopened, and was open")
            faults[key] = nil
            losses[key] = nil
            return "reopened"
        case .discarded(let key, _):
            // Only a repair of a store writes this, never a coordinator.
            expect(false, .consistent, "\(sweep.name(key)) is discarded")
            return "discarded"
        case .abandoned(let key, let failure) where failure.cause == .cancelled:
            expect(
                live[key] == nil && !isFinished(key), .fenced, "\(sweep.name(key)) is cancelled")
            abandoned.insert(key)
            return "cancelled"
        case .abandoned(let key, _):
            abandon(key)
            return "abandoned"
        }
    }

    private func explain(_ lease: LeaseID, _ worker: WorkerID) {
        let loss = Loss(attempt: lease.attempt, process: processes[worker])
        let wasLost = losses[lease.key, default: []].contains(loss)
        expect(
            wasLost && holders[lease] == worker, .forgiving,
            "\(sweep.name(lease)) is explained, and was not lost")
        losses[lease.key]?.removeAll { $0 == loss }
    }

    private func lend(_ lease: LeaseID, _ worker: WorkerID) {
        let newest = attempts[lease.key, default: 0]
        let name = sweep.name(lease)
        expect(!isFinished(lease.key), .notAgain, "\(name) is leased, and has an outcome")
        expect(!abandoned.contains(lease.key), .fenced, "\(name) is leased in quarantine")
        expect(
            lease.attempt == newest + 1 || holders[lease] == worker,
            .fenced, "\(name) is leased to \(worker) after attempt \(newest)")
        // Only the very process that went on proves that it was not lost.
        losses[lease.key]?.removeAll {
            $0.attempt == lease.attempt && $0.process == processes[worker]
        }
        expect(
            hasRoom(for: lease.key, on: worker), .roomy,
            "\(name) is leased to \(worker), whose memory does not hold it too")
        expect(
            sweep.needs(lease.key).isSubset(of: resources[worker]?.tags ?? []), .roomy,
            "\(name) is leased to \(worker), which lacks a tag")
        attempts[lease.key] = max(newest, lease.attempt)
        live[lease.key, default: []].append(Holding(lease: lease, worker: worker))
        holders[lease] = worker
        progressAt[lease] = now
    }

    /// Whether what the trial needs fits beside all that is leased in the worker's memory.
    private func hasRoom(for key: TrialKey, on worker: WorkerID) -> Bool {
        guard let own = resources[worker], own.memoryBytes > 0, sweep.bytes(key) > 0 else {
            return true
        }
        let used = live.values.joined().filter {
            $0.worker == worker
                || !own.memoryPool.isEmpty && resources[$0.worker]?.memoryPool == own.memoryPool
                    && resources[$0.worker]?.memoryBytes != 0
        }
        let bytes = used.reduce(sweep.bytes(key)) { $0 + sweep.bytes($1.lease.key) }
        return bytes <= own.memoryBytes
    }

    private func finish(_ lease: LeaseID, _ delivery: Delivery) {
        let name = sweep.name(lease)
        expect(!isFinished(lease.key), .once, "\(name) is counted, and the trial has an outcome")
        expect(
            delivery == sweep.delivery(lease.key), .same, "\(name) is counted with other bytes")
        live[lease.key] = nil
        abandoned.remove(lease.key)
        let found = Found(outcome: Digest(of: delivery.outcome), attempt: lease.attempt)
        outcomes[lease.key, default: []].append(found)
    }

    private func repeated(_ lease: LeaseID, _ outcome: Digest, _ equal: Bool) {
        let first = outcomes[lease.key]?.first
        expect(
            first.map { ($0.outcome == outcome) == equal } == true, .once,
            "an outcome of \(sweep.name(lease)) is compared wrongly")
        outcomes[lease.key, default: []].append(Found(outcome: outcome, attempt: lease.attempt))
    }

    private func fail(_ lease: LeaseID, _ worker: WorkerID) {
        close(lease, worker)
        failures += 1
        faults[lease.key, default: []].append(worker)
        expect(
            failures <= trainerFaults, .forgiving,
            "\(sweep.name(lease)) failed, fault \(failures) of \(trainerFaults) in truth")
    }

    private func expire(_ lease: LeaseID, _ worker: WorkerID) {
        let silence = heardAt[worker].map { now - $0 } ?? .infinity
        let stillness = progressAt[lease].map { now - $0 } ?? .infinity
        expect(
            silence >= limits.silenceSeconds - 0.001 || stillness >= limits.stepLimitSeconds
                || startedAgainAt[worker] == now,
            .forgiving,
            "\(sweep.name(lease)) expired, but \(worker) was heard \(silence) s ago and its "
                + "progress \(stillness) s ago")
        close(lease, worker)
        losses[lease.key, default: []]
            .append(Loss(attempt: lease.attempt, process: processes[worker]))
    }

    /// Only the holder of the current attempt ends it.
    private func close(_ lease: LeaseID, _ worker: WorkerID) {
        let current = live[lease.key, default: []]
        expect(
            holds(lease, worker), .fenced,
            "\(sweep.name(lease)) of \(worker) ended, but "
                + (current.isEmpty ? "none" : "\(current.map { sweep.name($0.lease) })") + " lives")
        let rest = current.filter { $0 != Holding(lease: lease, worker: worker) }
        live[lease.key] = rest.isEmpty ? nil : rest
    }

    private func abandon(_ key: TrialKey) {
        let faults = faults[key, default: []]
        let isSpent =
            Set(faults).count > 1 || faults.count >= limits.attemptsMax
            || losses[key, default: []].count > limits.lossesMax
        expect(live[key] == nil && !isFinished(key), .fenced, "\(sweep.name(key)) is abandoned")
        expect(
            isSpent, .forgiving, "\(sweep.name(key)) is abandoned after \(faults.count) faults")
        abandoned.insert(key)
    }
}
