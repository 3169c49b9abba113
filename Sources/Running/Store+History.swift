import Journaling
import Leasing

extension Store: Journal {
    /// Replays the journal into `history`, without the bytes of outcomes.
    ///
    /// - Throws: an error when the store cannot be read, its journal contradicts itself, or an
    ///   outcome that the journal knows is missing.
    public func replay(into history: inout Dispatcher.History) throws {
        _ = try replay(timing: &history)
    }

    /// Replays the journal into `history`.
    ///
    /// - Returns: Since when trials are in training.
    /// - Throws: as ``replay(into:)`` does.
    func replay(timing history: inout Dispatcher.History) throws -> Stopwatch {
        var watch = Stopwatch()
        for entry in try entries() {
            switch entry.event {
            case .finished(let lease, _, let outcome):
                try history.replayFinished(lease, outcome: outcome)
                watch.hearFinished(lease.key, at: entry.seconds)
            case .other(let event):
                try history.replay(event)
                watch.hear(event, at: entry.seconds)
            }
        }
        if let missing = try firstMissingOutcome(of: history.finishedKeys) {
            throw JournalError.corrupt(
                path: folder, reason: "the outcome of trial \(missing) is missing")
        }
        return watch
    }
}
