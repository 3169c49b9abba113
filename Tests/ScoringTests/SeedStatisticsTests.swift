import Scoring
import Testing

@Suite struct SeedStatisticsTests {
    @Test("The spread over seeds has the divisor n - 1")
    func spread() {
        let statistics = SeedStatistics([1, 2, 4, 5])
        #expect(statistics.mean == 3)
        #expect(statistics.sd == (10.0 / 3).squareRoot())
        #expect(statistics.defined == 4 && statistics.undefined == 0)
    }

    @Test("One seed has no spread")
    func one() {
        let statistics = SeedStatistics([0.25])
        #expect(statistics.mean == 0.25 && statistics.sd == nil)
    }

    @Test("Undefined seeds are counted and left out, never taken for 0")
    func undefined() {
        let some = SeedStatistics([1, nil, 3])
        #expect(some.mean == 2 && some.sd == 2.0.squareRoot())
        #expect(some.defined == 2 && some.undefined == 1)
        let none = SeedStatistics([nil, nil])
        #expect(none.mean == nil && none.sd == nil && none.undefined == 2)
        #expect(SeedStatistics([]).mean == nil)
    }
}
