import Corpora

/// Data that cannot be had: they stop the trials that need them, and no worker is at fault that is
/// not alone in it.
extension Dispatcher {
    /// A matrix that could not be had.
    struct Unread: Sendable {
        /// On which workers.
        var workers: Set<Int> = []
        /// How often.
        var count = 0
        /// Why nobody shall try again; nil while somebody shall.
        var verdict: String?
    }

    /// Takes in that the worker could not have the matrix. When a second one cannot either, or the
    /// only one has tried often enough, all that waits for it is quarantined at once.
    mutating func miss(_ matrix: Digest, on worker: Int, _ message: String) {
        var miss = unread[matrix] ?? Unread()
        miss.workers.insert(worker)
        miss.count += 1
        let isOnlyOne = available.workers <= 1 && miss.count >= limits.attemptsMax
        defer { unread[matrix] = miss }
        guard miss.verdict == nil, miss.workers.count > 1 || isOnlyOne else { return }
        let names = miss.workers.sorted().map { name($0) }.joined(separator: " and ")
        let verdict = """
            Quarantined: it needs data that could not be had on \(names). Mend them, then \
            `concord retry`. The last: \(message)
            """
        miss.verdict = verdict
        unread[matrix] = miss
        let needy = history.keys.indices.filter { isQueued($0) && demands.reads($0, matrix) }
        for trial in needy { abandon(trial, Failure(cause: .data, message: verdict)) }
        note("\(needy.count) trials that wait for the same data are quarantined with it.")
    }

    /// Why the trial cannot be trained for want of its data; nil when it may.
    func unreadable(_ trial: Int) -> Failure? {
        guard !unread.isEmpty else { return nil }
        let verdicts = unread.filter { $1.verdict != nil && demands.reads(trial, $0) }
        return verdicts.min { $0.key.description < $1.key.description }
            .map { Failure(cause: .data, message: $1.verdict ?? "") }
    }
}
