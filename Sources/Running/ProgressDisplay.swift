import Leasing
import Planning

/// How far a sweep is, on the error stream: redrawn in place on a screen, a line now and then
/// elsewhere.
final class ProgressDisplay {
    private let plan: Plan
    private let finishedBefore: Int
    private let started = Clock.monotonicSeconds
    private var linesDrawn = 0
    private var drawnAt = -Double.infinity
    private var saidShare = -1

    /// A display of the sweep `plan`, of which some trials were finished before.
    init(plan: Plan, finishedBefore: Int) {
        self.plan = plan
        self.finishedBefore = finishedBefore
    }

    /// Shows notices at once, and the state when it is time.
    ///
    /// - Parameter summary: Asked for only then: it costs time for each worker.
    func show(
        _ counts: Dispatcher.Counts, _ summary: @autoclosure () -> Dispatcher.Summary,
        notices: [String]
    ) {
        if !notices.isEmpty {
            erase()
            for notice in notices { Terminal.complain("concord: \(notice)") }
        }
        if Terminal.isScreen {
            guard Clock.monotonicSeconds >= drawnAt + 0.2 || !notices.isEmpty else { return }
            draw(summary())
        } else {
            let share = 10 * counts.ended / max(1, counts.total)
            guard share > saidShare || Clock.monotonicSeconds >= drawnAt + 15 else { return }
            saidShare = share
            Terminal.complain("concord: " + headline(summary()))
        }
        drawnAt = Clock.monotonicSeconds
    }

    /// Shows the last state, which stays on the screen.
    func finish(_ summary: Dispatcher.Summary, notices: [String]) {
        erase()
        for notice in notices { Terminal.complain("concord: \(notice)") }
        Terminal.complain("concord: " + headline(summary))
    }

    // MARK: Lines

    private func draw(_ summary: Dispatcher.Summary) {
        var lines = [bar(summary) + " " + headline(summary)]
        lines += summary.workers.prefix(12).map { worker in
            let doing = worker.leases.compactMap { held in
                held.progress.map { "\(plan.label(held.lease.key))  \(epochs($0))" }
            }
            let state = worker.isConnected ? "waits for work" : "is away"
            return "  \(worker.name): \(doing.isEmpty ? state : doing.joined(separator: "; "))"
        }
        if summary.workers.count > 12 { lines.append("  … \(summary.workers.count) workers") }
        erase()
        for line in lines { Terminal.complain(String(line.prefix(Terminal.width - 1))) }
        linesDrawn = lines.count
    }

    private func erase() {
        guard linesDrawn > 0 else { return }
        Terminal.put("\u{1B}[\(linesDrawn)A\u{1B}[J", to: 2)
        linesDrawn = 0
    }

    private func bar(_ summary: Dispatcher.Summary) -> String {
        let full = 20 * summary.counts.ended / max(1, summary.counts.total)
        return String(repeating: "█", count: full) + String(repeating: "░", count: 20 - full)
    }

    private func headline(_ summary: Dispatcher.Summary) -> String {
        let counts = summary.counts
        let training = summary.workers.flatMap(\.leases).count { $0.progress != nil }
        var parts = ["\(plan.sweep.name): \(counts.finished) of \(counts.total) trials finished"]
        if finishedBefore > 0 { parts.append("\(finishedBefore) of them before") }
        if training > 0 { parts.append("\(training) in training") }
        if counts.abandoned > 0 { parts.append("\(counts.abandoned) quarantined") }
        if counts.cancelled > 0 { parts.append("\(counts.cancelled) cancelled") }
        let left = counts.queued + counts.leased
        let elapsed = Clock.monotonicSeconds - started
        if left == 0 {
            parts.append("after \(ProgressDisplay.duration(elapsed))")
        } else if let forecast = summary.forecast {
            parts.append(forecast.text)
        } else if elapsed >= 10, !summary.workers.contains(where: \.isConnected) {
            parts.append("no worker is there")
        }
        if let outsized = summary.outsized { parts.append(outsized.text) }
        if let untagged = summary.untagged { parts.append(untagged.text) }
        return parts.joined(separator: ", ")
    }

    private func epochs(_ progress: Progress) -> String {
        progress.epoch == 0 ? "begins" : "epoch \(progress.epoch)/\(progress.epochs)"
    }

    /// `45 s`, `3 min 20 s`, `2 h 5 min`.
    static func duration(_ seconds: Double) -> String {
        let total = Int(seconds.rounded())
        return switch total {
        case ..<60: "\(total) s"
        case ..<3600: "\(total / 60) min \(total % 60) s"
        default: "\(total / 3600) h \(total / 60 % 60) min"
        }
    }
}

extension CostModel.Forecast {
    /// `about 5 min 10 s left (4 min 2 s to 7 min 30 s)`.
    var text: String {
        let times = [seconds, range.lowerBound, range.upperBound].map(ProgressDisplay.duration)
        return times[1] == times[2]
            ? "about \(times[0]) left" : "about \(times[0]) left (\(times[1]) to \(times[2]))"
    }
}

extension Outsized {
    /// What waits for more memory, and what to do.
    var text: String {
        """
        \(count) trials wait for a worker with \(Memory.spelled(bytes)) of memory or more, and the \
        largest has \(Memory.spelled(room)): start a larger one, or say with --memory-total that \
        one has more
        """
    }
}

extension Untagged {
    /// What waits for tags, and what to do.
    var text: String {
        """
        \(count) trials wait for a worker with the tags that they need, the first of them for \
        \(needs.joined(separator: " and ")), and none is there: start one with \
        \(needs.map { "--tag \($0)" }.joined(separator: " "))
        """
    }
}

extension Resources {
    /// `8 cores, 31.2 GiB, avx2, tags fast node7`; empty where nothing is said.
    var text: String {
        [
            cores > 0 ? "\(cores) cores" : "",
            memoryBytes > 0 ? Memory.spelled(memoryBytes) : "", instructionSet,
            tags.isEmpty ? "" : "tags " + tags.sorted().joined(separator: " "),
        ].filter { !$0.isEmpty }.joined(separator: ", ")
    }
}

extension Dispatcher.Counts {
    /// All trials.
    var total: Int { queued + leased + ended }
    /// Trials that need no further work.
    var ended: Int { finished + abandoned + cancelled }
    /// Whether any trial is still to be done.
    var isOpen: Bool { ended < total }
}
