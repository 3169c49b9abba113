import Testing

@testable import Leasing

@Suite("Lines, sizes, backlog and costs")
struct ElasticPartsTests {
    private func front(_ lines: Lines, _ number: Int) -> [Int?] {
        let (first, second) = lines.front(from: number)
        return [first, second]
    }

    @Test("Lines are left from anywhere, and the lowest and highest are found")
    func lines() {
        var lines = Lines(count: 200)
        #expect(lines.highest == nil && lines.lowest(from: 0) == nil)
        for (member, line) in [(0, 5), (1, 5), (2, 130), (3, 64)] { lines.append(member, to: line) }
        #expect(lines.highest == 130)
        #expect(lines.lowest(from: 0) == 5 && lines.lowest(from: 6) == 64)
        #expect(lines.lowest(from: 131) == nil && lines.lowest(from: 200) == nil)
        #expect(front(lines, 0) == [0, 1])
        #expect(front(lines, 6) == [3, 2])
        lines.append(0, to: 5)
        #expect(front(lines, 0) == [0, 1], "Who stands there already stays.")
        lines.append(0, to: 7)
        #expect(front(lines, 0) == [1, 0])
        lines.remove(1)
        lines.remove(1)
        #expect(front(lines, 0) == [0, 3])
        lines.remove(2)
        #expect(lines.highest == 64)
        #expect(front(lines, 65) == [nil, nil])
    }

    @Test("Lines do what a plain array of arrays does, over seeds", arguments: 0..<20)
    func linesLikeArrays(seed: Int) {
        var random = SplitMix(seed: seed)
        var lines = Lines(count: 70)
        var plain = Array(repeating: [Int](), count: 70)
        for _ in 0..<500 {
            let (member, line) = (random.below(9), random.below(70))
            if random.chance(0.4) {
                lines.remove(member)
                for line in plain.indices { plain[line].removeAll { $0 == member } }
            } else if !plain[line].contains(member) {
                lines.append(member, to: line)
                for line in plain.indices { plain[line].removeAll { $0 == member } }
                plain[line].append(member)
            }
            #expect(lines.highest == plain.lastIndex { !$0.isEmpty })
            let from = random.below(70)
            let rest = plain[from...].joined()
            #expect(front(lines, from) == [rest.first, rest.dropFirst().first])
        }
    }

    @Test("An amount of memory fits where its step is no higher than the room's")
    func tiers() {
        #expect(MemoryTier.holding(0) == 0 && MemoryTier.within(0) == 0)
        #expect(MemoryTier.within(-5) == 0)
        #expect(MemoryTier.holding(16 << 30) == MemoryTier.within(16 << 30))
        #expect(MemoryTier.within(Int.max) < MemoryTier.unlimited)
        for tier in 161..<2000 {
            let bytes = MemoryTier.bytes(tier)
            #expect(MemoryTier.within(bytes) == tier && MemoryTier.holding(bytes) == tier)
        }
        var random = SplitMix(seed: 1)
        for _ in 0..<20_000 {
            let bytes = 1 + random.below(1 << random.below(50))
            let room = 1 + random.below(1 << random.below(50))
            if MemoryTier.holding(bytes) <= MemoryTier.within(room) { #expect(bytes <= room) }
            // No more than a 32nd of the room is lost.
            if bytes > 64, Double(bytes) * 33 / 32 <= Double(room) {
                #expect(MemoryTier.holding(bytes) <= MemoryTier.within(room), "\(bytes) \(room)")
            }
        }
    }

    @Test("The backlog gives the longest that fits; equally long ones in the order of the plan")
    func backlog() {
        var backlog = Backlog()
        for (trial, cost, tier, data) in [
            (0, 1.0, 1, 0), (1, 4.0, 1, 0), (2, 4.2, 2, 1), (3, 100, 3, 0), (4, 0.001, 1, 1),
        ] { backlog.insert(trial, cost: cost, tier: tier, data: data) }
        func take(_ tier: Int) -> Int? {
            guard let place = backlog.longest(within: tier) else { return nil }
            defer { backlog.removeFirst(of: place) }
            return backlog.first(of: place).trial
        }
        let near = backlog.longest(within: 2) { $0.data == 1 }
        #expect(near.map { backlog.first(of: $0).trial } == 2)
        #expect(backlog.someLongest(within: 3, limit: 9) { $0 % 2 == 0 } == 2)
        #expect(backlog.count == 5)
        #expect((0..<6).map { _ in take(2) } == [1, 2, 0, 4, nil, nil])
        #expect(take(3) == 3)
    }

    @Test("A cell's rate is the mean of its trials; an unknown cell is an average one")
    func costs() throws {
        var costs = CostModel()
        let a = Demands.Shape(cell: 0, work: 10)
        #expect(costs.seconds(a) == nil)
        costs.learn(a, seconds: 20)
        #expect(costs.seconds(a) == 20)
        #expect(costs.seconds(Demands.Shape(cell: 7, work: 5)) == 10)
        costs.learn(Demands.Shape(cell: 1, work: 1), seconds: 8)
        costs.learn(a, seconds: 40)
        // 3 s for a unit, and the mean of 3 and 8.
        #expect(costs.seconds(a) == 30)
        #expect(costs.seconds(Demands.Shape(cell: 7, work: 10)) == 55)
        costs.learn(a, seconds: .nan)
        costs.learn(a, seconds: 0)
        #expect(costs.count == 3)
    }

    @Test("A forecast of equal trials is their sum over the slots, and narrows as it learns")
    func forecast() throws {
        let shape = Demands.Shape(work: 2)
        var random = SplitMix(seed: 3)
        var widths: [Double] = []
        var costs = CostModel()
        for count in 1...64 {
            costs.learn(shape, seconds: random.between(9, 11))
            guard count.nonzeroBitCount == 1 else { continue }
            let forecast = try #require(
                costs.forecast(left: [(shape, 100)], elapsed: 0, slots: 4))
            #expect((225...275).contains(forecast.seconds))
            #expect(forecast.range.contains(forecast.seconds))
            widths.append(forecast.range.upperBound - forecast.range.lowerBound)
        }
        #expect(widths.last! < widths[0] / 4)
        #expect(costs.forecast(left: [(shape, 0)], elapsed: 0, slots: 4) == nil)
        #expect(costs.forecast(left: [(shape, 1)], elapsed: 0, slots: 0) == nil)
        let last = try #require(costs.forecast(left: [(shape, 1)], elapsed: 5, slots: 4))
        #expect((4...6).contains(last.seconds), "One trial does not get faster by idle slots.")
    }

    @Test("In 8 of 10 cases the forecast's range holds what a simulated sweep takes")
    func coverage() throws {
        var inside = 0
        for seed in 0..<200 {
            var random = SplitMix(seed: seed)
            let rates = (0..<6).map { _ in random.between(0.5, 2) }
            var costs = CostModel()
            func trial(_ cell: Int) -> Double { rates[cell] * random.between(0.8, 1.2) }
            for cell in 0..<6 {
                for _ in 0..<3 {
                    costs.learn(Demands.Shape(cell: cell, work: 1), seconds: trial(cell))
                }
            }
            let left = (0..<6).map { (Demands.Shape(cell: $0, work: 1), 20) }
            let truth = (0..<6).reduce(0.0) { sum, cell in
                (0..<20).reduce(sum) { sum, _ in sum + trial(cell) }
            }
            let forecast = try #require(costs.forecast(left: left, elapsed: 0, slots: 1))
            inside += forecast.range.contains(truth) ? 1 : 0
        }
        #expect((120...200).contains(inside), "\(inside) of 200")
    }
}
