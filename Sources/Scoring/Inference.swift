import Kernels
import Planning

/// Intervals, comparisons and gaps of all cells: what resamples of their groups say.
///
/// A choice of features and a target are a part of their own: the distributions of one part are
/// held at a time, and parts may be worked on by several threads.
struct Inference {
    let plan: Plan
    let cells: [CellScores]
    let conventions: [Convention]
    let count: Int

    private let families: [MatrixFamily]
    private var draws = Draws()
    /// Of the headline convention, of the part at hand.
    private var distributions: [Place: Distribution] = [:]
    /// What was found in the part at hand.
    private var found: Findings

    /// A test side of a cell.
    struct Place: Hashable {
        let cell: Int
        let test: Int
    }

    /// A choice of features and a target, by its index.
    struct Part {
        let features: String
        let target: Int
    }

    /// What resamples say of a part.
    struct Findings {
        let target: Int
        var intervals: [Place: [Convention: [Interval.Kind: Interval]]] = [:]
        var estimates: [Place: Estimate] = [:]
        var comparisons: [ModelComparison] = []
        var gaps: [GeneralizationGap] = []
        var asymmetries: [Asymmetry] = []
    }

    /// An inference about `cells`, with as many resamples as `count`.
    init(plan: Plan, cells: [CellScores], conventions: [Convention], count: Int) {
        self.plan = plan
        self.cells = cells
        self.conventions = conventions
        self.count = count
        families = plan.matrixFamilies
        found = Findings(target: 0)
    }

    var headline: Convention { conventions[0] }

    /// What is found in each part, in the order of features and targets: each thread takes every
    /// so many of them, with draws of its own, which are the same on all.
    static func findings(
        plan: Plan, cells: [CellScores], conventions: [Convention], count: Int,
        threads: some Threading
    ) -> [Findings] {
        var features: [String] = []
        for cell in plan.cells where !features.contains(cell.features.name) {
            features.append(cell.features.name)
        }
        let parts = features.flatMap { name in
            plan.sweep.targets.indices.map { Part(features: name, target: $0) }
        }
        let starts = Array(0..<max(1, min(threads.count, parts.count)))
        let found = threads.map(starts) { start in
            var inference = Inference(
                plan: plan, cells: cells, conventions: conventions, count: count)
            return stride(from: start, to: parts.count, by: starts.count).map {
                inference.findings(parts[$0])
            }
        }
        return parts.indices.map { found[$0 % starts.count][$0 / starts.count] }
    }

    private mutating func findings(_ part: Part) -> Findings {
        found = Findings(target: part.target)
        let members = cells.indices.filter { plan.cells[$0].features.name == part.features }
        for cell in members { distribute(cell, part.target) }
        compare(members, part.target)
        measureGaps(members, features: part.features, part.target)
        distributions = [:]
        return found
    }

    private mutating func distribute(_ cell: Int, _ target: Int) {
        for test in cells[cell].tests.indices {
            let scores = cells[cell].tests[test].targets[target]
            let grouping = cells[cell].tests[test].grouping
            guard grouping.count > 0, !scores.groups.isEmpty else { continue }
            let resamples = draws.resamples(
                grouping.content, [grouping.count], count: count)
            let drawn = resamples.distributions(
                scores.groups, conventions,
                points: conventions.map { scores.statistics(\.ccc, $0).mean })
            let place = Place(cell: cell, test: test)
            for (convention, distribution) in zip(conventions, drawn) {
                var intervals: [Interval.Kind: Interval] = [:]
                let kinds = convention == headline ? Interval.Kind.allCases : [.standard]
                for (kind, interval) in zip(kinds, distribution.intervals(kinds)) {
                    intervals[kind] = interval
                }
                found.intervals[place, default: [:]][convention] = intervals
            }
            distributions[place] = drawn[0]
            found.estimates[place] = Estimate(drawn[0])
        }
    }

    // MARK: Models

    private mutating func compare(_ members: [Int], _ target: Int) {
        var starts: [Int] = []
        for cell in members where !starts.contains(plan.cells[cell].splits.lowerBound) {
            starts.append(plan.cells[cell].splits.lowerBound)
        }
        for start in starts {
            let models = members.filter { plan.cells[$0].splits.lowerBound == start }
            let firsts = models.count <= ModelComparison.pairsMax ? models : Array(models.prefix(1))
            for first in firsts {
                for second in models where second > first { compare(first, second, target) }
            }
        }
    }

    private mutating func compare(_ first: Int, _ second: Int, _ target: Int) {
        for test in cells[first].tests.indices {
            let (a, b) = (cells[first].tests[test], cells[second].tests[test])
            guard a.grouping.content == b.grouping.content,
                let before = distributions[Place(cell: first, test: test)],
                let after = distributions[Place(cell: second, test: test)]
            else { continue }
            let flips = draws.flips(a.grouping)
            found.comparisons.append(
                ModelComparison(
                    first: first, second: second, culture: a.culture,
                    target: plan.sweep.targets[target], difference: Estimate(after - before),
                    probability: flips.probability(
                        b.targets[target].groups, a.targets[target].groups, headline),
                    isExact: flips.isExact, groups: a.groups))
        }
    }

