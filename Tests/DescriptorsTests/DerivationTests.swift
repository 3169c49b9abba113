import Kernels
import Testing

@testable import Descriptors

/// What a fold learns of its training side and makes of recordings, against NumPy's values
/// (References/fold.py).
@Suite("Derivations") struct DerivationTests {
    /// The rows (n, 3) of the references.
    private func matrix(_ frames: Int, seed: Int) -> Matrix {
        var state = seed
        let values = (0..<frames * 3).map { _ -> Float in
            state = (state * 1_103_515_245 + 12345) % (1 << 31)
            return Float((state >> 8) % 4096) / 1024 - 2
        }
        return Matrix(rows: frames, columns: 3, values: values)
    }

    private func mask(_ frames: Int, step: Int) -> [UInt8] {
        (0..<frames).map { $0 % step == 3 ? 0 : 1 }
    }

    private var train: (matrices: [Matrix], masks: [[UInt8]?]) {
        (
            [matrix(120, seed: 1), matrix(95, seed: 2), matrix(140, seed: 3)],
            [nil, mask(95, step: 7), nil]
        )
    }

    private func learnt(
        _ change: (inout CodebookLearner) -> Void = { _ in }
    ) throws -> Deriver {
        var learner = CodebookLearner()
        learner.words = 6
        change(&learner)
        return try Derivation(kind: .words(learner), windowSeconds: 1.5)
            .learnt(from: train.matrices, masks: train.masks, hopSeconds: 0.1)
    }

    private func expect(
        _ deriver: Deriver, _ expected: [Float], tolerance: Float = 2e-6,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let made = deriver.frames(of: matrix(60, seed: 9), mask: mask(60, step: 5))
        #expect(made.matrix.rows == 60 && made.matrix.columns == 6 && made.mask == nil)
        for (place, frame) in FoldReferences.picked.enumerated() {
            for column in 0..<6 {
                let value = expected[place * 6 + column]
                #expect(
                    (made.matrix[frame, column] - value).magnitude <= tolerance,
                    "frame \(frame), column \(column)", sourceLocation: sourceLocation)
            }
        }
    }

    @Test("Words are learnt of the training side's measured frames, as NumPy does")
    func words() throws {
        guard case .words(let bag) = try learnt().making else {
            Issue.record("no bag")
            return
        }
        for (found, value) in zip(bag.codebook.words.flatMap(\.self), FoldReferences.words) {
            #expect((found - value).magnitude < 2e-6)
        }
    }

    @Test("Bags of another recording equal NumPy's: hard, soft, and of raw features")
    func bags() throws {
        expect(try learnt(), FoldReferences.hard)
        expect(
            try learnt { ($0.assignments, $0.gaussianWidth) = (2, 1.25) }, FoldReferences.soft,
            tolerance: 1e-5)
        expect(try learnt { $0.isStandardised = false }, FoldReferences.raw)
    }

    @Test("Functionals equal NumPy's and learn nothing")
    func functionals() throws {
        let derivation = Derivation(kind: .functionals, windowSeconds: 1.5)
        expect(
            try derivation.learnt(from: [], masks: [], hopSeconds: 0.1),
            FoldReferences.functionals)
        #expect(derivation.width(of: 3) == 6 && derivation.learningBytes(frames: 9, width: 3) == 0)
    }

    @Test("A window without a measured frame is a gap")
    func gaps() throws {
        let frames = matrix(60, seed: 9)
        let mask = (0..<60).map { UInt8($0 < 30 ? 1 : 0) }
        let functionals = try Derivation(kind: .functionals, windowSeconds: 1)
            .learnt(from: [], masks: [], hopSeconds: 0.1)
        for deriver in [try learnt(), functionals] {
            let made = deriver.frames(of: frames, mask: mask)
            let reach = deriver == functionals ? 5 : 7
            #expect(made.mask == (0..<60).map { UInt8($0 < 30 + reach ? 1 : 0) })
            #expect((30 + reach..<60).allSatisfy { made.matrix[$0, 0] == 0 })
        }
    }

    @Test("More frames than the bound are thinned, and words are still theirs")
    func bounded() throws {
        var rows = SampledRows(valuesMax: 300)
        let frames = matrix(400, seed: 4)
        rows.add(TimedRows(frames, mask: nil, hopSeconds: 0.1))
        #expect(rows.values.count <= 300)
        #expect(rows.values == stride(from: 0, to: 400, by: 4).flatMap { row in
            (0..<3).map { frames[row, $0] }
        })
    }

    @Test("Fewer frames than words are a sentence, and long learning tells that it goes on")
    func tooFew() throws {
        var learner = CodebookLearner()
        learner.words = 500
        #expect(throws: TooFewRows(words: 500, rows: 355 - 14)) {
            try Derivation(kind: .words(learner))
                .learnt(from: train.matrices, masks: train.masks, hopSeconds: 0.1)
        }
        learner.words = 50
        var calls = 0
        _ = try Derivation(kind: .words(learner)).learnt(
            from: train.matrices, masks: train.masks, hopSeconds: 0.1
        ) { calls += 1 }
        #expect(calls == 49)
    }
}
