import Corpora
import Kernels

/// Schemes that draw groups, or take them from the manifest.
extension Splitter {
    /// The corpus's own division; with `side` a culture, every pair of them and each with itself.
    ///
    ///     train train devel test       train train → devel
    func partition(
        _ scheme: Scheme, from: String, to: String, validation: String?,
        _ side: Scheme.TrainingSide
    ) throws(PlanError) -> [Holdout] {
        let known = recordings.compactMap(\.recording.partition).uniqued().sorted()
        func members(_ partition: String, of cultures: [String]) throws(PlanError) -> [Int] {
            let members = recordings.indices.filter {
                recordings[$0].recording.partition == partition
                    && cultures.contains(recordings[$0].recording.culture)
            }
            guard !members.isEmpty else {
                throw .noPartition(partition, cultures: cultures, known: known)
            }
            return members
        }
        let sides = side == .all ? [cultures] : cultures.map { [$0] }
        var holdouts: [Holdout] = []
        for source in sides {
            for target in sides {
                var fold = Fold(
                    train: try members(from, of: source), test: try members(to, of: target))
                if let validation { fold.validation = try members(validation, of: source) }
                let (train, test) = (fold.train, fold.test)
                holdouts.append(
                    Holdout(
                        trainCultures: Splitter.cultures(of: train.map { recordings[$0] }),
                        testCultures: Splitter.cultures(of: test.map { recordings[$0] }),
                        folds: [fold]))
            }
        }
        return holdouts
    }

    /// One culture and a few groups of another, which is tested on a fixed share of its groups.
    ///
    /// The test side and the order of the other groups follow from the tested culture's content:
    /// they are the same from whatever culture a model comes, and n groups are among any m > n.
    /// Each repetition has an order of its own, and a number of groups those repetitions in which
    /// its groups are others than before.
    ///
    ///     D1 D2 D3 of DE, H1 H2 H3 H4 of HU, shots: [0, 1, 2], test: 0.5, such as
    ///     D1 D2 D3 → H2 H4     D1 D2 D3 H3 → H2 H4     D1 D2 D3 H3 H1 → H2 H4
    func fewShot(
        _ scheme: Scheme, shots: [Int]?, share: Double, repeats: Int
    ) throws(PlanError) -> [Holdout] {
        var holdouts: [Holdout] = []
        for (source, target) in try pairs(scheme) {
            let draw = try FewShotDraw(target, share: share, scheme, self)
            let most = draw.others.count
            let counts = shots ?? Scheme.shotsDefault.filter { $0 <= most }
            if let count = counts.max(), count > most {
                throw .fewGroupsForShots(
                    scheme: "\(scheme.name) \(source)→\(target)", groups: most, shots: count,
                    tested: draw.tested)
            }
            let met = table.contacts(of: draw.test, in: scheme.separated(declared: declared))
            let train = members(source).filter { !met[$0] }
            let orders = draw.orders(repeats, for: counts, self)
            for count in counts {
                var drawn: Set<[Int]> = []
                let folds = orders.enumerated().compactMap { repetition, order -> Fold? in
                    let support = FewShotDraw.shots(count, of: order)
                    // The same shots again would be the same trial, counted twice.
                    guard drawn.insert(support).inserted else { return nil }
                    return Fold(
                        train: (train + support).sorted(), test: draw.test, support: support,
                        repetition: repetition)
                }
                holdouts.append(
                    Holdout(
                        trainCultures: count == 0 ? [source] : [source, target].sorted(),
                        testCultures: [target],
                        trainLabel: count == 0 ? source : "\(source) + \(count) \(target)",
                        shots: count, folds: folds))
            }
        }
        return holdouts
    }

