import Foundation
import Leasing
import Planning
import Reporting

/// `concord run`: a coordinator, its own workers, and at the end the main table.
public struct LocalRun {
    private let sweep: LoadedSweep
    private let store: String
    private let workers: Int
    private let retry: Bool
    private let takeOver: Bool
    private let keepsModels: Bool

    /// A run of `sweep` on this machine.
    ///
    /// - Parameters:
    ///   - store: The folder that keeps journal and outcomes; made if it is missing.
    ///   - workers: Worker processes of one slot each. The default is one a core.
    ///   - retry: Whether quarantined trials get new attempts.
    ///   - takeOver: Whether to take the store from a coordinator that has it.
    ///   - keepsModels: Whether the models of trials are kept in the store. The default is false.
    public init(
        sweep: LoadedSweep, store: String, workers: Int? = nil, retry: Bool = false,
        takeOver: Bool = false, keepsModels: Bool = false
    ) {
        self.sweep = sweep
        self.store = store
        self.workers = workers ?? Terminal.cores
        self.retry = retry
        self.takeOver = takeOver
        self.keepsModels = keepsModels
    }

    /// Runs to the end, or until it is stopped.
    ///
    /// - Throws: an error that says what to do; the store resumes.
    public func run() throws -> ExitStatus {
        let coordinator = try Coordinator(
            sweep: sweep, store: store, address: nil, retry: retry, takeOver: takeOver,
            keepsModels: keepsModels)
        let own = try LocalWorkers(
            count: workers, store: store, endpoint: "\(coordinator.endpoint)",
            adopting: !coordinator.hasMoved,
            dataRoot: sweep.dataRoot, orphanSeconds: coordinator.limits.orphanSeconds)
        let display = ProgressDisplay(
            plan: sweep.plan, finishedBefore: coordinator.finishedBefore)
        Terminal.complain("concord: \(coordinator.limits)")
        defer { own.end() }
        var isDraining = false
        try coordinator.run { coordinator in
            if StopSignal.count > 0 {
                if !isDraining { own.drain() }
                isDraining = true
            } else if coordinator.counts.isOpen {
                try own.keepAlive(at: Clock.monotonicSeconds)
            }
            display.show(
                coordinator.counts, coordinator.summary, notices: coordinator.takeNotices())
        }
        let status = coordinator.conclude(display)
        if status == .done {
            Terminal.show(try ReportWriter(store: store, allowPartial: false).mainTables())
            Terminal.complain(
                "concord: for the whole report: concord report \(store) --format html --output DIR")
        }
        return status
    }
}
