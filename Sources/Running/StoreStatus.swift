import Foundation
import Glibc
import Journaling
import Leasing
import Planning

/// How far a sweep is, as its store says: `concord status`.
public struct StoreStatus {
    private let folder: String
    private let reading: StoreReading

    /// The state of the store in a folder, whether a coordinator runs on it or not.
    ///
    /// - Parameter spec: The file of the sweep to speak of; nil, the default, takes the one that
    ///   ran last.
    /// - Throws: an error when there is no store, or it cannot be read.
    public init(store folder: String, spec: String? = nil) throws {
        self.folder = folder
        reading = try StoreReading(folder: folder, spec: spec)
    }

    /// The state for people: counts, cells, who trains what, and what was given up.
    public var text: String {
        let counts = reading.history.counts
        var lines = [
            """
            \(plan.sweep.name): \(counts.finished) of \(plan.uniqueKeys.count) trials finished, \
            \(counts.leased) leased, \(counts.queued) queued, \(counts.abandoned) quarantined
            """ + (counts.cancelled > 0 ? ", \(counts.cancelled) cancelled" : ""),
            coordinator.map { "coordinator: \($0)" } ?? absence,
        ]
        lines += reading.history.presentWorkers.map {
            let has = $0.resources.text
            return "worker: \($0.name), \($0.slots) slots" + (has.isEmpty ? "" : ", " + has)
                + ($0.isCordoned ? "; cordoned: different trials failed on it" : "")
        }
        if counts.isOpen, coordinator != nil, reading.history.presentWorkers.isEmpty {
            lines.append("worker: none is there; the trials wait for one")
        }
        if counts.isOpen { lines += outlook }
        lines.append("")
        let width = plan.cells.map(\.name.count).max() ?? 0
        for (cell, share) in zip(plan.cells, finishedByCell) {
            let name = cell.name + String(repeating: " ", count: width - cell.name.count)
            lines.append("  \(name)  \(share.finished)/\(share.planned)")
        }
        lines += leased + abandoned
        lines += section(
            "with a second outcome of other bytes, as `concord why KEY` tells:",
            reading.history.differing.map(name))
        return lines.joined(separator: "\n")
    }

    private var leased: [String] {
        let leases = Dictionary(grouping: reading.history.leases, by: \.worker)
        return section(
            "leased; a slot trains one at a time, and may have the next one waiting:",
            leases.keys.sorted().flatMap { leases[$0]! }.map {
                "\(name($0.lease.key)), attempt \($0.lease.attempt): \($0.worker)"
            })
    }

    private var abandoned: [String] {
        let all = reading.history.quarantined
        return section(
            "cancelled:", all.filter { $0.failure.cause == .cancelled }.map { name($0.key) })
            + section(
                "quarantined:",
                all.filter { $0.failure.cause != .cancelled }.map {
                    "\(name($0.key)): \($0.failure.cause.rawValue): \($0.failure.message)"
                })
    }

    /// A heading over `lines`; nothing where there are none.
    private func section(_ heading: String, _ lines: [String]) -> [String] {
        lines.isEmpty ? [] : ["", heading] + lines.map { "  " + $0 }
    }

    /// What a person calls a trial, after the digits that commands take.
    private func name(_ key: TrialKey) -> String { "\(key.short)  \(plan.label(key))" }

    /// What it means that no coordinator runs here.
    private var absence: String {
        reading.history.counts.isOpen
            ? "coordinator: none runs here; the sweep's command goes on"
            : "all trials have ended; concord report \(folder) --format html --output DIR"
    }

    /// How long the rest will take, learnt from the trials that the store holds, and what waits for
    /// more memory or for tags.
    private var outlook: [String] {
        let demands = plan.demands
        return [
            forecast?.text, reading.history.outsized(demands)?.text,
            reading.history.untagged(demands)?.text,
        ].compactMap { $0 }
    }

    private var forecast: CostModel.Forecast? {
        let demands = plan.demands
        let (left, slots) = reading.history.left(demands)
        return try? reading.store.costs(of: plan, demands).forecast(
            left: left, elapsed: reading.watch.elapsed(at: Clock.wallSeconds), slots: slots)
    }

    private var plan: Plan { reading.plan }