    // MARK: Cultures

    private mutating func measureGaps(_ members: [Int], features: String, _ target: Int) {
        var models: [String] = []
        for cell in members where !models.contains(plan.cells[cell].recipe.name) {
            models.append(plan.cells[cell].recipe.name)
        }
        for family in families {
            for model in models {
                let cells = members.filter {
                    plan.cells[$0].recipe.name == model && family.holds(plan.cells[$0])
                }
                let map = CultureMap(plan: plan, cells: cells, scores: self.cells)
                measureGaps(map, features, model, target)
            }
        }
    }

    private mutating func measureGaps(
        _ map: CultureMap, _ features: String, _ model: String, _ target: Int
    ) {
        for (pair, cross) in map.pairs {
            guard let within = map.within(pair.test) else { continue }
            found.gaps.append(
                gap(pair, within, cross, map.pooled(pair.test), features, model, target))
        }
        for (pair, forward) in map.pairs where pair.train < pair.test {
            guard let backward = map.cross(from: pair.test, to: pair.train) else { continue }
            found.asymmetries.append(
                asymmetry(pair, forward, backward, features, model, target))
        }
    }

    private mutating func gap(
        _ pair: CultureMap.Pair, _ within: Place, _ cross: Place, _ pooled: Place?,
        _ features: String, _ model: String, _ target: Int
    ) -> GeneralizationGap {
        let both = joint(within, cross, target)
        let more = pooled.flatMap { joint($0, within, target) }
        return GeneralizationGap(
            scheme: plan.cells[cross.cell].scheme, features: features, model: model,
            target: plan.sweep.targets[target], train: pair.train, test: pair.test,
            within: point(within, target),
            cross: point(cross, target), gap: Estimate(both.map { $0.0 - $0.1 }),
            transfer: Estimate(
                both.map { $0.0.combined(with: $0.1) { $0 > 0.05 ? $1 / $0 : .nan } }),
            gain: pooled == nil ? nil : Estimate(more.map { $0.0 - $0.1 }),
            parts: parts(within, cross, target))
    }

    private mutating func asymmetry(
        _ pair: CultureMap.Pair, _ forward: Place, _ backward: Place, _ features: String,
        _ model: String, _ target: Int
    ) -> Asymmetry {
        let both = joint(forward, backward, target)
        return Asymmetry(
            scheme: plan.cells[forward.cell].scheme, features: features, model: model,
            target: plan.sweep.targets[target], first: pair.train, second: pair.test,
            forward: point(forward, target),
            backward: point(backward, target),
            difference: Estimate(both.map { $0.0 - $0.1 }))
    }

    private func scores(_ place: Place) -> TestScores { cells[place.cell].tests[place.test] }

    private func point(_ place: Place, _ target: Int) -> Double? {
        scores(place).targets[target].statistics(\.ccc, headline).mean
    }

    /// The mean over seeds of the parts of both sides' difference.
    private func parts(_ within: Place, _ cross: Place, _ target: Int) -> GapParts? {
        let sides = [within, cross].map { scores($0).targets[target].seeds }
        guard sides[0].count == sides[1].count, !sides[0].isEmpty else { return nil }
        var sum = (0.0, 0.0, 0.0)
        for (a, b) in zip(sides[0], sides[1]) {
            guard let a = a.flatMap({ ConcordanceParts($0, headline) }),
                let b = b.flatMap({ ConcordanceParts($0, headline) })
            else { return nil }
            let gap = ConcordanceParts.gap(a, b)
            sum = (sum.0 + gap.correlation, sum.1 + gap.bias, sum.2 + gap.scale)
        }
        let n = Double(sides[0].count)
        return GapParts(correlation: sum.0 / n, bias: sum.1 / n, scale: sum.2 / n)
    }

    /// Both sides on the same resamples: those that they have where their groups are the same,
    /// else new ones of all their groups, in three strata: those of the first side alone, of both,
    /// and of the second alone.
    private mutating func joint(
        _ first: Place, _ second: Place, _ target: Int
    ) -> (Distribution, Distribution)? {
        guard let a = distributions[first], let b = distributions[second] else { return nil }
        let union = GroupUnion(scores(first).grouping, scores(second).grouping)
        guard let union else { return (a, b) }
        let resamples = draws.resamples(union.content, union.strata, count: count)
        let sides = [(first, union.first), (second, union.second)].map { place, order in
            let groups = scores(place).targets[target].groups
            return resamples.distribution(
                groups.map { seed in order.map { Moments.merged($0.lazy.map { seed[$0] }) } },
                headline, point: point(place, target))
        }
        return (sides[0], sides[1])
    }
}
