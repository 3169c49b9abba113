import Foundation
import Scoring
import Testing

/// Agreement of raters, against NumPy's sums over all pairs.
@Suite struct RaterAgreementTests {
    private struct Reference: Decodable {
        struct Agreement: Decodable {
            let alpha: Double
            let pairs: [String: Double]
            let recordings: [[Int]]
        }
        let raters: [[Double]]
        let agreement: Agreement
    }

    @Test("Pairs and Krippendorff's alpha are NumPy's where some raters miss recordings")
    func numbers() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "PreparingTests/References/gold.json")
        let reference = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
        var agreement = RaterAgreement(raters: ["a", "b", "c"])
        for (index, places) in reference.agreement.recordings.enumerated() {
            var traces: [Int: [Double]] = [:]
            for place in places {
                traces[place] = Array(reference.raters[place][40 * index..<40 * index + 40])
            }
            agreement.add(traces)
        }
        #expect(agreement.recordings == 3 && agreement.frames == 120)
        #expect(abs(agreement.alpha! - reference.agreement.alpha) < 1e-12)
        for a in 0..<3 {
            for b in a + 1..<3 {
                let expected = try #require(reference.agreement.pairs["\(a) \(b)"])
                #expect(abs(agreement.concordance(b, a)! - expected) < 1e-12)
            }
        }
        let pairs = reference.agreement.pairs
        #expect(
            abs(agreement.meanConcordance(of: 1)! - (pairs["0 1"]! + pairs["1 2"]!) / 2) < 1e-12)
        #expect(
            abs(agreement.meanConcordance()! - pairs.values.reduce(0, +) / 3) < 1e-12)
    }

    @Test("A frame in which a rater paused counts among the others")
    func pauses() {
        let (a, b, c) = ([0.1, 0.5, 0.4, 0.9], [0.2, 0.4, 0.5, 0.7], [0.0, 0.6, .nan, .nan])
        var paused = RaterAgreement(raters: ["a", "b", "c"])
        paused.add([0: a, 1: b, 2: c])
        var first = RaterAgreement(raters: ["a", "b", "c"])
        first.add([0: Array(a[..<2]), 1: Array(b[..<2]), 2: Array(c[..<2])])
        first.add([0: Array(a[2...]), 1: Array(b[2...])])
        #expect(abs(paused.alpha! - first.alpha!) < 1e-12)
        for (one, other) in [(0, 1), (0, 2), (1, 2)] {
            let difference = paused.concordance(one, other)! - first.concordance(one, other)!
            #expect(abs(difference) < 1e-12)
        }
        var silent = RaterAgreement(raters: ["a", "b"])
        silent.add([0: a, 1: a.map { _ in .nan }])
        #expect(silent.concordance(0, 1) == nil && silent.alpha == nil)
    }

    @Test("Equal raters agree fully; constant or single ones have no agreement, not 0")
    func corners() {
        var equal = RaterAgreement(raters: ["a", "b"])
        equal.add([0: [1, 2, 3], 1: [1, 2, 3]])
        #expect(equal.alpha == 1 && equal.meanConcordance() == 1)
        var flat = RaterAgreement(raters: ["a", "b"])
        flat.add([0: [1, 1], 1: [1, 1]])
        #expect(flat.alpha == nil && flat.meanConcordance() == nil)
        var single = RaterAgreement(raters: ["a", "b"])
        single.add([1: [1, 2]])
        #expect(single.alpha == nil && single.concordance(0, 1) == nil && single.frames == 2)
        #expect(RaterAgreement(raters: []).meanConcordance() == nil)
    }
}
