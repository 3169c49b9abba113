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
    /// - Throws: an error when there is no store, or it cannot be read.
    public init(store folder: String) throws {
        self.folder = folder
        reading = try StoreReading(folder: folder)
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
        let leases = Dictionary(grouping: reading.history.leases, by: \.worker)
        if !leases.isEmpty {
            lines += ["", "leased; a slot trains one at a time, and may have the next one waiting:"]
            lines += leases.keys.sorted().flatMap { leases[$0]! }.map {
                "  \(label($0.lease.key)), attempt \($0.lease.attempt): \($0.worker)"
            }
        }
        let cancelled = reading.history.quarantined.filter { $0.failure.cause == .cancelled }
        if !cancelled.isEmpty {
            lines += ["", "cancelled:"]
            lines += cancelled.map { "  \(label($0.key))" }
        }
        let quarantined = reading.history.quarantined.filter { $0.failure.cause != .cancelled }
        if !quarantined.isEmpty {
            lines += ["", "quarantined:"]
            lines += quarantined.map {
                "  \(label($0.key)): \($0.failure.cause.rawValue): \($0.failure.message)"
            }
        }
        return lines.joined(separator: "\n")
    }

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
    /// `from`, `to`, and `cells` with `cell`, `finished`, `planned`.
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
        writer.endObject()
        return writer.text
    }

    private var finishedByCell: [(finished: Int, planned: Int)] {
        var shares = reading.plan.cells.map { _ in (finished: 0, planned: 0) }
        for trial in reading.plan.trials {
            shares[trial.cell].planned += 1
            if reading.history.isFinished(trial.key) { shares[trial.cell].finished += 1 }
        }
        return shares
    }

    private func label(_ key: TrialKey) -> String { reading.plan.label(key) }

    /// The living process that the store's lock names, `process 123 on host`; it is only read.
    private var coordinator: String? {
        guard let holder = try? String(contentsOfFile: folder + "/lock", encoding: .utf8) else {
            return nil
        }
        let words = holder.split(separator: " ")
        guard words.count == 4, let id = Int32(words[1]),
            words[3] == ProcessInfo.processInfo.hostName, kill(id, 0) == 0 || errno == EPERM
        else { return nil }
        return holder
    }
}

extension Plan {
    /// What a person calls a trial: its cell, fold and seed.
    func label(_ key: TrialKey) -> String {
        guard let trial = trial(key) else { return String(key.description.prefix(8)) }
        return "\(cells[trial.cell].name) fold \(trial.fold) seed \(trial.seed)"
    }
}
