import Corpora
import Kernels
import Testing

@testable import Planning

@Suite("Schemes") struct SchemeTests {
    private let persons = ["subject", "session", "dyad"]

    private func expectSeparate(
        _ plan: Plan, _ split: Split, _ columns: [String], _ round: Int
    ) {
        PlanningTests.expectSeparate(plan, split, columns, "round \(round)")
    }

    @Test("k-fold schemes test every recording once, and never cut a group")
    func kFold() throws {
        for round in 0..<60 {
            var random = stream(round)
            let corpus = randomCorpus(&random)
            let group = [nil, "dyad", "subject", "run"][random.below(4)]
            // Chains of shared runs and people may leave too few groups: that is another test.
            guard
                let plan = try? Plan(
                    sweep: sweep(
                        .withinCulture(folds: 3, group: group), .pooled(folds: 3, group: group)),
                    corpora: [corpus])
            else { continue }
            for cell in plan.cells {
                let pool = plan.recordings.indices.filter {
                    cell.testCultures.contains(plan.recordings[$0].recording.culture)
                }
                let tested = plan.splits[cell.splits].flatMap(\.test)
                #expect(tested.sorted() == pool, "round \(round)")
                for split in plan.splits[cell.splits] {
                    expectSeparate(plan, split, persons + (group.map { [$0] } ?? []), round)
                    let all = (split.train + split.validation + split.test).sorted()
                    #expect(all == pool, "round \(round)")
                }
            }
        }
    }

    @Test("Most random corpora do make a plan, so that the properties are about something")
    func propertiesAreNotEmpty() {
        var made = 0
        for round in 0..<60 {
            var random = stream(round)
            let corpus = randomCorpus(&random)
            let group = [nil, "dyad", "subject", "run"][random.below(4)]
            let all = sweep(.withinCulture(folds: 3, group: group), .pooled(folds: 3, group: group))
            if (try? Plan(sweep: all, corpora: [corpus])) != nil { made += 1 }
        }
        #expect(made >= 40)
    }

    @Test("Leave-one-recording-out tests each once, without its partner, among its own culture")
    func leaveOneOut() throws {
        for round in 0..<30 {
            var random = stream(round)
            let corpus = randomCorpus(&random, cultures: 2)
            for side in Scheme.TrainingSide.allCases {
                for partner in Scheme.Partner.allCases {
                    let scheme = Scheme.leaveOneRecordingOut(
                        group: nil, partner: partner, train: side)
                    let plan = try Plan(sweep: sweep(scheme), corpora: [corpus])
                    let tested = plan.splits.flatMap(\.test)
                    #expect(tested.sorted() == Array(plan.recordings.indices), "round \(round)")
                    for cell in plan.cells {
                        for split in plan.splits[cell.splits] {
                            expectSeparate(
                                plan, split, partner == .keep ? ["subject"] : persons, round)
                            expectWidest(plan, cell, split, partner, side)
                        }
                    }
                }
            }
        }
    }

    /// Everything that may be trained on is.
    private func expectWidest(
        _ plan: Plan, _ cell: Cell, _ split: Split, _ partner: Scheme.Partner,
        _ side: Scheme.TrainingSide
    ) {
        let one = plan.recordings[split.test[0]].recording
        let pool = plan.recordings.indices.filter { index in
            let other = plan.recordings[index].recording
            return other.id != one.id && other.subject != one.subject
                && (partner == .keep || other.dyad != one.dyad)
                && (side == .all || other.culture == one.culture)
        }
        #expect((split.train + split.validation).sorted() == pool)
        #expect(cell.testCultures == [one.culture])
        #expect(cell.trainCultures == (side == .all ? ["DE", "HU"] : [one.culture]))
    }

    @Test("Leave-one-recording-out folds stand in the order of ids")
    func leaveOneOutOrder() throws {
        let recordings = ["c", "a", "d", "b"].map { recording($0, "DE") }
        let plan = try Plan(
            sweep: sweep(.leaveOneRecordingOut(group: nil, partner: .exclude, train: .culture)),
            corpora: [corpus(recordings)])
        #expect(plan.splits.map { plan.ids($0.test) } == [["a"], ["b"], ["c"], ["d"]])
        #expect(plan.splits.map(\.fold) == [1, 2, 3, 4])
    }

