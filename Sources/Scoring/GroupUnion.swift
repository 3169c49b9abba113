import Corpora

/// The groups of two test sides put together, so that one resample draws both.
struct GroupUnion {
    /// The numbers of groups of the first side alone, of both, of the second alone; none is 0.
    let strata: [Int]
    /// Where each of the union's groups stands on a side; nil where it does not.
    let first: [Int?], second: [Int?]
    /// Names the union: the seed of its resamples.
    let content: Digest

    /// The union of both; nil where they are the same groups of the same recordings.
    ///
    /// Groups of one name are the same where both sides group by the same column.
    init?(_ a: RecordingGroups, _ b: RecordingGroups) {
        guard a.content != b.content else { return nil }
        var places: [String: Int] = [:]
        if a.unit == b.unit {
            for (index, name) in b.names.enumerated() { places[name] = index }
        }
        let shared = a.names.indices.filter { places[a.names[$0]] != nil }
        let alone = a.names.indices.filter { places[a.names[$0]] == nil }
        let taken = Set(shared.compactMap { places[a.names[$0]] })
        let others = b.names.indices.filter { !taken.contains($0) }
        strata = [alone.count, shared.count, others.count].filter { $0 > 0 }
        first = alone.map { $0 } + shared.map { $0 } + others.map { _ in nil }
        second = alone.map { _ in nil } + shared.map { places[a.names[$0]] } + others.map { $0 }
        content = Digest(of: Array("union".utf8) + a.content.bytes + b.content.bytes)
    }
}
