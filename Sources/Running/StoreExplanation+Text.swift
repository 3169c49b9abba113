import Corpora
import Foundation
import Journaling
import Leasing
import Planning

extension StoreExplanation {
    /// The trial whose key begins with `prefix`: how it stands, what changed, what happened to it
    /// and what determines it.
    ///
    /// - Throws: an error when there is not exactly one such trial, or the store cannot be read.
    public func why(_ prefix: String) throws -> String {
        let (plan, trial) = try find(prefix)
        var lines = ["\(trial.key)", plan.label(trial.key), ""]
        if plans[0].trial(trial.key) == nil {
            let standing = finished.contains(trial.key) ? "has its outcome" : "is not finished"
            lines.append("Of an earlier plan: it \(standing), and is not reported.")
        } else if finished.contains(trial.key) {
            lines.append("Reused: it has its outcome and is not trained again.")
        } else if let old = predecessor(of: trial) {
            lines.append("New: of its name, \(old.trial.key.short) is finished; it differed in")
            lines += differences(old, (plan, trial))
        } else {
            lines.append("New: no trial of its name is finished in this store.")
        }
        lines += ["", "what happened:"] + (try happenings(trial.key)) + ["", "what determines it:"]
        let ingredients = plan.ingredients(of: trial)
        let width = ingredients.settings.map(\.name.count).max() ?? 0
        for item in ingredients.settings {
            lines.append("  \(item.name.padded(to: width))  \(item.value)")
        }
        let split = plan.splits[trial.split]
        let isTuned = plan.cells[trial.cell].recipe.tuning != nil
        for (side, recordings) in [
            ("train", split.train), ("validation", split.validation), ("test", split.test),
        ] + (isTuned ? [("tuned", split.tuned)] : []) {
            let ids = recordings.map { plan.recordings[$0].recording.id }.joined(separator: " ")
            lines.append("  \(side.padded(to: width))  \(ids)")
        }
        return lines.joined(separator: "\n")
    }

    /// The ingredients in which two trials differ, the first's value and the second's.
    ///
    /// - Throws: an error when a prefix does not name exactly one trial.
    public func differences(_ a: String, _ b: String) throws -> String {
        let (first, second) = (try find(a), try find(b))
        var lines = [first, second].map { "\($0.trial.key.short)  \($0.plan.label($0.trial.key))" }
        if first.trial.key == second.trial.key {
            lines.append("They are the same trial.")
        } else {
            lines += ["They differ in"] + differences(first, second)
        }
        return lines.joined(separator: "\n")
    }

    private func differences(
        _ a: (plan: Plan, trial: Trial), _ b: (plan: Plan, trial: Trial)
    ) -> [String] {
        let differences = a.plan.ingredients(of: a.trial)
            .differences(to: b.plan.ingredients(of: b.trial))
        let width = differences.map(\.name.count).max() ?? 0
        return differences.map { difference in
            let old = difference.old.map(StoreExplanation.short) ?? "absent"
            let new = difference.new.map(StoreExplanation.short) ?? "absent"
            return "  \(difference.name.padded(to: width))  \(old) → \(new)"
        }
    }

    /// The journal's lines about a trial.
    private func happenings(_ key: TrialKey) throws -> [String] {
        let time = DateFormatter()
        time.dateFormat = "yyyy-MM-dd HH:mm:ss"
        var names: [WorkerID: String] = [:]
        var lines: [String] = []
        for entry in entries {
            if case .other(.joined(let worker, let name, _)) = entry.event { names[worker] = name }
            guard let words = entry.event.words(about: key, names) else { continue }
            let date = Date(timeIntervalSince1970: entry.seconds)
            lines.append("  \(time.string(from: date))  \(words)")
        }
        if let delivery = try store.outcome(key) {
            lines.append("  \(String(decoding: delivery.provenance, as: UTF8.self))")
        }
        return lines.isEmpty ? ["  nothing yet"] : lines
    }

    /// A digest by its first digits; anything else whole.
    private static func short(_ value: String) -> String {
        value.count == 64 && value.allSatisfy(\.isHexDigit) ? String(value.prefix(12)) : value
    }
}

extension ReplayedEvent {
    /// What the event says about a trial; nil where it is about something else.
    fileprivate func words(about key: TrialKey, _ names: [WorkerID: String]) -> String? {
        func about(_ lease: LeaseID, _ worker: WorkerID, _ words: String) -> String? {
            guard lease.key == key else { return nil }
            return "attempt \(lease.attempt), \(names[worker] ?? worker.description): \(words)"
        }
        switch self {
        case .finished(let lease, let worker, _): return about(lease, worker, "finished")
        case .other(let event):
            switch event {
            case .leased(let lease, let worker): return about(lease, worker, "leased")
            case .finished(let lease, let worker, _): return about(lease, worker, "finished")
            case .repeated(let lease, let worker, _, let equal):
                return about(
                    lease, worker,
                    equal ? "a second outcome, equal" : "a second outcome, which DIFFERS")
            case .failed(let lease, let worker, let failure):
                return about(lease, worker, "\(failure.cause.rawValue): \(failure.message)")
            case .expired(let lease, let worker): return about(lease, worker, "expired")
            case .returned(let lease, let worker): return about(lease, worker, "returned")
            case .abandoned(let abandoned, let failure):
                let word = failure.cause == .cancelled ? "cancelled" : "quarantined"
                return abandoned == key ? "\(word): \(failure.message)" : nil
            case .reopened(let reopened): return reopened == key ? "given new attempts" : nil
            case .copied(let lease, let worker): return about(lease, worker, "a second copy")
            case .explained(let lease, let worker):
                return about(lease, worker, "came back, was not lost")
            case .discarded(let discarded, _):
                return discarded == key ? "its outcome was damaged and is gone" : nil
            case .planned, .joined, .announced, .left, .cordoned, .released: return nil
            }
        }
    }
}

extension TrialKey {
    /// Its first digits, enough for people to tell trials apart.
    var short: String { String(description.prefix(12)) }
}

extension String {
    /// With blanks after it, so many characters long.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
