import Corpora

/// The groups of two test sides put together, so that one resample draws both: groups that share
/// a recording or a value, directly or through others, are drawn as one.
struct GroupUnion {
    /// The numbers of groups of the first side alone, of both, of the second alone; none is 0.
    let strata: [Int]
    /// Of each of the union's groups those of a side; empty where it has none.
    let first: [[Int]], second: [[Int]]
    /// Names the union: the seed of its resamples.
    let content: Digest

    /// The union of both; nil where they are the same groups of the same recordings.
    init?(_ a: RecordingGroups, _ b: RecordingGroups) {
        guard a.content != b.content else { return nil }
        let places = components(joining: a.links + b.links)
        let count = (places.max() ?? -1) + 1
        var first = [[Int]](repeating: [], count: count)
        var second = first
        for (group, place) in places.enumerated() {
            if group < a.count {
                first[place].append(group)
            } else {
                second[place].append(group - a.count)
            }
        }
        let strata = [
            (0..<count).filter { second[$0].isEmpty },
            (0..<count).filter { !first[$0].isEmpty && !second[$0].isEmpty },
            (0..<count).filter { first[$0].isEmpty },
        ]
        self.strata = strata.map(\.count).filter { $0 > 0 }
        self.first = strata.joined().map { first[$0] }
        self.second = strata.joined().map { second[$0] }
        content = Digest(of: Array("union".utf8) + a.content.bytes + b.content.bytes)
    }
}
