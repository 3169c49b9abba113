import Foundation
import Kernels
import Scoring
import Testing

/// The table of concordances in exact arithmetic, one folder beside the repository.
private let table = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("shared/golden/ccc.csv")

private func close(_ a: Double?, _ b: Double?, within tolerance: Double = 1e-12) -> Bool {
    switch (a, b) {
    case (nil, nil): true
    case (let a?, let b?): abs(a - b) <= tolerance
    default: false
    }
}

@Suite struct ScoreTests {
    @Test(
        "The population CCC agrees with exact rational arithmetic",
        .enabled(
            if: FileManager.default.fileExists(atPath: table.path), "no ../shared/golden/ccc.csv"))
    func golden() throws {
        let text = try String(contentsOf: table, encoding: .utf8)
        let lines = text.split(whereSeparator: \.isNewline).dropFirst()
        #expect(lines.count > 20)
        for line in lines {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            let x = fields[2].split(separator: ";").map { Double($0)! }
            let y = fields[3].split(separator: ";").map { Double($0)! }
            let found = Score(Moments(gold: x, predicted: y), .population).ccc
            let expected = fields[4] == "nan" ? nil : Double(fields[4])!
            #expect(close(found, expected, within: 5e-13), "\(fields[0]): \(found as Any)")
        }
    }

    @Test("Each convention has the divisors of its name")
    func conventions() {
        // Means 2 and 3, Σdx² = 2, Σdy² = 8, Σdxdy = 4.
        let moments = Moments(gold: [1, 2, 3], predicted: [1, 3, 5] as [Double])
        #expect(moments.products == 4)
        // 2·4/3 / (2/3 + 8/3 + 1), 2·4/2 / (2/2 + 8/2 + 1), 2·4/3 / (2/2 + 8/2 + 1).
        #expect(close(Score(moments, .population).ccc, 8.0 / 13))
        #expect(close(Score(moments, .sample).ccc, 4.0 / 6))
        #expect(close(Score(moments, .avec).ccc, (8.0 / 3) / 6))
    }

    @Test("The other figures are those of the textbook, in every convention")
    func figures() {
        let moments = Moments(gold: [1, 2, 3, 6], predicted: [2, 2, 5, 9] as [Double])
        for convention in Convention.allCases {
            let score = Score(moments, convention)
            // Means 3 and 4.5; Σdx² = 14, Σdy² = 33, Σdxdy = 21; squared errors 1, 0, 4, 9.
            #expect(close(score.pearson, 21 / (14.0 * 33).squareRoot()))
            #expect(close(score.rmse, (14.0 / 4).squareRoot()))
            #expect(score.bias == 1.5)
            #expect(close(score.scale, (33.0 / 14).squareRoot()))
            #expect(score.frames == 4)
            #expect(score.convention == convention)
        }
    }

    @Test("Two equal constants have no CCC; one constant has the CCC 0 and no correlation")
    func constants() {
        let tenths = [Double](repeating: 0.1, count: 10)
        let equal = Score(Moments(gold: tenths, predicted: tenths), .population)
        #expect(equal.ccc == nil && equal.pearson == nil && equal.scale == nil)
        #expect(equal.rmse == 0 && equal.bias == 0)
        let rising = (0..<10).map { Double($0) }
        let flat = Score(Moments(gold: rising, predicted: tenths), .avec)
        #expect(flat.ccc == 0 && flat.pearson == nil && flat.scale == 0)
        let flatGold = Score(Moments(gold: tenths, predicted: rising), .sample)
        #expect(flatGold.ccc == 0 && flatGold.pearson == nil && flatGold.scale == nil)
        let apart = Score(Moments(gold: [1, 1], predicted: [2, 2]), .population)
        #expect(apart.ccc == 0 && apart.bias == 1 && apart.rmse == 1)
    }

    @Test("The correlation of tiny and of huge traces is found")
    func extremes() {
        for size in [1e-120, 1e120] {
            let moments = Moments(
                gold: [1, 2, 3].map { $0 * size }, predicted: [1, 2, 4].map { $0 * size })
            #expect(close(Score(moments, .population).pearson, 3 / (2 * 14.0 / 3).squareRoot()))
        }
    }

    @Test("A divisor of n - 1 leaves a single frame undefined")
    func singleFrame() {
        let moments = Moments(gold: [1], predicted: [2])
        #expect(Score(moments, .population).ccc == 0)
        #expect(Score(moments, .sample).ccc == nil)
        #expect(Score(moments, .avec).ccc == nil)
    }

    @Test(
        "What is not finite leaves every figure undefined",
        arguments: [Double.nan, .infinity, -.infinity])
    func notFinite(_ value: Double) {
        for place in 0..<4 {
            for predicted in [false, true] {
                var trace: [Double] = [0.5, 1, 2, 1]
                trace[place] = value
                let fine: [Double] = [1, 2, 3, 1]
                var moments = Moments(
                    gold: predicted ? fine : trace, predicted: predicted ? trace : fine)
                expectUndefined(moments)
                moments.merge(Moments(gold: fine, predicted: fine))
                expectUndefined(moments)
            }
        }
        expectUndefined(Moments())
    }

    private func expectUndefined(_ moments: Moments) {
        for convention in Convention.allCases {
            let score = Score(moments, convention)
            let figures = [score.ccc, score.pearson, score.rmse, score.bias, score.scale]
            #expect(figures.allSatisfy { $0 == nil }, "\(figures)")
        }
    }

    @Test("The CCC is symmetric, at most |r|, and the same for a shift of both traces")
    func properties() {
        var random = RandomStream(state: (1, 2, 3, 4))
        for length in [2, 3, 7, 8, 9, 31, 257] {
            for _ in 0..<50 {
                let x = (0..<length).map { _ in random.uniform() }
                let y = x.map { 0.5 * $0 + random.uniform() - 0.1 }
                for convention in Convention.allCases {
                    let score = Score(Moments(gold: x, predicted: y), convention)
                    let swapped = Score(Moments(gold: y, predicted: x), convention)
                    let shifted = Score(
                        Moments(gold: x.map { $0 + 4 }, predicted: y.map { $0 + 4 }), convention)
                    #expect(close(score.ccc, swapped.ccc))
                    #expect(close(score.ccc, shifted.ccc, within: 1e-11))
                    #expect(abs(score.ccc!) <= abs(score.pearson!) + 1e-12)
                }
            }
        }
    }
}
