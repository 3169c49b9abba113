/// Queued trials, the longest first, kept apart by what they ask for and what they read.
///
/// Trials whose times are within a factor of √2 count as equally long, and come in the order of the
/// plan. An entry may be of a trial that is queued no more; the caller passes over it.
struct Backlog: Sendable {
    /// Trials that ask for equally much memory and the same tags, and read the same data.
    struct Bucket: Sendable {
        let tier: Int
        let data: Int
        let needs: Set<String>
        fileprivate(set) var waiting = Heap<Entry>()
    }

    /// A trial and how early it comes, in one number, since there are millions.
    struct Entry: Comparable, Sendable {
        fileprivate let number: UInt64

        init(trial: Int, cost: Double) {
            number = UInt64(4096 - Entry.halfSteps(cost)) << 40 | UInt64(trial)
        }

        var trial: Int { Int(number & (1 << 40 - 1)) }

        func isAsLong(as other: Entry) -> Bool { number >> 40 == other.number >> 40 }

        static func < (a: Entry, b: Entry) -> Bool { a.number < b.number }

        /// Twice the binary logarithm of a positive number, rounded down.
        private static func halfSteps(_ cost: Double) -> Int {
            let bounded = min(max(cost, 1e-300), 1e300)
            return 2 * Int(bounded.exponent) + (bounded.significand >= 1.414_213_562 ? 1 : 0)
        }
    }

    private struct Name: Hashable {
        let tier: Int
        let data: Int
        let needs: Set<String>
    }

    private(set) var buckets: [Bucket] = []
    /// The number of each bucket's first entry, side by side, since all are looked at often.
    private var firsts: [UInt64] = []
    private var places: [Name: Int] = [:]

    /// How many entries there are.
    var count: Int { buckets.reduce(0) { $0 + $1.waiting.elements.count } }

    /// - Complexity: O(log n).
    mutating func insert(
        _ trial: Int, cost: Double, tier: Int, data: Int, needs: Set<String> = []
    ) {
        let name = Name(tier: tier, data: data, needs: needs)
        let place = places[name] ?? buckets.count
        if place == buckets.count {
            places[name] = place
            buckets.append(Bucket(tier: tier, data: data, needs: needs))
            firsts.append(.max)
        }
        buckets[place].waiting.insert(Entry(trial: trial, cost: cost))
        note(place)
    }

    /// The bucket with the longest first entry of those that fit into `tier` and pass `isMeant`.
    ///
    /// - Complexity: O(buckets): as many as there are sizes × data.
    func longest(within tier: Int, where isMeant: (Bucket) -> Bool = { _ in true }) -> Int? {
        var best: (place: Int?, number: UInt64) = (nil, .max)
        for (place, number) in firsts.enumerated() where number < best.number {
            if buckets[place].tier <= tier, isMeant(buckets[place]) { best = (place, number) }
        }
        return best.place
    }

    /// The longest of some entries that fit into `tier` and pass `isMeant`; at most `limit` of each
    /// bucket are looked at.
    func someLongest(within tier: Int, limit: Int, where isMeant: (Int) -> Bool) -> Int? {
        var best: Entry?
        for bucket in buckets where bucket.tier <= tier {
            for entry in bucket.waiting.elements.prefix(limit)
            where best.map({ entry < $0 }) ?? true {
                if isMeant(entry.trial) { best = entry }
            }
        }
        return best?.trial
    }

    func first(of place: Int) -> Entry { buckets[place].waiting.first! }

    mutating func removeFirst(of place: Int) {
        _ = buckets[place].waiting.popFirst()
        note(place)
    }

    private mutating func note(_ place: Int) {
        firsts[place] = buckets[place].waiting.first?.number ?? .max
    }

    mutating func removeAll() {
        buckets.removeAll()
        firsts.removeAll()
        places.removeAll()
    }
}