    /// The state for programs: `sweep`, `planned`, `finished`, `leased`, `queued`, `quarantined`,
    /// `cancelled`, `workers` with `worker`, `slots`, where it is known `secondsLeft` with `about`,
    /// `from`, `to`, and `cells` with `cell`, `finished`, `planned`; then `leases` with `key`,
    /// `attempt`, `worker`, `failures` of quarantined and cancelled trials with `key`, `cause`,
    /// `message`, and `differing`, the keys of trials with a second outcome of other bytes.
    public var json: String {
        let counts = reading.history.counts
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("sweep")
        writer.string(reading.plan.sweep.name)
        for (name, count) in [
            ("planned", reading.plan.uniqueKeys.count), ("finished", counts.finished),
            ("leased", counts.leased), ("queued", counts.queued),
            ("quarantined", counts.abandoned), ("cancelled", counts.cancelled),
        ] {
            writer.key(name)
            writer.integer(count)
        }
        writer.key("workers")
        writer.beginArray()
        for worker in reading.history.presentWorkers {
            writer.beginObject()
            writer.key("worker")
            writer.string(worker.name)
            writer.key("slots")
            writer.integer(worker.slots)
            writer.endObject()
        }
        writer.endArray()
        if counts.isOpen, let forecast {
            writer.key("secondsLeft")
            writer.beginObject()
            for (name, seconds) in [
                ("about", forecast.seconds), ("from", forecast.range.lowerBound),
                ("to", forecast.range.upperBound),
            ] {
                writer.key(name)
                writer.integer(Int(seconds.rounded()))
            }
            writer.endObject()
        }
        writer.key("cells")
        writer.beginArray()
        for (cell, share) in zip(reading.plan.cells, finishedByCell) {
            writer.beginObject()
            writer.key("cell")
            writer.string(cell.name)
            writer.key("finished")
            writer.integer(share.finished)
            writer.key("planned")
            writer.integer(share.planned)
            writer.endObject()
        }
        writer.endArray()
        write(leases: reading.history.leases, to: &writer)
        write(failures: reading.history.quarantined, to: &writer)
        writer.key("differing")
        writer.beginArray()
        for key in reading.history.differing { writer.string(key.description) }
        writer.endArray()
        writer.endObject()
        return writer.text
    }

    private func write(
        leases: [(lease: LeaseID, worker: String)], to writer: inout JSONWriter
    ) {
        writer.key("leases")
        writer.beginArray()
        for (lease, worker) in leases {
            writer.beginObject()
            writer.key("key")
            writer.string(lease.key.description)
            writer.key("attempt")
            writer.integer(lease.attempt)
            writer.key("worker")
            writer.string(worker)
            writer.endObject()
        }
        writer.endArray()
    }

    private func write(
        failures: [(key: TrialKey, failure: Failure)], to writer: inout JSONWriter
    ) {
        writer.key("failures")
        writer.beginArray()
        for (key, failure) in failures {
            writer.beginObject()
            for (name, value) in [
                ("key", key.description), ("cause", failure.cause.rawValue),
                ("message", failure.message),
            ] {
                writer.key(name)
                writer.string(value)
            }
            writer.endObject()
        }
        writer.endArray()
    }

    private var finishedByCell: [(finished: Int, planned: Int)] {
        var shares = reading.plan.cells.map { _ in (finished: 0, planned: 0) }
        for trial in reading.plan.trials {
            shares[trial.cell].planned += 1
            if reading.history.isFinished(trial.key) { shares[trial.cell].finished += 1 }
        }
        return shares
    }

    /// The process that holds the store's lock, `process 123 on host`, as the system's list of
    /// locks has it; to try the lock would be to disturb one who wants it.
    private var coordinator: String? {
        let path = folder + "/lock"
        var status = stat()
        guard let holder = try? String(contentsOfFile: path, encoding: .utf8),
            stat(path, &status) == 0,
            let locks = try? String(contentsOfFile: "/proc/locks", encoding: .utf8)
        else { return nil }
        let process = holder.split(separator: " ").dropFirst().first ?? ""
        // 3: FLOCK  ADVISORY  WRITE 123 fe:01:456 0 EOF
        let isHeld = locks.split(separator: "\n").contains {
            let words = $0.split(separator: " ")
            return words.count > 5 && words[1] == "FLOCK" && words[4] == process
                && words[5].hasSuffix(":\(status.st_ino)")
        }
        return isHeld ? holder : nil
    }
}

extension Plan {
    /// What a person calls a trial: its cell, fold and seed.
    func label(_ key: TrialKey) -> String {
        guard let trial = trial(key) else { return String(key.description.prefix(8)) }
        return "\(cells[trial.cell].name) fold \(trial.fold) seed \(trial.seed)"
    }
}
