import Foundation
import Leasing
import Messaging
import Planning
import Reporting

/// `concord run`: a coordinator, workers that a launcher starts, and at the end the main table.
public struct SweepRun {
    private let sweep: LoadedSweep
    private let store: String
    private let bind: String?
    private let retry: Bool
    private let takeOver: Bool
    private let keepsModels: Bool
    private let options: WorkerOptions

    /// A run of `sweep`.
    ///
    /// - Parameters:
    ///   - store: The folder that keeps journal and outcomes; made if it is missing.
    ///   - bind: Where to listen; nil, the default, takes the store's own endpoint again, or a
    ///     free port of this machine alone.
    ///   - retry: Whether quarantined trials get new attempts.
    ///   - takeOver: Whether to take the store from a coordinator that has it.
    ///   - keepsModels: Whether the models of trials are kept in the store. The default is false.
    ///   - options: Those of all workers that it starts; none by default.
    public init(
        sweep: LoadedSweep, store: String, bind: String? = nil, retry: Bool = false,
        takeOver: Bool = false, keepsModels: Bool = false, options: WorkerOptions = WorkerOptions()
    ) {
        self.sweep = sweep
        self.store = store
        self.bind = bind
        self.retry = retry
        self.takeOver = takeOver
        self.keepsModels = keepsModels
        self.options = options
    }

    /// Runs to the end, or until it is stopped.
    ///
    /// - Parameters:
    ///   - showsTables: Whether the main tables are shown at the end. The default is true.
    ///   - launch: Makes the launcher of the workers.
    /// - Throws: an error that says what to do; the store resumes.
    public func run(
        showsTables: Bool = true, launch: (LaunchSite) throws -> any Launcher
    ) throws -> ExitStatus {
        let coordinator = try Coordinator(
            sweep: sweep, store: store, address: bind, retry: retry, takeOver: takeOver,
            keepsModels: keepsModels)
        let launcher = try launch(
            LaunchSite(
                sweep: sweep, store: store, endpoint: coordinator.endpoint,
                hasMoved: coordinator.hasMoved, orphanSeconds: coordinator.limits.orphanSeconds,
                options: options))
        let display = ProgressDisplay(
            plan: sweep.plan, finishedBefore: coordinator.finishedBefore)
        if bind != nil {
            Terminal.complain("concord: listening at \(coordinator.endpoint)")
            Terminal.complain("concord: \(coordinator.invitation)")
        }
        Terminal.complain("concord: \(coordinator.limits)")
        try coordinator.explainEdits()
        defer { launcher.end() }
        var isDraining = false
        try coordinator.run { coordinator in
            if StopSignal.count > 0 {
                if !isDraining { launcher.drain() }
                isDraining = true
            }
            let counts = coordinator.counts
            try launcher.look(
                openTrials: isDraining ? 0 : counts.queued + counts.leased,
                at: Clock.monotonicSeconds)
            display.show(
                counts, coordinator.summary,
                notices: coordinator.takeNotices() + launcher.takeNotices())
        }
        let status = coordinator.conclude(display)
        if status == .done, showsTables {
            Terminal.show(try ReportWriter(store: store).mainTables())
            Terminal.complain(
                "concord: for the whole report: concord report \(store) --format html --output DIR")
        }
        return status
    }
}
