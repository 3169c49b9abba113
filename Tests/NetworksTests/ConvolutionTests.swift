import Kernels
import Testing

@testable import Networks

@Suite struct ConvolutionTests {
    @Test("Runs pair each frame with the one so many frames away, where both exist, and once")
    func runs() {
        for lengths in [[9, 9, 6, 2, 1], [4, 4, 4], [1], [12, 3]] {
            let batch = SequenceBatch(lengths: lengths)
            for shift in [-13, -4, -1, 0, 1, 3, 8, 20] {
                for steps in [0..<batch.frames, batch.frames / 2..<batch.frames] {
                    let runs = ShiftedRows.runs(batch, steps, shift: shift)
                    let found = runs.flatMap { run in
                        (0..<run.count).map { [run.row + $0, run.partner + $0] }
                    }
                    let expected = steps.flatMap { t in
                        lengths.indices.filter {
                            t < lengths[$0] && (0..<lengths[$0]).contains(t + shift)
                        }.map {
                            [
                                batch.row(sequence: $0, frame: t),
                                batch.row(sequence: $0, frame: t + shift),
                            ]
                        }
                    }
                    #expect(found == expected, "\(lengths), \(shift), \(steps)")
                }
            }
        }
        let equal = SequenceBatch(lengths: [100, 100, 100])
        #expect(ShiftedRows.runs(equal, 0..<100, shift: 7).count == 1)
    }

    @Test("A frame depends on those that the taps reach, and on no other")
    func reach() throws {
        let recipe = NetworkRecipe.tcn(channels: 4, taps: 3, dilations: [1, 4])
        let bench = try Bench(recipe, widths: [2], lengths: [30], training: false)
        bench.forward(training: false)
        let before = bench.predictions.bits
        bench.inputs.base[15 * 2] += 1
        bench.forward(training: false)
        let moved = (0..<30).filter { t in
            (0..<3).contains { bench.predictions.bits[t * 3 + $0] != before[t * 3 + $0] }
        }
        #expect(moved.allSatisfy { [-5, -4, -3, -1, 0, 1, 3, 4, 5].contains($0 - 15) })
        #expect(moved.contains(15) && moved.count >= 6)
    }
}
