import Corpora
import Testing

@testable import Planning

@Suite("Leaks") struct LeakCheckTests {
    private let separated = SeparatedColumns(
        test: ["subject", "session", "dyad", "run"],
        validation: ["subject", "session", "dyad", "run", "hall"])

    private let split = Split(fold: 1, train: [0, 1], validation: [2, 3], test: [4, 5])

    /// Six recordings that have nothing in common, changed.
    private func leak(
        _ change: (inout [Recording]) -> Void, split: Split? = nil
    ) -> Leak? {
        var recordings = (0..<6).map { index in
            recording(
                "r\(index)", "DE",
                Dictionary(
                    uniqueKeysWithValues: separated.validation.map { ($0, "\($0) \(index)") }))
        }
        change(&recordings)
        let planned = recordings.map { PlannedRecording(corpus: 0, recording: $0) }
        let check = LeakCheck(
            recordings: planned, columns: separated.validation, featureSets: ["egemaps", "faus"])
        do {
            try check.check(split ?? self.split, separated: separated)
            return nil
        } catch {
            return error
        }
    }

    @Test("A clean split passes")
    func clean() {
        #expect(leak { _ in } == nil)
        #expect(leak { for i in $0.indices { $0[i].columns = [:] } } == nil)
    }

    @Test(
        "A value that is planted on two sides is found, between any two",
        arguments: ["subject", "session", "dyad", "run"],
        [(0, 4, "train", "test"), (3, 5, "validation", "test"), (1, 2, "train", "validation")])
    func columns(_ column: String, _ place: (Int, Int, String, String)) throws {
        let (a, b, one, two) = place
        let leak = try #require(self.leak { $0[a].columns[column] = $0[b].columns[column] })
        #expect(leak.thing == .column(column))
        #expect(leak.sides.map(\.rawValue) == [one, two])
        #expect(leak.recordings == ["r\(a)", "r\(b)"])
        #expect(
            leak.description == "recordings r\(a) (\(one)) and r\(b) (\(two)) have the same "
                + "`\(column)`, which must stand on one side only.")
    }

    @Test("The group of the validation side alone may meet the test side")
    func validationOnly() {
        #expect(leak { $0[0].columns["hall"] = $0[4].columns["hall"] } == nil)
        #expect(leak { $0[0].columns["hall"] = $0[2].columns["hall"] }?.thing == .column("hall"))
    }

    @Test(
        "Content that is planted on two sides is found under any id",
        arguments: ["targets", "egemaps", "faus"], [(0, 4), (2, 4), (1, 3)])
    func contents(_ matrix: String, _ place: (Int, Int)) throws {
        let (a, b) = place
        let leak = try #require(
            self.leak { $0[a].digests[matrix] = $0[b].digests[matrix] })
        #expect(leak.thing == .content(matrix))
        #expect(leak.recordings == ["r\(a)", "r\(b)"])
        #expect(leak.description.hasSuffix("that the manifest lists under `groups`."))
    }

    @Test(
        "A recording that is planted on two sides is found",
        arguments: [
            Split(fold: 1, train: [0, 4], validation: [2], test: [4, 5]),
            Split(fold: 1, train: [0], validation: [2, 5], test: [4, 5]),
            Split(fold: 1, train: [0, 2], validation: [2, 3], test: [4, 5]),
        ])
    func recordings(_ split: Split) throws {
        let leak = try #require(self.leak({ _ in }, split: split))
        #expect(leak.thing == .recording)
        #expect(leak.description.contains("stands on the"))
    }

    @Test("What is shared within one side is no leak")
    func withinSide() {
        #expect(
            leak {
                for (a, b) in [(0, 1), (2, 3), (4, 5)] {
                    $0[a].columns = $0[b].columns
                    $0[a].digests = $0[b].digests
                }
            } == nil)
    }

    @Test("A plan's own trials pass when they are looked at again")
    func plan() throws {
        let plan = try Plan(
            sweep: sweep(
                .withinCulture(folds: 4, group: "run"), .crossCulture(folds: 4, group: "run"),
                .leaveOneRecordingOut(group: "run", partner: .keep, train: .all)),
            corpora: [filmCorpus()])
        try plan.check()
        for trial in plan.trials { try plan.check(trial) }
    }
}
