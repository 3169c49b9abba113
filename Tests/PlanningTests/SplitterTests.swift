import Corpora
import Testing

@testable import Planning

@Suite("The splitter's toy corpus") struct SplitterTests {
    /// The six recordings of the splitter's documentation.
    private func splits(_ division: Scheme.Division) throws -> [String] {
        let recordings = ["D1", "D1", "D2", "D3", "H1", "H2"].enumerated().map { index, dyad in
            PlannedRecording(
                corpus: 0,
                recording: recording(
                    "\(index)", dyad.hasPrefix("D") ? "DE" : "HU", ["dyad": dyad]))
        }
        let scheme = Scheme(division)
        let splitter = Splitter(
            recordings: recordings,
            table: ColumnTable(recordings, columns: scheme.separated(declared: [])))
        return try splitter.holdouts(of: scheme).flatMap(\.folds).map { fold in
            [fold.train, fold.test].map { side in
                side.map { recordings[$0].recording.dyad ?? "" }.joined(separator: " ")
            }.joined(separator: " → ")
        }
    }

    @Test("It is divided as the documentation prints")
    func toy() throws {
        #expect(
            try splits(.withinCulture(folds: 2))
                == ["D2 D3 → D1 D1", "D1 D1 → D2 D3", "H1 → H2", "H2 → H1"])
        let pairs = ["D1 D1 D2 D3 → H1 H2", "H1 H2 → D1 D1 D2 D3"]
        #expect(try splits(.crossCulture(folds: nil)) == pairs)
        #expect(try Set(splits(.leaveOneCultureOut(folds: nil))) == Set(pairs))
        let folds = ["D2 H1 H2 → D1 D1 D3", "D1 D1 D3 → D2 H1 H2"]
        #expect(try splits(.pooled(folds: 2)) == folds)
        #expect(try splits(.kFold(folds: 2, repeats: 1, train: .all)) == folds)
        #expect(
            try splits(.leaveOneOut(.recording, partner: .exclude, train: .culture)).prefix(3)
                == ["D2 D3 → D1", "D2 D3 → D1", "D1 D1 D3 → D2"])
        #expect(
            try splits(.leaveOneOut(.dyad, partner: .exclude, train: .culture)).prefix(3)
                == ["D2 D3 → D1 D1", "D1 D1 D3 → D2", "D1 D1 D2 → D3"])
    }
}
