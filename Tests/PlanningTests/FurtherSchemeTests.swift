import Corpora
import Kernels
import Testing

@testable import Planning

@Suite("Further schemes") struct FurtherSchemeTests {
    private let persons = ["subject", "session", "dyad"]

    private static let all: [Scheme] = [
        .withinCulture(folds: 3, group: nil), .crossCulture(folds: 3, group: nil),
        .pooled(folds: 4, group: nil),
        Scheme(.kFold(folds: 3, repeats: 3, train: .all)),
        Scheme(.kFold(folds: 2, repeats: 2, train: .culture)),
        Scheme(.leaveOneCultureOut(folds: 3)),
        Scheme(.leaveOneOut(.recording, partner: .exclude, train: .culture)),
        Scheme(.leaveOneOut(.subject, partner: .exclude, train: .culture)),
        Scheme(.leaveOneOut(.dyad, partner: .exclude, train: .all)),
        Scheme(.fewShot(shots: [0, 1, 2], test: 0.4, repeats: 2)),
        Scheme(.sizeMatched(folds: 2, size: nil)),
    ]

    @Test("Whatever the scheme, sides are disjoint, groups whole, and nothing is tested twice")
    func sound() throws {
        var made = 0
        for round in 0..<20 {
            for declared in [false, true] {
                var random = stream(round)
                let corpus = randomCorpus(&random, cultures: 2 + round % 2, declared: declared)
                for scheme in Self.all {
                    // Chains of shared runs and people may leave too few groups.
                    guard let plan = try? Plan(sweep: sweep(scheme), corpora: [corpus]) else {
                        continue
                    }
                    made += 1
                    expectSound(
                        plan, separated: persons + (declared ? ["run"] : []), "round \(round)")
                    try plan.check()
                }
            }
        }
        #expect(made > 350)
    }

    @Test("All of a culture, or of all, is tested, once a repetition")
    func covering() throws {
        for round in 0..<10 {
            var random = stream(round)
            let corpus = randomCorpus(&random, cultures: 3)
            for scheme in Self.all {
                if case .fewShot = scheme.division { continue }
                guard let plan = try? Plan(sweep: sweep(scheme), corpora: [corpus]) else {
                    continue
                }
                expectCovering(plan, "\(scheme.label), round \(round)") {
                    $0.testCultures.contains($1.culture)
                }
            }
        }
    }

    @Test("A group that a corpus declares is held together by every scheme, named or not")
    func declaredGroups() throws {
        var corpus = filmCorpus()
        for index in corpus.recordings.indices {
            // Each culture has features of its own, so that no content tells.
            let id = corpus.recordings[index].id
            corpus.recordings[index].digests["egemaps"] = digest(id + " egemaps")
            corpus.recordings[index].digests["faus"] = digest(id + " faus")
        }
        for scheme in Self.all where scheme.required.isEmpty {
            let plan = try Plan(sweep: sweep(scheme), corpora: [corpus])
            expectSound(plan, separated: ["run"], scheme.label)
        }
        let named = try Plan(
            sweep: sweep(.crossCulture(folds: 4, group: "run")), corpora: [corpus])
        let unnamed = try Plan(
            sweep: sweep(.crossCulture(folds: 4, group: nil)), corpora: [corpus])
        #expect(named.splits.count == 8 && unnamed.splits.count == 8)
    }

