import Kernels
import Networks
import Testing

@Suite struct BatchTests {
    @Test("Every frame of every sequence has one row, in the order of time")
    func rows() {
        var random = RandomStream(state: (1, 1, 2, 3))
        for _ in 0..<200 {
            let lengths = (0..<1 + random.below(8)).map { _ in 1 + random.below(20) }.sorted(by: >)
            let batch = SequenceBatch(lengths: lengths)
            #expect(batch.rows == lengths.reduce(0, +) && batch.frames == lengths[0])
            var seen: [Int] = []
            for t in 0..<batch.frames {
                for n in 0..<batch.activeCounts[t] {
                    #expect(lengths[n] > t)
                    seen.append(batch.row(sequence: n, frame: t))
                }
                if batch.activeCounts[t] < lengths.count {
                    #expect(lengths[batch.activeCounts[t]] <= t)
                }
            }
            #expect(seen == Array(0..<batch.rows))
        }
    }

    @Test("A batch without sequences has no rows")
    func empty() {
        let batch = SequenceBatch(lengths: [])
        #expect(batch.rows == 0 && batch.frames == 0 && batch.sequences == 0)
    }
}