    @Test("Cross-culture without a common group trains on all of one and tests all of the other")
    func crossWhole() throws {
        for round in 0..<20 {
            var random = stream(round)
            let corpus = randomCorpus(&random, cultures: 3)
            let plan = try Plan(
                sweep: sweep(.crossCulture(folds: 4, group: nil)), corpora: [corpus])
            #expect(
                plan.cells.map { $0.trainCultures + $0.testCultures } == [
                    ["CN", "DE"], ["CN", "HU"], ["DE", "CN"], ["DE", "HU"], ["HU", "CN"],
                    ["HU", "DE"],
                ])
            for cell in plan.cells {
                #expect(cell.splits.count == 1)
                let split = plan.splits[cell.splits.lowerBound]
                func members(_ culture: String) -> [Int] {
                    plan.recordings.indices.filter {
                        plan.recordings[$0].recording.culture == culture
                    }
                }
                #expect(split.test == members(cell.testCultures[0]))
                #expect((split.train + split.validation).sorted() == members(cell.trainCultures[0]))
                expectSeparate(plan, split, persons, round)
            }
        }
    }

    @Test("Cross-culture with a common group holds it out on both sides")
    func crossFolded() throws {
        for folds in [4, nil] {
            let plan = try Plan(
                sweep: sweep(
                    .crossCulture(folds: folds, group: "run"),
                    .withinCulture(folds: 4, group: "run")), corpora: [filmCorpus()])
            for cell in plan.cells.prefix(2) {
                let splits = plan.splits[cell.splits]
                #expect(splits.count == folds ?? 8)
                let tested = splits.flatMap(\.test)
                #expect(Set(tested).count == 24 && tested.count == 24)
                for split in splits {
                    expectSeparate(plan, split, ["run"], 0)
                    #expect(split.train.count + split.validation.count + split.test.count == 24)
                    for index in split.test {
                        #expect(plan.recordings[index].recording.culture == cell.testCultures[0])
                    }
                    for index in split.train + split.validation {
                        #expect(plan.recordings[index].recording.culture == cell.trainCultures[0])
                    }
                }
            }
            // The test side is that of within-culture, so that the two can be compared.
            guard folds == 4 else { continue }
            let cross = plan.splits[plan.cells[0].splits].map(\.test)
            let within = plan.splits[plan.cells[3].splits].map(\.test)
            #expect(cross == within)
        }
    }

    @Test("Without a number of folds, each common group is one, in the order of its label")
    func crossLabelOrder() throws {
        let plan = try Plan(
            sweep: sweep(.crossCulture(folds: nil, group: "run")), corpora: [filmCorpus()])
        let runs = plan.splits[plan.cells[0].splits].map { split in
            Set(split.test.compactMap { plan.recordings[$0].recording.value("run") })
        }
        #expect(runs == (1...8).map { ["\($0)"] })
    }

    @Test("A subject who is of two cultures is never on both sides of cross-culture")
    func crossSubject() throws {
        var recordings = (0..<5).map { recording("DE\($0)", "DE", ["subject": "d\($0)"]) }
        recordings += (0..<5).map { recording("HU\($0)", "HU", ["subject": "h\($0)"]) }
        recordings[6].columns["subject"] = "d2"
        let plan = try Plan(
            sweep: sweep(.crossCulture(folds: nil, group: nil)), corpora: [corpus(recordings)])
        let splits = plan.splits[plan.cells[0].splits]
        #expect(splits.count == 5)
        #expect(splits.flatMap(\.test).count == 5)
        for split in splits { expectSeparate(plan, split, persons, 0) }
        let whole = splits.filter { $0.train.count + $0.validation.count == 5 }
        #expect(whole.count == 4)
    }

    @Test("Validation takes the share of whole groups, rounded, at least one and never all")
    func validationShare() throws {
        for (fraction, groups, expected) in [
            (0.2, 4, 1), (0.2, 8, 2), (0.2, 12, 2), (0.2, 13, 3), (0.5, 3, 2), (0.01, 9, 1),
            (0.99, 3, 2), (0.25, 10, 3),
        ] {
            // One more group is held out by each fold.
            let recordings = (0..<2 * (groups + 1)).map {
                recording("\($0)", "DE", ["dyad": "\($0 / 2)"])
            }
            let plan = try Plan(
                sweep: sweep(.pooled(folds: groups + 1, group: nil)) {
                    $0.validation.fraction = fraction
                }, corpora: [corpus(recordings)])
            for split in plan.splits {
                #expect(split.validation.count == 2 * expected, "\(fraction) of \(groups)")
            }
        }
    }

    @Test("Validation is drawn: it differs between folds and takes every group now and then")
    func validationIsDrawn() throws {
        let recordings = (0..<20).map { recording("\($0)", "DE") }
        let plan = try Plan(
            sweep: sweep(.leaveOneRecordingOut(group: nil, partner: .exclude, train: .culture)),
            corpora: [corpus(recordings)])
        #expect(Set(plan.splits.map(\.validation)).count > 15)
        #expect(Set(plan.splits.flatMap(\.validation)).count == 20)
    }

    @Test("Validation keeps its own group together, and the scheme's")
    func validationGroup() throws {
        let recordings = (0..<24).map {
            recording("\($0)", "DE", ["run": "\($0 / 2)", "hall": "\($0 / 2 % 6)"])
        }
        let plan = try Plan(
            sweep: sweep(.pooled(folds: 12, group: "run")) { $0.validation.group = "hall" },
            corpora: [corpus(recordings)])
        for split in plan.splits {
            expectSeparate(plan, split, ["run"], 0)
            let halls = [split.train, split.validation].map { side in
                Set(side.compactMap { plan.recordings[$0].recording.value("hall") })
            }
            #expect(halls[0].isDisjoint(with: halls[1]))
        }
    }
}
