import Kernels
import Testing

@testable import Preparing

/// Rows brought to the frames of gold traces.
@Suite struct AlignmentTests {
    /// A table of one column with these times and values.
    private func rows(_ times: [Double], _ values: [Float], measured: [Bool]? = nil) -> Table {
        var table = Table(columns: ["x"])
        table.times = times
        table.values = values
        table.isMeasured = measured
        table.instances = [Table.Instance(name: nil, rows: 0..<times.count)]
        return table
    }

    private func align(
        _ table: Table, frames: Int?, _ change: (inout Alignment) -> Void = { _ in }
    ) throws -> Alignment.Result {
        var alignment = Alignment(hopSeconds: 0.1)
        change(&alignment)
        return try alignment.align(table, table.instances[0], frames: frames)
    }

    @Test("A row belongs to frame round(t / hop), halves upwards, however 0.1 is rounded")
    func rounding() throws {
        let alignment = Alignment(hopSeconds: 0.1)
        for frame in 0..<20_000 { #expect(alignment.frame(at: Double(frame) * 0.1) == frame) }
        let cases = [(0.049, 0), (0.05, 1), (0.149, 1), (0.15, 2), (-0.04, 0), (-0.06, -1)]
        for (time, frame) in cases {
            #expect(alignment.frame(at: time) == frame, "\(time)")
        }
    }

    @Test("Rows of one frame become their mean, frames without a row are gaps and not zeros")
    func means() throws {
        let made = try align(rows([0, 0.01, 0.1, 0.4], [1, 3, 5, 0]), frames: 6) {
            $0.slackSeconds = 1
        }
        #expect(made.matrix.array == [2, 5, 0, 0, 0, 0])
        #expect(made.mask == [1, 1, 0, 0, 1, 0])
        #expect(made.gaps == 3 && made.cropped == 0)
    }

    @Test("Without gaps there is no mask, and rows beyond the gold traces are cropped and counted")
    func cropped() throws {
        let made = try align(rows([0, 0.1, 0.2, 0.3], [1, 2, 3, 4]), frames: 2)
        #expect(made.mask == nil && made.cropped == 2)
        #expect(made.matrix.array == [1, 2])
    }

    @Test("A row that was not measured, or lacks a number, does not count")
    func unmeasured() throws {
        let made = try align(
            rows([0, 0.02, 0.1, 0.2], [1, 3, .nan, 7], measured: [true, false, true, true]),
            frames: 3)
        #expect(made.matrix.array == [1, 0, 7] && made.mask == [1, 0, 1])
        #expect(throws: PreparingError.self) {
            try align(rows([0, 0.1], [.nan, .nan]), frames: 2)
        }
    }

    @Test("Lengths that differ by more than the slack are refused, with both in the message")
    func slack() throws {
        let table = rows((0..<100).map { Double($0) * 0.1 }, [Float](repeating: 1, count: 100))
        #expect(try align(table, frames: 149).gaps == 49)
        do {
            _ = try align(table, frames: 151)
            Issue.record("151 frames are 5.1 s more")
        } catch let error as PreparingError {
            #expect("\(error)".contains("10.0 s") && "\(error)".contains("15.1 s"), "\(error)")
        }
        #expect(throws: PreparingError.self) { try align(table, frames: 49) }
    }

    @Test("The nearest row, at most half a row away: slower features are held, gaps stay gaps")
    func nearest() throws {
        let slow = rows([0, 0.25, 0.5, 1.25, 1.5, 1.75], [1, 2, 3, 4, 5, 6])
        let made = try align(slow, frames: 18) { $0.reduction = .nearest }
        #expect(
            made.matrix.array == [
                1, 1, 2, 2, 3, 3, 3, 0, 0, 0, 0, 0, 4, 4, 5, 5, 5, 6,
            ])
        #expect(made.mask == [1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
    }

    @Test("A shift moves window starts to centres")
    func shift() throws {
        let made = try align(rows([0, 0.1], [1, 2]), frames: 4) { $0.shiftSeconds = 0.2 }
        #expect(made.mask == [0, 0, 1, 1] && made.matrix.array == [0, 0, 1, 2])
    }

    @Test("Times beyond all frames are cropped or passed over, and no reduction minds them")
    func extremes() throws {
        for reduction in [Alignment.Reduction.mean, .nearest, .functionals] {
            for times in [[-1e30, 0], [0, 1e30], [-.infinity, 0]] as [[Double]] {
                let made = try align(rows(times, [1, 2]), frames: 1) {
                    $0.slackSeconds = .infinity
                    $0.reduction = reduction
                }
                #expect(made.matrix[0, 0] == (times[1] == 0 ? 2 : 1), "\(reduction) \(times)")
            }
        }
        #expect(Alignment(hopSeconds: 1e-300).frame(at: 1e9) > 0)
    }

    @Test("Without times each row is a frame")
    func noTimes() throws {
        var table = rows([0, 0, 0], [1, 2, 3])
        table.times = nil
        let made = try align(table, frames: 3)
        #expect(made.matrix.array == [1, 2, 3], "\(made.matrix.array)")
    }

    @Test("Gold traces: label 0 counts, a missing one is a gap; targets apart become columns")
    func gold() throws {
        let arousal = rows([0, 0.25, 0.5], [0, .nan, 1])
        let valence = rows([0, 0.25, 0.5], [3, 4, 5])
        let made = try GoldTable.traces(
            [arousal, valence], hopSeconds: try GoldTable.hopSeconds(of: arousal),
            targets: ["arousal", "valence"])
        #expect(made.targets == ["arousal", "valence"])
        #expect(made.result.mask == [1, 0, 1])
        #expect(made.result.matrix[0, 0] == 0 && made.result.matrix[2, 1] == 5)
        #expect(throws: PreparingError.self) {
            try GoldTable.traces([arousal], hopSeconds: 0.1, targets: nil)
        }
        #expect(throws: PreparingError.self) {
            try GoldTable.traces([arousal], hopSeconds: 0.25, targets: ["a", "b"])
        }
    }
}
