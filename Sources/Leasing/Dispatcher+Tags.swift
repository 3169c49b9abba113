import Planning

/// Tags: a worker has some, a trial may need some. They decide who trains it, and nothing else.
extension Dispatcher {
    func hasTags(_ worker: Int, for trial: Int) -> Bool {
        let needs = demands[trial].needs
        return needs.isEmpty || needs.isSubset(of: history.workers[worker].resources.tags)
    }

    /// Lets workers that lacked a tag for what waited look again: something else waits now.
    mutating func wakeResting() {
        guard demands.haveNeeds, resting.first != nil else { return }
        for worker in workers.indices where resting.contains(worker) { line(up: worker) }
    }

    /// Whether something waits for tags that this cordoned worker has, and nobody beside it.
    ///
    /// - Complexity: O(shapes) for a worker with tags where trials need some, else O(1).
    func aloneHasTags(_ worker: Int) -> Bool {
        let own = history.workers[worker].resources.tags
        guard demands.haveNeeds, !own.isEmpty else { return false }
        let others = workers.indices.filter { workers[$0].isAvailable }
            .map { history.workers[$0].resources.tags }
        return demands.shapes.indices.contains { shape in
            let needs = demands.shapes[shape].needs
            return left[shape] > 0 && !needs.isEmpty && needs.isSubset(of: own)
                && !others.contains { needs.isSubset(of: $0) }
        }
    }

    /// What waits for tags that no worker which is there has; nil when nothing does.
    ///
    /// - Complexity: O(trials) where trials need tags, else O(1).
    public var untagged: Untagged? {
        let tags = workers.indices.filter { workers[$0].isAvailable }
            .map { history.workers[$0].resources.tags }
        return history.untagged(demands, among: tags)
    }
}

/// Trials that no worker has the tags for.
public struct Untagged: Hashable, Sendable {
    /// How many.
    public let count: Int
    /// What the first of them needs, in the order of the alphabet.
    public let needs: [String]
}

extension Dispatcher.History {
    /// What waits for tags that no worker which is there has, as far as the journal says; nil when
    /// nothing does.
    public func untagged(_ demands: Demands) -> Untagged? {
        untagged(
            demands, among: workers.filter { $0.present && !$0.cordoned }.map(\.resources.tags))
    }

    func untagged(_ demands: Demands, among tags: [Set<String>]) -> Untagged? {
        // Where nobody is there at all, tags are not what is missing.
        guard demands.haveNeeds, !tags.isEmpty else { return nil }
        let waiting = keys.indices.filter { trial in
            trials[trial].state == .queued
                && !tags.contains { demands[trial].needs.isSubset(of: $0) }
        }
        guard let first = waiting.first(where: { !demands[$0].needs.isEmpty }) else { return nil }
        return Untagged(
            count: waiting.count { !demands[$0].needs.isEmpty },
            needs: demands[first].needs.sorted())
    }
}
