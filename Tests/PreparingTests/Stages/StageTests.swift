import Kernels
import Testing

@testable import Descriptors
@testable import Preparing

/// Functionals, codebooks and bags of words against NumPy's values (References/stages.py).
@Suite struct StageTests {
    /// The rows (n, d) of the references.
    static func rows(_ n: Int, _ d: Int, seed: Int = 7, rate: Double = 100) -> Table {
        var table = Table(columns: (0..<d).map { "x\($0)" })
        var state = seed
        for _ in 0..<n * d {
            state = (state * 1_103_515_245 + 12345) % (1 << 31)
            table.values.append(Float((state >> 8) % 4096) / 1024 - 2)
        }
        table.times = (0..<n).map { Double($0) / rate }
        table.instances = [Table.Instance(name: nil, rows: 0..<n)]
        return table
    }

    private func align(
        _ table: Table, frames: Int, _ change: (inout Alignment) -> Void
    ) throws -> Alignment.Result {
        var alignment = Alignment(hopSeconds: 0.1)
        change(&alignment)
        return try alignment.align(table, table.instances[0], frames: frames)
    }

    private func expectClose(
        _ found: Matrix, _ expected: [Float], frames: [Int], tolerance: Float = 2e-6,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for (place, frame) in frames.enumerated() {
            for column in 0..<found.columns {
                let value = expected[place * found.columns + column]
                #expect(
                    (found[frame, column] - value).magnitude <= tolerance * max(1, value.magnitude),
                    "frame \(frame), column \(column)", sourceLocation: sourceLocation)
            }
        }
    }

    @Test("Functionals equal NumPy's by AVEC's rules, at the edges and at 50 Hz too")
    func functionals() throws {
        let made = try align(Self.rows(900, 3), frames: 95) { $0.reduction = .functionals }
        #expect(made.gaps == 95 - StageReferences.frames)
        #expect(made.mask?.prefix(StageReferences.frames).contains(0) == false)
        expectClose(made.matrix, StageReferences.functionals, frames: StageReferences.picked)
        let slow = try align(Self.rows(460, 3, rate: 50), frames: 92) {
            $0.reduction = .functionals
        }
        expectClose(slow.matrix, StageReferences.slowFunctionals, frames: [0, 45, 91])
    }

    @Test("Functionals have names, and leave out rows that were not measured")
    func functionalGaps() throws {
        var alignment = Alignment(hopSeconds: 0.1)
        alignment.reduction = .functionals
        #expect(alignment.columns(of: ["a", "b"]) == ["a_mean", "b_mean", "a_sd", "b_sd"])
        var table = Self.rows(900, 1)
        table.isMeasured = (0..<900).map { $0 % 2 == 0 }
        let half = try alignment.align(table, table.instances[0], frames: 90)
        var even = Self.rows(900, 1)
        even.values = (0..<450).map { even.values[2 * $0] }
        even.times = (0..<450).map { Double($0) / 50 }
        even.instances[0].rows = 0..<450
        let all = try alignment.align(even, even.instances[0], frames: 90)
        #expect(half.matrix.array == all.matrix.array)
    }

    @Test("Java's generator gives the numbers that its documentation's algorithm gives")
    func javaRandom() {
        var random = JavaRandom(seed: 42)
        #expect([random.below(10), random.below(10), random.below(10)] == [0, 3, 8])
        var even = JavaRandom(seed: 42)
        #expect(even.below(16) == 11)
        var uniform = JavaRandom(seed: 42)
        #expect(uniform.uniform() == 0.7275636800328681)
    }

    @Test("k-means++ draws the rows that openXBOW draws, and k-means ends where NumPy's does")
    func seeding() throws {
        let table = Self.rows(900, 3)
        func row(_ number: Int) -> [Float] { Array(table.values[number * 3..<number * 3 + 3]) }
        var learner = CodebookLearner()
        learner.words = 8
        learner.isStandardised = false
        let seeds = try learner.codebook(of: table.values, width: 3)
        #expect(seeds.words == StageReferences.chosen.map(row))
        learner.isIterated = true
        let words = try learner.codebook(of: table.values, width: 3).words.flatMap(\.self)
        for (word, expected) in zip(words, StageReferences.words) {
            #expect((word - expected).magnitude < 2e-6)
        }
        learner.isIterated = false
        learner.isStandardised = true
        let standardised = try learner.codebook(of: table.values, width: 3)
        let scale = try #require(standardised.scale)
        for (found, expected) in zip(scale.means + scale.deviations, StageReferences.means) {
            #expect((found - expected).magnitude < 1e-6)
        }
        let expected = StageReferences.standardised.map { number in
            (0..<3).map { (row(number)[$0] - scale.means[$0]) / scale.deviations[$0] }
        }
        #expect(standardised.words == expected)
    }

    @Test("Bags of words equal NumPy's: hard and soft, standardised, logarithmic")
    func bags() throws {
        let table = Self.rows(900, 3)
        var learner = CodebookLearner()
        learner.words = 8
        let codebook = try learner.codebook(of: table.values, width: 3)
        let frames = StageReferences.picked.map { min($0, 89) }
        let hard = try align(table, frames: 90) {
            $0.reduction = .words
            $0.codebook = codebook
        }
        expectClose(hard.matrix, StageReferences.hard, frames: frames)
        let soft = try align(table, frames: 90) {
            $0.reduction = .words
            $0.codebook = codebook
            $0.codebook?.assignments = 3
            $0.codebook?.gaussianWidth = 1.5
        }
        expectClose(soft.matrix, StageReferences.soft, frames: frames, tolerance: 1e-5)
    }

    @Test("Counts of a hard bag are the rows of its window, whatever the codebook")
    func counts() throws {
        for seed in 1..<40 {
            let table = Self.rows(300 + seed, 2, seed: seed)
            var learner = CodebookLearner()
            learner.words = 1 + seed
            learner.isStandardised = seed % 2 == 0
            var codebook = try learner.codebook(of: table.values, width: 2)
            codebook.isLogarithmic = false
            codebook.assignments = 1 + seed % 3
            let made = try align(table, frames: 35) {
                $0.reduction = .words
                $0.codebook = codebook
                $0.windowSeconds = 1
            }
            for frame in 0..<made.matrix.rows where made.mask?[frame] != 0 {
                let first = max(0, frame * 10 - 50)
                let last = min(table.rows - 1, frame * 10 + 50)
                let sum = (0..<made.matrix.columns).reduce(0) { $0 + made.matrix[frame, $1] }
                #expect(Int(sum) == (last - first + 1) * min(codebook.assignments, 1 + seed))
            }
        }
    }

    @Test("The nearest word is the first of those as near, as in a loop over all")
    func nearest() {
        var random = RandomStream(seed: 4)
        for size in [1, 7, 8, 9, 31, 100] {
            let words = (0..<size).map { _ in (0..<5).map { _ in Float(random.below(3)) } }
            let codebook = Codebook(words: words)
            let assigner = Codebook.Assigner(codebook)
            for _ in 0..<50 {
                let row = (0..<5).map { _ in Float(random.below(3)) }
                let distances = words.map { word in
                    zip(word, row).map { ($0 - $1) * ($0 - $1) }.reduce(0, +)
                }
                var found: [Int] = []
                assigner.assign(row) { word, _ in found.append(word) }
                #expect(found == [distances.firstIndex(of: distances.min()!)!])
            }
        }
    }

    @Test("A constant feature is 0 after standardising, and moves no row")
    func constant() throws {
        var learner = CodebookLearner()
        learner.words = 2
        let codebook = try learner.codebook(of: [1, 5, 2, 5, 3, 5, 4, 5], width: 2)
        #expect(codebook.words.allSatisfy { $0[1] == 0 && $0[0].isFinite })
    }

    @Test("More words than rows are refused")
    func tooFew() {
        #expect(throws: TooFewRows(words: 100, rows: 3)) {
            try CodebookLearner().codebook(of: [1, 2, 3], width: 1)
        }
    }

    @Test("Rows for a codebook are thinned evenly to a bound")
    func thinned() {
        var rows = SampledRows(valuesMax: 100)
        let table = Self.rows(1000, 1)
        rows.add(table, table.instances[0])
        #expect(rows.values == stride(from: 0, to: 1000, by: 16).map { table.values[$0] })
    }
}