    @Test("Leave-one-culture-out learns from all others; of two it is cross-culture, and says so")
    func leaveOneCultureOut() throws {
        for round in 0..<5 {
            var random = stream(round)
            let three = randomCorpus(&random, cultures: 3)
            let plan = try Plan(
                sweep: sweep(Scheme(.leaveOneCultureOut(folds: nil))), corpora: [three])
            #expect(plan.notes.isEmpty)
            #expect(plan.cells.map(\.trainLabel) == ["DE+HU", "CN+HU", "CN+DE"])
            #expect(plan.cells.map(\.testCultures) == [["CN"], ["DE"], ["HU"]])
            for cell in plan.cells {
                let split = plan.splits[cell.splits.lowerBound]
                #expect(
                    split.train.count + split.validation.count + split.test.count
                        == plan.recordings.count)
            }
            let two = randomCorpus(&random, cultures: 2)
            let out = try Plan(
                sweep: sweep(Scheme(.leaveOneCultureOut(folds: nil))), corpora: [two])
            let cross = try Plan(
                sweep: sweep(.crossCulture(folds: nil, group: nil)), corpora: [two])
            #expect(Set(out.uniqueKeys) == Set(cross.uniqueKeys))
            #expect(
                out.notes
                    == ["leave-one-culture-out: with two cultures it equals cross-culture."])
            #expect(out.describe().hasSuffix("\n\n\(out.notes[0])\n"))
        }
        let one = corpus((0..<4).map { recording("\($0)", "DE") })
        #expect(
            throws: PlanError.oneCulture(scheme: "leave-one-culture-out", culture: "DE")
        ) {
            try Plan(sweep: sweep(Scheme(.leaveOneCultureOut(folds: nil))), corpora: [one])
        }
    }

    @Test("Leave-one-subject-out tests a person's recordings without whom they met, or with")
    func leaveOneSubjectOut() throws {
        // Anna meets Ben, then Ben meets Cleo; Dora and Emil meet; Finn is alone.
        let rows = [
            ("Anna", "1"), ("Ben", "1"), ("Ben", "2"), ("Cleo", "2"), ("Dora", "3"),
            ("Emil", "3"), ("Finn", "4"),
        ]
        let corpus = corpus(
            rows.map { recording($0 + $1, "DE", ["subject": $0, "dyad": $1]) })
        func tests(_ partner: Scheme.Partner) throws -> [[String]: Set<String>] {
            let plan = try Plan(
                sweep: sweep(Scheme(.leaveOneOut(.subject, partner: partner, train: .culture))),
                corpora: [corpus])
            return Dictionary(
                uniqueKeysWithValues: plan.splits.map {
                    (plan.ids($0.test).sorted(), Set(plan.ids($0.train + $0.validation)))
                })
        }
        let without = try tests(.exclude)
        #expect(without.count == 6)
        #expect(without[["Ben1", "Ben2"]] == ["Dora3", "Emil3", "Finn4"])
        #expect(without[["Anna1"]] == ["Ben2", "Cleo2", "Dora3", "Emil3", "Finn4"])
        let with = try tests(.keep)
        #expect(with[["Ben1", "Ben2"]] == ["Anna1", "Cleo2", "Dora3", "Emil3", "Finn4"])
        let dyads = try Plan(
            sweep: sweep(Scheme(.leaveOneOut(.dyad, partner: .exclude, train: .culture))),
            corpora: [corpus])
        #expect(
            dyads.splits.map { plan in dyads.ids(plan.test).sorted() } == [
                ["Anna1", "Ben1"], ["Ben2", "Cleo2"], ["Dora3", "Emil3"], ["Finn4"],
            ])
        #expect(
            Set(dyads.ids(dyads.splits[0].train + dyads.splits[0].validation))
                == ["Cleo2", "Dora3", "Emil3", "Finn4"])
        var lacking = corpus
        lacking.recordings[3].columns["subject"] = nil
        #expect {
            try Plan(
                sweep: sweep(Scheme(.leaveOneOut(.subject, partner: .keep, train: .all))),
                corpora: [lacking])
        } throws: {
            "\($0)".hasPrefix("Recording Cleo2 has no value in the column `subject`")
        }
    }

    @Test("Repeated k-fold begins as k-fold does, and then divides anew each time")
    func repeated() throws {
        var random = stream(1)
        let corpus = randomCorpus(&random, cultures: 2)
        func plan(_ repeats: Int) throws -> Plan {
            try Plan(
                sweep: sweep(Scheme(.kFold(folds: 4, repeats: repeats, train: .all))),
                corpora: [corpus])
        }
        let (once, often) = (try plan(1), try plan(5))
        let pooled = try Plan(sweep: sweep(.pooled(folds: 4, group: nil)), corpora: [corpus])
        #expect(once.uniqueKeys == pooled.uniqueKeys)
        #expect(Array(often.uniqueKeys.prefix(4)) == once.uniqueKeys)
        #expect(often.splits.map(\.repetition) == (0..<20).map { $0 / 4 })
        let divisions = (0..<5).map { repetition in
            Set(often.splits.filter { $0.repetition == repetition }.map(\.test))
        }
        #expect(Set(divisions).count == 5)
        #expect(often.uniqueKeys.count == 20)
    }

    @Test("The trials of schemes that were there before have the keys that they had")
    func goldenKeys() throws {
        let plan = try Plan(
            sweep: sweep(
                .withinCulture(folds: 4, group: "run"), .crossCulture(folds: 4, group: "run"),
                .crossCulture(folds: nil, group: "run"), .pooled(folds: 5, group: "run"),
                leaveOneOut, .leaveOneRecordingOut(group: "run", partner: .keep, train: .all)
            ) { $0.seeds = 2 }, corpora: [filmCorpus()])
        let keys = Digest(of: plan.trials.flatMap { $0.key.digest.bytes }).description
        #expect(keys == "ef526c9658688f870c5070d8e746ec267b6eeb98a4ddebd4ff26c75f90a0ec0c")
    }
}
