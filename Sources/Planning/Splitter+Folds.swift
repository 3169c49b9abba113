import Corpora
import Kernels

/// Grouped folds, and what is left out in turn.
extension Splitter {
    /// Grouped k-fold: every recording is tested once in each repetition, and trained on in all
    /// other folds. Folds of later repetitions have the numbers after those of earlier ones.
    func folds(
        of members: [Int], count: Int, repeats: Int, _ scheme: Scheme, _ place: String
    ) throws(PlanError) -> [Fold] {
        var all: [Fold] = []
        for repetition in 0..<repeats {
            all += try folds(
                testing: members, trainingOn: members, count: count, scheme, place,
                repetition: repetition)
        }
        return all
    }

    /// Every recording of `tested` is tested once, by a model that learns from `pool` without the
    /// groups that are held out; where the two have no group in common, in one fold.
    ///
    /// Without a count, each group is a fold, in the order of its label.
    func folds(
        testing tested: [Int], trainingOn pool: [Int], count: Int?, _ scheme: Scheme,
        _ place: String, repetition: Int = 0
    ) throws(PlanError) -> [Fold] {
        let all = tested == pool ? pool : (tested + pool).sorted()
        let groups = table.components(of: all, joinedBy: scheme.separated(declared: declared))
            .filter { !$0.isDisjoint(from: tested) }
        guard groups.contains(where: { !$0.isDisjoint(from: pool) }) else {
            return [Fold(train: pool, test: tested, repetition: repetition)]
        }
        let parts = groups.map { $0.filter(tested.holds) }
        return try blocks(of: parts, count: count, scheme, place, repetition: repetition).map {
            let held = $0.flatMap { groups[$0] }.sorted()
            return Fold(
                train: pool.without(held), test: held.filter(tested.holds),
                repetition: repetition)
        }
    }

    /// Indices of groups, fold by fold; without a count, each group is a fold.
    private func blocks(
        of groups: [[Int]], count: Int?, _ scheme: Scheme, _ place: String, repetition: Int
    ) throws(PlanError) -> [[Int]] {
        guard groups.count >= count ?? 0 else {
            throw .fewGroups(
                scheme: "\(scheme.name) \(place)", groups: groups.count, folds: count ?? 0,
                column: scheme.group)
        }
        var ranked = ranked(groups, scheme)
        guard let count else { return ranked.map { [$0] } }
        if repetition > 0 {
            var random = stream("concord repetition \(repetition)", groups.flatMap { $0 }.sorted())
            random.shuffle(&ranked)
        }
        let sizes = ranked.map { groups[$0].count }
        let folds =
            repetition == 0
            ? GroupKFold.folds(sizes: sizes, count: count)
            : GroupKFold.dealt(sizes: sizes, count: count)
        return (0..<count).map { fold in
            ranked.indices.filter { folds[$0] == fold }.map { ranked[$0] }
        }
    }

    /// The indices of groups in the order of their labels: of the first of each one's recordings.
    func ranked(_ groups: [[Int]], _ scheme: Scheme) -> [Int] {
        let members = groups.flatMap { $0 }
        let ranks = GroupLabel.ranks(
            members.map { member in
                recordings[member].recording.group(scheme.group).map { .value($0) }
                    ?? .recording(member)
            })
        var next = 0
        let labels = groups.map { group in
            defer { next += group.count }
            return ranks[next..<next + group.count].min() ?? 0
        }
        return groups.indices.sorted { (labels[$0], $0) < (labels[$1], $1) }
    }

    /// Each unit of a culture in turn, against those that it never meets.
    func leftOut(
        _ culture: String, _ unit: Scheme.Unit, _ side: Scheme.TrainingSide, _ scheme: Scheme
    ) -> [Fold] {
        let tested = members(culture)
        let pool = side == .all ? Array(recordings.indices) : tested
        let columns = scheme.separated(declared: declared)
        return units(of: tested, unit).map { test in
            let met = table.contacts(of: test, in: columns)
            return Fold(train: pool.filter { !met[$0] && !test.holds($0) }, test: test)
        }
    }

    /// Recordings in the order of ids, or those of each subject or dyad in the order of labels.
    private func units(of members: [Int], _ unit: Scheme.Unit) -> [[Int]] {
        guard unit != .recording else {
            return members.sorted {
                recordings[$0].recording.id.utf8.lexicographicallyPrecedes(
                    recordings[$1].recording.id.utf8)
            }.map { [$0] }
        }
        let labels = members.map { member in
            recordings[member].recording.value(unit.rawValue).map { GroupLabel.value($0) }
                ?? .recording(member)
        }
        var units: [[Int]] = []
        for (rank, member) in zip(GroupLabel.ranks(labels), members) {
            while units.count <= rank { units.append([]) }
            units[rank].append(member)
        }
        return units
    }

    /// Random numbers that follow from the content of recordings alone.
    func stream(_ purpose: String, _ members: [Int]...) -> RandomStream {
        let seed = Digest(purpose) { encoder in
            for side in members {
                encoder.list(side) { encoder, index in
                    let recording = recordings[index].recording
                    encoder.string(recording.culture)
                    encoder.optional(recording.digests[Recording.goldDigestName]) { $0.digest($1) }
                }
            }
        }
        return RandomStream(digest: seed.bytes)
    }
}

extension Recording {
    /// The value that groups this recording: of the column that the user named, or else its
    /// dyad's, session's or subject's; nil where it is a group of its own.
    func group(_ column: String?) -> String? {
        if let column { return value(column) }
        return dyad ?? session ?? subject
    }
}

extension Array where Element == Int {
    /// Whether the ascending array holds `element`.
    func holds(_ element: Int) -> Bool {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < element { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low] == element
    }

    /// The elements that the ascending array `others` does not hold.
    func without(_ others: [Int]) -> [Int] { filter { !others.holds($0) } }

    /// Whether the ascending array `others` holds none of the elements.
    func isDisjoint(from others: [Int]) -> Bool { !contains { others.holds($0) } }
}
