import Kernels
import Networks
import Planning
import Testing

@testable import Training

@Suite("Chunks")
struct ChunkTests {
    private let noLag = Lag(seconds: 0, hopSeconds: 0.1, edges: .hold)

    /// Recordings without features of these lengths.
    private func blank(_ counts: [Int]) -> [RecordingData] {
        counts.map { count in
            RecordingData(
                goldDigest: key().digest, features: [],
                gold: Matrix(rows: count, columns: 1, values: .init(repeating: 0, count: count)),
                targetColumns: [0])
        }
    }

    @Test("The last chunk ends with its recording, short recordings are whole")
    func cut() {
        let chunks = Chunk.cut(blank([7, 4, 3, 8]), length: 4, hop: 2, lag: noLag)
        #expect(chunks.map(\.recording) == [0, 0, 0, 1, 2, 3, 3, 3])
        #expect(chunks.map(\.start) == [0, 2, 3, 0, 0, 0, 2, 4])
        #expect(chunks.map(\.frames) == [4, 4, 4, 4, 3, 4, 4, 4])
    }

    @Test("Without a length every recording is one chunk")
    func whole() {
        let chunks = Chunk.cut(blank([7, 300]), length: nil, hop: 1, lag: noLag)
        #expect(
            chunks == [
                Chunk(recording: 0, start: 0, frames: 7),
                Chunk(recording: 1, start: 0, frames: 300),
            ])
    }

    @Test("No frame is lost and no chunk leaves its recording, whatever the sizes")
    func coverage() {
        for seed in 0..<200 {
            var random = RandomStream(state: (UInt64(seed), 1, 2, 3))
            let counts = (0..<4).map { _ in 1 + random.below(90) }
            let length = 1 + random.below(40)
            let hop = 1 + random.below(length)
            let chunks = Chunk.cut(blank(counts), length: length, hop: hop, lag: noLag)
            var seen = counts.map { [Bool](repeating: false, count: $0) }
            for chunk in chunks {
                #expect(chunk.frames == min(length, counts[chunk.recording]))
                for t in chunk.start..<(chunk.start + chunk.frames) {
                    seen[chunk.recording][t] = true
                }
            }
            #expect(seen.allSatisfy { $0.allSatisfy { $0 } }, "seed \(seed)")
            #expect(Set(chunks).count == chunks.count, "seed \(seed): a chunk twice")
        }
    }

    @Test("Chunks in which the lag leaves nothing to learn are left out, with zeros they stay")
    func lagged() {
        let hold = Lag(seconds: 0.5, hopSeconds: 0.1, edges: .hold)
        let zero = Lag(seconds: 0.5, hopSeconds: 0.1, edges: .zero)
        #expect(
            Chunk.cut(blank([12, 5]), length: 3, hop: 3, lag: hold).map(\.start) == [0, 3, 6])
        #expect(
            Chunk.cut(blank([12, 5]), length: 3, hop: 3, lag: zero).map(\.start) == [
                0, 3, 6, 9, 0, 2,
            ])
    }

    @Test("Chunks of frames that nobody annotated are left out")
    func unannotated() {
        var recordings = blank([9])
        recordings[0].goldMask = [0, 0, 0, 0, 1, 0, 0, 0, 0]
        func starts(_ lag: Lag) -> [Int] {
            Chunk.cut(recordings, length: 3, hop: 3, lag: lag).map(\.start)
        }
        #expect(starts(noLag) == [3])
        #expect(starts(Lag(seconds: 0.2, hopSeconds: 0.1, edges: .hold)) == [0])
        #expect(starts(Lag(seconds: 0.2, hopSeconds: 0.1, edges: .zero)) == [0, 6])
    }

    @Test("The longest come first and equals keep their order")
    func longestFirst() {
        let chunks = [3, 5, 3, 9, 5].enumerated().map {
            Chunk(recording: $0, start: 0, frames: $1)
        }
        #expect(chunks.longestFirst().map(\.recording) == [3, 1, 4, 0, 2])
    }

    @Test("Predictions take every recording once, whole, in bounded groups")
    func predictionPlan() {
        for seed in 0..<50 {
            var random = RandomStream(state: (UInt64(seed), 9, 2, 3))
            let counts = (0..<(1 + random.below(30))).map { _ in 1 + random.below(60) }
            let width = 1 + random.below(200_000)
            let plan = PredictionPlan(blank(counts), width: width)
            let all = plan.groups.flatMap { $0 }
            #expect(all.map(\.recording).sorted() == Array(counts.indices))
            #expect(all.allSatisfy { $0.start == 0 && $0.frames == counts[$0.recording] })
            for (group, batch) in zip(plan.groups, plan.batches) {
                #expect(batch.lengths == group.map(\.frames))
                #expect(group.count <= PredictionPlan.recordingsMax)
                #expect(
                    group.count == 1 || batch.rows * width <= PredictionPlan.valuesMax,
                    "seed \(seed)")
            }
        }
    }
}
