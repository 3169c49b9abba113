import Scoring

/// The threads that take a report's resamples and write its files: one a core, and no more than
/// eight, because each holds resamples of its own.
public struct ManyThreads: Threading {
    /// The number of threads.
    public let count = min(8, Machine.cores)

    /// As many threads as this process has cores.
    public init() {}

    /// The results of `body`, in the order of the items.
    public func map<Item: Sendable, Outcome: Sendable>(
        _ items: [Item], _ body: @Sendable (Item) -> Outcome
    ) -> [Outcome] {
        Parallel.map(items, jobs: count, body)
    }
}