    /// Within-culture, cross-culture and pooled, all on training sides of one number of groups.
    ///
    /// Test sides are the folds of within-culture. Pooled takes groups of the cultures by turns.
    ///
    ///     D1 D2 D3 of DE, H1 … H6 of HU, folds: 3, size: 2, where H1 H2 are tested, such as
    ///     H5 H3 → H1 H2     D3 D1 → H1 H2     D3 H5 → H1 H2
    func sizeMatched(
        _ scheme: Scheme, folds count: Int, size: Int?
    ) throws(PlanError) -> [Holdout] {
        _ = try pairs(scheme)
        let columns = scheme.separated(declared: declared)
        var blocks: [(target: String, tests: [[Int]])] = []
        for culture in cultures {
            let members = members(culture)
            blocks.append(
                (
                    culture,
                    try folds(of: members, count: count, repeats: 1, scheme, culture).map(\.test)
                ))
        }
        /// The groups of a culture that may stand against a test side, in a drawn order.
        func groups(_ culture: String, against test: [Int]) -> [[Int]] {
            let met = table.contacts(of: test, in: columns)
            let free = members(culture).filter { !met[$0] && !test.holds($0) }
            var groups = table.components(of: free, joinedBy: columns)
            var random = stream("concord size-matched", free, test)
            random.shuffle(&groups)
            return groups
        }
        let smallest = blocks.flatMap(\.tests).flatMap { test in
            cultures.map { (groups($0, against: test).count, $0) }
        }.min { $0.0 < $1.0 }!
        if let size, size > smallest.0 {
            throw .fewGroupsToMatch(culture: smallest.1, groups: smallest.0, size: size)
        }
        let size = size ?? smallest.0
        let sources = cultures.map { [$0] } + [cultures]
        return blocks.flatMap { target, tests in
            sources.map { source in
                let folds = tests.map { test in
                    var drawn: [[Int]] = []
                    for group in byTurns(source.map { groups($0, against: test) })
                    where drawn.count < size {
                        // Of a group that spans cultures one culture's part is drawn, not both.
                        let met = table.contacts(of: drawn.flatMap { $0 }, in: columns)
                        if !group.contains(where: { met[$0] }) { drawn.append(group) }
                    }
                    return Fold(train: drawn.flatMap { $0 }.sorted(), test: test)
                }
                return Holdout(trainCultures: source, testCultures: [target], folds: folds)
            }
        }
    }

    /// The first of each list, then the second of each, and so on.
    private func byTurns(_ lists: [[[Int]]]) -> [[Int]] {
        (0..<(lists.map(\.count).max() ?? 0)).flatMap { turn in
            lists.compactMap { turn < $0.count ? $0[turn] : nil }
        }
    }

    /// Every ordered pair of corpora.
    ///
    ///     corpus a: a1 a2, corpus b: b1 b2     a1 a2 → b1 b2     b1 b2 → a1 a2
    func crossCorpus(_ scheme: Scheme, folds count: Int?) throws(PlanError) -> [Holdout] {
        guard corpora.count > 1 else { throw .oneCorpus(corpora.first ?? "") }
        var holdouts: [Holdout] = []
        for source in corpora.indices {
            for target in corpora.indices where target != source {
                let members = [source, target].map { corpus in
                    recordings.indices.filter { recordings[$0].corpus == corpus }
                }
                let folds = try folds(
                    testing: members[1], trainingOn: members[0], count: count, scheme,
                    "\(corpora[source])→\(corpora[target])")
                let cultures = members.map { side in
                    Splitter.cultures(of: side.map { recordings[$0] })
                }
                holdouts.append(
                    Holdout(
                        trainCultures: cultures[0], testCultures: cultures[1],
                        trainLabel: corpora[source], testLabel: corpora[target], folds: folds))
            }
        }
        return holdouts
    }
}

/// The test side of a few-shot scheme, and the groups of its culture that are left.
private struct FewShotDraw {
    /// The recordings that are tested, and the number of their groups.
    let test: [Int], tested: Int
    /// The other groups, in the order in which they are drawn.
    let others: [[Int]]

    init(
        _ culture: String, share: Double, _ scheme: Scheme, _ splitter: Splitter
    ) throws(PlanError) {
        let members = splitter.members(culture)
        var groups = splitter.table.components(
            of: members, joinedBy: scheme.separated(declared: splitter.declared))
        guard groups.count >= 2 else {
            throw .fewGroups(
                scheme: "\(scheme.name) \(culture)", groups: groups.count, folds: 2,
                column: scheme.group)
        }
        var random = splitter.stream("concord few-shot", members)
        random.shuffle(&groups)
        tested = min(groups.count - 1, max(1, Int((share * Double(groups.count)).rounded())))
        test = groups[..<tested].flatMap { $0 }.sorted()
        others = Array(groups[tested...])
    }

    /// An order of the other groups for each repetition. Of a hundred draws the first is taken in
    /// which for the most `counts` the first groups are not those of an earlier repetition.
    func orders(_ repeats: Int, for counts: [Int], _ splitter: Splitter) -> [[[Int]]] {
        var orders = [others]
        var drawn = Set(counts.map { FewShotDraw.shots($0, of: others) })
        let most = counts.count { $0 > 0 && $0 < others.count }
        for repetition in 1..<repeats {
            var random = splitter.stream("concord repetition \(repetition)", test)
            var order = others
            var (best, news) = (others, -1)
            for _ in 0..<100 where news < most {
                random.shuffle(&order)
                let new = counts.count { !drawn.contains(FewShotDraw.shots($0, of: order)) }
                if new > news { (best, news) = (order, new) }
            }
            orders.append(best)
            drawn.formUnion(counts.map { FewShotDraw.shots($0, of: best) })
        }
        return orders
    }

    /// The recordings of the first groups of an order.
    static func shots(_ count: Int, of order: [[Int]]) -> [Int] {
        order.prefix(count).flatMap { $0 }.sorted()
    }
}
