import Testing

@testable import Training

@Suite("Early stopping")
struct EarlyStoppingTests {
    @Test("The best epoch is the first of the highest; patience counts from it")
    func best() {
        var watch = EarlyStopping(patience: 3)
        var spent: [Bool] = []
        for score in [0.1, 0.3, 0.2, 0.3, 0.1] {
            _ = watch.isBest(score)
            spent.append(watch.isSpent)
        }
        #expect(watch.bestEpoch == 2 && watch.bestScore == 0.3)
        #expect(spent == [false, false, false, false, true])
    }

    @Test("A better score says so, an equal one does not")
    func improvement() {
        var watch = EarlyStopping(patience: 1)
        let improved = [-0.5, -0.5, 0, -0.1, 0.1].map { watch.isBest($0) }
        #expect(improved == [true, false, true, false, true])
        #expect(!watch.isSpent)
    }
}
