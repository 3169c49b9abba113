import Kernels
import Testing

@testable import Training

@Suite("Concordance that chooses the epoch")
struct ConcordanceTests {
    private func ccc(_ gold: [Double], _ predicted: [Double]) -> Double? {
        Moments(gold: gold, predicted: predicted).concordance
    }

    @Test("Numbers worked by hand")
    func numbers() {
        #expect(ccc([1, 2, 3], [1, 2, 3]) == 1)
        #expect(ccc([1, 2, 3], [3, 2, 1]) == -1)
        // Σx² = Σy² = Σxy = 2, n · bias² = 3: 4 / 7.
        #expect(ccc([1, 2, 3], [2, 3, 4]) == 4.0 / 7.0)
        // Σx² = 2, Σy² = 8, Σxy = 4, bias 0: 8 / 10.
        #expect(ccc([-1, 0, 1], [-2, 0, 2]) == 0.8)
    }

    @Test("A constant trace gives 0, two equal ones nothing, also where their means round")
    func constant() {
        let tenths = [Double](repeating: 0.1, count: 10)
        #expect(ccc(tenths, tenths.indices.map(Double.init)) == 0)
        #expect(ccc(tenths.indices.map(Double.init), tenths) == 0)
        #expect(ccc(tenths, tenths) == nil)
        #expect(ccc(tenths, tenths.map { $0 + 1 }) == 0)
        #expect(ccc([], []) == nil)
    }
}
