import Corpora
import Testing

@testable import Planning

/// Partners that are learnt from, and recordings of which nothing says who met whom.
@Suite("Partners") struct PartnerTests {
    private static let kept = Scheme(.leaveOneOut(.recording, partner: .keep, train: .culture))

    /// Four dyads of two people.
    private func dyads(groups: [String] = []) -> Corpus {
        corpus(
            (0..<8).map {
                recording("DE\($0)", "DE", ["dyad": "D\($0 / 2)", "subject": "P\($0)"])
            }, groups: groups)
    }

    @Test("A kept partner is learnt from, and plan and cells say so")
    func told() throws {
        let excluded = Scheme(.leaveOneOut(.recording, partner: .exclude, train: .culture))
        let plan = try Plan(sweep: sweep(Self.kept, excluded), corpora: [dyads()])
        let (kept, other) = (plan.cells[0], plan.cells[1])
        #expect(kept.partner == .keep && other.partner == .exclude)
        #expect(kept.scheme == "leave-one-recording-out(partner=keep)")
        #expect(plan.sweep.scheme(named: kept.scheme) == Self.kept)
        let split = plan.splits[kept.splits.lowerBound]
        #expect(split.train.count + split.validation.count == 7)
        #expect(
            plan.notes == [
                "leave-one-recording-out(partner=keep): others of the session or dyad that is "
                    + "tested are learnt from (partner: keep), so its scores may be too good."
            ])
    }

    @Test("Partners that a group keeps apart cannot be learnt from")
    func refused() throws {
        for column in ["dyad", "session"] {
            var scheme = Self.kept
            scheme.group = column
            var corpus = dyads()
            for index in corpus.recordings.indices {
                corpus.recordings[index].columns[column] = "\(index / 2)"
            }
            #expect(
                throws: PlanError.partnerApart(scheme: "leave-one-recording-out", column: column)
            ) {
                try Plan(sweep: sweep(scheme), corpora: [corpus])
            }
        }
        #expect {
            try Plan(sweep: sweep(Self.kept), corpora: [dyads(groups: ["dyad"])])
        } throws: {
            "\($0)".contains("`dyad` is kept apart")
        }
    }

    @Test("Where nothing says who met whom, the plan says that each recording counts as a group")
    func nobody() throws {
        var corpus = dyads()
        for index in corpus.recordings.indices { corpus.recordings[index].columns = [:] }
        let within = Scheme.withinCulture(folds: 2, group: nil)
        let plan = try Plan(sweep: sweep(within), corpora: [corpus])
        #expect(plan.notes.count == 1)
        #expect(plan.notes[0].hasPrefix("Corpus toy names no subject, session, dyad or group"))
        for columns in [["subject": "P"], ["session": "S"], ["run": "R"]] {
            for index in corpus.recordings.indices {
                corpus.recordings[index].columns = columns.mapValues { "\($0)\(index / 2)" }
            }
            corpus.groups = columns["run"] == nil ? [] : ["run"]
            #expect(try Plan(sweep: sweep(within), corpora: [corpus]).notes.isEmpty)
        }
        // What the scheme groups by says it too.
        corpus.groups = []
        let grouped = Scheme.withinCulture(folds: 2, group: "run")
        #expect(try Plan(sweep: sweep(grouped), corpora: [corpus]).notes.isEmpty)
    }
}
