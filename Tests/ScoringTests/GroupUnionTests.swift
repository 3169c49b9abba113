import Corpora
import Planning
import Testing

@testable import Scoring

/// Groups of one test side, and of two put together.
@Suite struct GroupUnionTests {
    @Test("Components are numbered by their first items, and joined over any number of links")
    func joined() {
        #expect(components(joining: [["a"], ["b"], [], ["c", "b"], ["a", "d"], ["d"]]) == [
            0, 1, 2, 1, 0, 0,
        ])
        // Two groups that a later item makes one.
        #expect(components(joining: [["a"], ["b"], ["c"], ["c", "a"]]) == [0, 1, 0, 0])
        #expect(components(joining: [[String]]()).isEmpty)
    }

    private func groups(_ study: Study, _ culture: String) -> RecordingGroups {
        RecordingGroups(
            of: study.recordings.indices.filter {
                study.recordings[$0].recording.culture == culture
            }, cell: study.cells[0], plan: study.plan)
    }

    @Test("A group that meets several of the other side is drawn with all of them")
    func spanning() throws {
        var study = Study()
        study.group = "run"
        // In DE a person saw runs 1 and 2; in HU each run has people of its own.
        study.record("a", "DE", ["run": "1", "subject": "x"])
        study.record("b", "DE", ["run": "2", "subject": "x"])
        study.record("c", "DE", ["run": "4"])
        study.record("d", "HU", ["run": "3"])
        study.record("e", "HU", ["run": "1"])
        study.record("f", "HU", ["run": "2"])
        study.cell("within", train: ["DE"], test: ["DE"], folds: [(["c"], ["a", "b"])])
        let (german, hungarian) = (groups(study, "DE"), groups(study, "HU"))
        #expect(german.count == 2 && german.unit == "subject")
        #expect(hungarian.count == 3 && hungarian.unit == "run")
        #expect(GroupUnion(german, german) == nil)
        let union = try #require(GroupUnion(german, hungarian))
        // Run 4 is of DE alone, runs 1 and 2 of both, run 3 of HU alone.
        #expect(union.strata == [1, 1, 1])
        #expect(union.first == [[1], [0], []])
        #expect(union.second == [[], [1, 2], [0]])
    }

    @Test("The same recordings in other groups are drawn together where these overlap")
    func regrouped() throws {
        var study = Study()
        for (id, dyad) in [("a", "1"), ("b", "1"), ("c", "2"), ("d", "3")] {
            study.record(id, "DE", ["dyad": dyad, "run": id < "c" ? id : "c"])
        }
        study.cell("by dyad", train: ["DE"], test: ["DE"], folds: [(["c", "d"], ["a", "b"])])
        let dyads = groups(study, "DE")
        study.group = "run"
        study.cells = []
        study.cell("by run", train: ["DE"], test: ["DE"], folds: [(["c", "d"], ["a", "b"])])
        let runs = groups(study, "DE")
        #expect(dyads.count == 3 && runs.count == 2)
        let union = try #require(GroupUnion(dyads, runs))
        #expect(union.strata == [2] && union.second == [[0], [1]])
        #expect(union.first == [[0], [1, 2]])
    }
}
