import Foundation
import Leasing
import Messaging
import Planning

extension Coordinator {
    /// Coordinates workers that others start, with progress on the error stream.
    ///
    /// - Throws: an error of the store or a socket; the store resumes.
    public func run() throws -> ExitStatus {
        Terminal.complain(
            """
            concord: coordinating \(sweep.plan.sweep.name) at \(endpoint)
            concord: \(invitation)
            """)
        Terminal.complain("concord: \(limits)")
        try explainEdits()
        let display = ProgressDisplay(plan: sweep.plan, finishedBefore: finishedBefore)
        try run { display.show($0.counts, $0.summary, notices: $0.takeNotices()) }
        return conclude(display)
    }

    /// Says what an edited sweep, or another one, finds in the store.
    func explainEdits() throws {
        guard isEdited else { return }
        Terminal.complain(
            "concord: " + (try StoreExplanation(store: folder, sweep: sweep).resumption))
    }

    /// How workers are started, without any secret.
    var invitation: String {
        guard gatekeeper != nil else { return "start workers with: concord work \(endpoint)" }
        let here = "concord work \(endpoint.local) --key \(KeyFolder.ownerFile(of: folder))"
        guard !endpoint.isLoopback else { return "start workers with: \(here)" }
        let host = endpoint.isEveryInterface ? ProcessInfo.processInfo.hostName : endpoint.host
        return """
            start workers with: concord work \
            tcp://\(host):\(endpoint.port ?? 0) --token TOKEN
            concord: each takes a token of its own, from: concord keys token --store \(folder)
            concord: on this machine: \(here)
            """
    }

    /// The last words of a run, and the status that it ends with.
    func conclude(_ display: ProgressDisplay) -> ExitStatus {
        let summary = self.summary
        display.finish(summary, notices: takeNotices() + [refusals.summary].compactMap { $0 })
        if let doubt = dispatcher.history.doubt(in: folder) { Terminal.complain(doubt) }
        if summary.counts.queued + summary.counts.leased > 0 {
            Terminal.complain(
                """
                concord: stopped with \(summary.counts.finished) of \(summary.counts.total) trials \
                finished. Nothing is lost; the same command goes on.
                """)
            return .interrupted
        }
        if summary.counts.cancelled > 0 {
            Terminal.complain(
                """
                concord: \(summary.counts.cancelled) of \(summary.counts.total) trials were \
                cancelled; \
                `concord retry --store \(folder) TRIAL` takes that back.
                """)
        }
        guard summary.counts.abandoned == 0 else {
            Terminal.complain(
                """
                concord: \(summary.counts.abandoned) of \(summary.counts.total) trials are \
                quarantined; the reasons stand above and in `concord status \(folder)`. Mend the \
                cause, then run the same command with --retry.
                """)
            return .quarantined
        }
        return summary.counts.cancelled == 0 ? .done : .quarantined
    }
}
