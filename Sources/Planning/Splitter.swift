import Corpora

/// Turns a scheme into the blocks that it holds out, before a validation side is drawn.
///
/// Recordings that share a value of a separated column (the scheme's group, subject, session,
/// dyad) are one group, and groups are never cut. Equal values mean the same thing everywhere:
/// where two cultures number their people on their own, manifests must say `DE-07`, not `7`.
struct Splitter {
    /// One instance of a scheme, such as one ordered pair of cultures.
    struct Holdout {
        let trainCultures: [String]
        let testCultures: [String]
        let folds: [Fold]
    }

    /// A held-out block and what may be trained on: ascending indices of recordings.
    struct Fold {
        let train: [Int]
        let test: [Int]
    }

    /// All recordings, in the order of their content.
    let recordings: [PlannedRecording]
    /// The separated columns.
    let table: ColumnTable
    /// All cultures, in alphabetic order.
    let cultures: [String]

    /// Divides these recordings; `table` holds at least the schemes' separated columns.
    init(recordings: [PlannedRecording], table: ColumnTable) {
        self.recordings = recordings
        self.table = table
        cultures = recordings.map(\.recording.culture).uniqued().sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
    }

    /// The instances of a scheme, in the order of their cultures.
    func holdouts(of scheme: Scheme) throws(PlanError) -> [Holdout] {
        var holdouts: [Holdout] = []
        switch scheme {
        case .withinCulture(let folds, _):
            for culture in cultures {
                let folds = try self.folds(of: members(culture), count: folds, scheme, culture)
                holdouts.append(
                    Holdout(trainCultures: [culture], testCultures: [culture], folds: folds))
            }
        case .crossCulture(let folds, _):
            guard cultures.count > 1 else {
                throw .oneCulture(scheme: scheme.name, culture: cultures[0])
            }
            for source in cultures {
                for target in cultures where target != source {
                    let folds = try crossed(source, target, count: folds, scheme)
                    holdouts.append(
                        Holdout(trainCultures: [source], testCultures: [target], folds: folds))
                }
            }
        case .pooled(let folds, _):
            let everything = Array(recordings.indices)
            let place = cultures.joined(separator: "+")
            let folds = try self.folds(of: everything, count: folds, scheme, place)
            holdouts.append(Holdout(trainCultures: cultures, testCultures: cultures, folds: folds))
        case .leaveOneRecordingOut(_, _, let side):
            for culture in cultures {
                holdouts.append(
                    Holdout(
                        trainCultures: side == .all ? cultures : [culture],
                        testCultures: [culture], folds: leftOut(culture, side, scheme)))
            }
        }
        return holdouts
    }

    private func members(_ culture: String) -> [Int] {
        recordings.indices.filter { recordings[$0].recording.culture == culture }
    }

    /// Grouped k-fold: every recording is tested once, and trained on in all other folds.
    private func folds(
        of members: [Int], count: Int, _ scheme: Scheme, _ place: String
    ) throws(PlanError) -> [Fold] {
        let groups = table.components(of: members, joinedBy: scheme.separated)
        let blocks = try blocks(of: groups, count: count, scheme, place)
        return blocks.map { block in
            let test = block.flatMap { groups[$0] }.sorted()
            return Fold(train: members.without(test), test: test)
        }
    }

    /// Trains on one culture and tests another; held-out groups are held out on both sides.
    private func crossed(
        _ source: String, _ target: String, count: Int?, _ scheme: Scheme
    ) throws(PlanError) -> [Fold] {
        let (train, test) = (members(source), members(target))
        let all = recordings.indices.filter {
            [source, target].contains(recordings[$0].recording.culture)
        }
        let components = table.components(of: all, joinedBy: scheme.separated)
        let tested = components.filter { !$0.isDisjoint(from: test) }
        guard tested.contains(where: { !$0.isDisjoint(from: train) }) else {
            return [Fold(train: train, test: test)]
        }
        let groups = tested.map { group in group.filter { !train.holds($0) } }
        let blocks = try blocks(of: groups, count: count, scheme, "\(source)→\(target)")
        return blocks.map { block in
            Fold(
                train: train.without(block.flatMap { tested[$0] }.sorted()),
                test: block.flatMap { groups[$0] }.sorted())
        }
    }

    /// Each recording of a culture in turn, in the order of ids, against those it never meets.
    private func leftOut(
        _ culture: String, _ side: Scheme.TrainingSide, _ scheme: Scheme
    ) -> [Fold] {
        let tested = members(culture)
        let pool = side == .all ? Array(recordings.indices) : tested
        let columns = scheme.separated.map(table.codes)
        let ids = tested.sorted {
            recordings[$0].recording.id.utf8.lexicographicallyPrecedes(
                recordings[$1].recording.id.utf8)
        }
        return ids.map { one in
            Fold(train: pool.filter { $0 != one && !table.meet($0, one, in: columns) }, test: [one])
        }
    }

    /// Indices of groups, fold by fold; without a count, each group is a fold.
    private func blocks(
        of groups: [[Int]], count: Int?, _ scheme: Scheme, _ place: String
    ) throws(PlanError) -> [[Int]] {
        let count = count ?? groups.count
        guard groups.count >= count else {
            throw .fewGroups(
                scheme: "\(scheme.name) \(place)", groups: groups.count, folds: count,
                column: scheme.group)
        }
        let labels = labels(of: groups, scheme)
        let ranked = groups.indices.sorted { (labels[$0], $0) < (labels[$1], $1) }
        if count == groups.count && scheme.foldsEachGroup { return ranked.map { [$0] } }
        let folds = GroupKFold.folds(sizes: ranked.map { groups[$0].count }, count: count)
        return (0..<count).map { fold in
            ranked.indices.filter { folds[$0] == fold }.map { ranked[$0] }
        }
    }

    /// The rank of each group's label: the first of its recordings' labels.
    private func labels(of groups: [[Int]], _ scheme: Scheme) -> [Int] {
        let members = groups.flatMap { $0 }
        let ranks = GroupLabel.ranks(
            members.map { member in
                recordings[member].recording.group(scheme.group).map { .value($0) }
                    ?? .recording(member)
            })
        var next = 0
        return groups.map { group in
            defer { next += group.count }
            return ranks[next..<next + group.count].min() ?? 0
        }
    }
}

extension Scheme {
    /// Whether every group is a fold of its own, in the order of labels.
    fileprivate var foldsEachGroup: Bool { self == .crossCulture(folds: nil, group: group) }
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
