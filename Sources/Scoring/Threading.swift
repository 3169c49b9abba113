/// Who works on independent parts: the caller alone, or threads that whoever has them lends.
///
/// Results have the order of the parts, so that the number of threads changes no byte.
public protocol Threading: Sendable {
    /// The number of threads, at least one.
    var count: Int { get }

    /// The results of `body`, in the order of the items.
    func map<Item: Sendable, Outcome: Sendable>(
        _ items: [Item], _ body: @Sendable (Item) -> Outcome
    ) -> [Outcome]
}

/// The caller's own thread, which works on one part after the other.
public struct OneThread: Threading {
    /// One.
    public let count = 1

    /// The caller's own thread.
    public init() {}

    /// The results of `body`, in the order of the items.
    public func map<Item: Sendable, Outcome: Sendable>(
        _ items: [Item], _ body: @Sendable (Item) -> Outcome
    ) -> [Outcome] {
        items.map(body)
    }
}
