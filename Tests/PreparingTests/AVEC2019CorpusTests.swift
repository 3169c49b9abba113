import Corpora
import Foundation
import Kernels
import Preparing
import Testing

/// The challenge's shape: the shipped outline, and the corpus made up after it.
@Suite struct AVEC2019CorpusTests {
    @Test("The shipped manifest is the outline of the 96 recordings and the paper's feature sets")
    func shippedOutline() throws {
        let root = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(
            contentsOf: root.appending(path: "data-manifests/avec2019.yaml"), encoding: .utf8)
        let corpus = try Manifest.parse(text, file: "avec2019.yaml", outlines: true)
        #expect(corpus == AVEC2019.outline)
        #expect(text.hasSuffix(try Manifest.render(corpus)))
        func width(_ modality: String, isDeep: Bool) -> Int {
            AVEC2019.features.filter { $0.modality == modality && $0.isDeep == isDeep }
                .reduce(0) { $0 + $1.width }
        }
        #expect(width("audio", isDeep: false) == 386 && width("video", isDeep: false) == 153)
        #expect(width("audio", isDeep: true) == 11_136 && width("video", isDeep: true) == 6144)
    }

    @Test("An outline names no trial, and says what to do")
    func outlineIsRefused() throws {
        let text = try Manifest.render(AVEC2019.outline)
        let error = try #require(throws: CorpusError.self) {
            _ = try Manifest.parse(text, file: "avec2019.yaml")
        }
        #expect(error.description.contains("concord data check avec2019.yaml --data-root FOLDER"))
    }

    @Test("Lengths are those of the challenge: partners' equal, 1768 frames at most")
    func lengths() throws {
        let corpus = try AVEC2019Synthesizer(features: [], seed: 1, cultureShift: 0.5).corpus
        #expect(corpus.recordings.map(\.frames).max() == AVEC2019.framesMax)
        for (_, dyad) in Dictionary(grouping: corpus.recordings, by: { $0.dyad! }) {
            #expect(dyad.count == 2 && dyad[0].frames == dyad[1].frames)
        }
        func frames(_ culture: String, _ partition: String) -> Int {
            corpus.recordings.filter { $0.culture == culture && $0.partition == partition }
                .reduce(0) { $0 + $1.frames }
        }
        #expect(frames("DE", "devel") == 2 * 11_364 && frames("HU", "devel") == 2 * 8653)
        #expect(frames("DE", "train") == 2 * (2 * 11_364 + 1742 + 1648 + 975))
    }

    @Test("A recording is the same whichever others and feature sets are made beside it")
    func independence() throws {
        let few = try AVEC2019Synthesizer(
            features: ["visual_features"], seed: 1, cultureShift: 0.5)
        let more = try AVEC2019Synthesizer(
            features: ["visual_features_xbow", "visual_features"], seed: 1, cultureShift: 0.5)
        let recording = try #require(few.corpus.recordings.first { $0.id == "Devel_DE_08" })
        func digests(_ synthesizer: AVEC2019Synthesizer) -> [String: Digest] {
            var digests: [String: Digest] = [:]
            synthesizer.matrices(of: recording) { name, matrix in
                #expect(matrix.rows == 975)
                digests[name] = Digest(of: matrix)
            }
            return digests
        }
        let (first, second) = (digests(few), digests(more))
        #expect(Set(first.keys) == ["targets", "visual_features"])
        for (name, digest) in first { #expect(second[name] == digest) }
    }

    @Test("Partners correlate and strangers do not, and an unknown feature set is named")
    func correlations() throws {
        let synthesizer = try AVEC2019Synthesizer(features: [], seed: 1, cultureShift: 0.5)
        var traces: [String: [[Double]]] = [:]
        for recording in synthesizer.corpus.recordings where recording.partition == "devel" {
            synthesizer.matrices(of: recording) { _, gold in
                let trace = (0..<gold.rows).map { Double(gold[$0, 0]) }
                traces[recording.dyad!, default: []].append(trace)
            }
        }
        let dyads = traces.sorted { $0.key < $1.key }.map(\.value)
        let together = dyads.map { correlation($0[0], $0[1]) }
        #expect(together.reduce(0, +) / 14 > 0.15)
        let apart = dyads.indices.flatMap { place in
            dyads[..<place].map { correlation($0[0], dyads[place][0]) }
        }
        #expect(apart.count == 91)
        #expect(abs(apart.reduce(0, +) / 91) < 0.1)
        #expect(throws: PreparingError.self) {
            try AVEC2019Synthesizer(features: ["visual"], seed: 1, cultureShift: 0.5)
        }
    }

    private func correlation(_ x: [Double], _ y: [Double]) -> Double {
        let count = min(x.count, y.count)
        let moments = Moments(gold: x.prefix(count), predicted: y.prefix(count))
        return moments.products / (moments.goldSquares * moments.predictedSquares).squareRoot()
    }
}
