import Corpora
import Kernels
import Testing

@testable import Planning

@Suite("Schemes that draw, and schemes of the manifest") struct DrawnSchemeTests {
    /// Three cultures of twelve dyads of two people.
    private func dyads(_ cultures: [String] = ["CN", "DE", "HU"]) -> Corpus {
        corpus(
            cultures.flatMap { culture in
                (0..<24).map {
                    recording(
                        "\(culture)\($0)", culture,
                        [
                            "dyad": "\(culture)-\($0 / 2)", "subject": "\(culture)-\($0)",
                            "partition": ["train", "devel", "test"][$0 / 2 % 3],
                        ])
                }
            })
    }

    @Test("Few-shot: one test side, nested shots, and a validation side that no shot changes")
    func fewShot() throws {
        let plan = try Plan(
            sweep: sweep(Scheme(.fewShot(shots: nil, test: 0.25, repeats: 1))),
            corpora: [dyads()])
        #expect(plan.cells.count == 6 * 5)
        for target in ["CN", "DE", "HU"] {
            let cells = plan.cells.filter { $0.testCultures == [target] }
            #expect(Set(cells.map { plan.splits[$0.splits.lowerBound].test }).count == 1)
            #expect(plan.splits[cells[0].splits.lowerBound].test.count == 6)
            for source in ["CN", "DE", "HU"] where source != target {
                let own = cells.filter { $0.trainCultures.contains(source) }
                #expect(
                    own.map(\.trainLabel)
                        == [source] + [1, 2, 4, 8].map { "\(source) + \($0) \(target)" })
                #expect(own.map(\.shots) == [0, 1, 2, 4, 8])
                #expect(own[0].trainCultures == [source])
                #expect(own[1].trainCultures == [source, target].sorted())
                let splits = own.map { plan.splits[$0.splits.lowerBound] }
                #expect(Set(splits.map(\.validation)).count == 1)
                for (few, more) in zip(splits, splits.dropFirst()) {
                    #expect(Set(few.train).isStrictSubset(of: more.train))
                }
                for (shots, split) in zip([0, 1, 2, 4, 8], splits) {
                    let support = plan.recordings(split.train).filter { $0.culture == target }
                    #expect(support.count == 2 * shots)
                    #expect(Set(support.compactMap(\.dyad)).count == shots)
                    #expect(plan.recordings(split.validation).allSatisfy { $0.culture == source })
                }
            }
        }
        expectSound(plan, separated: ["subject", "dyad"], "few-shot")
    }

    @Test("Few-shot repetitions draw other shots for the same test side")
    func fewShotRepeats() throws {
        let plan = try Plan(
            sweep: sweep(Scheme(.fewShot(shots: [0, 2], test: 0.5, repeats: 4))),
            corpora: [dyads(["DE", "HU"])])
        let none = plan.splits("few-shot DE→HU")
        let two = plan.splits("few-shot DE + 2 HU→HU")
        #expect(none.count == 1 && two.count == 4)
        #expect(Set(two.map(\.test)) == [none[0].test])
        #expect(Set(two.map(\.train)).count > 2)
        #expect(two.map(\.repetition) == [0, 1, 2, 3])
    }

    @Test("Few-shot repetitions learn from groups that no other one learns from, while there are")
    func fewShotDistinct() throws {
        // Twelve groups, six of them tested: of one there are 6 sets, of two 15, of all one.
        let plan = try Plan(
            sweep: sweep(Scheme(.fewShot(shots: [1, 2, 6], test: 0.5, repeats: 8))),
            corpora: [dyads(["DE", "HU"])])
        for (one, other) in [("DE", "HU"), ("HU", "DE")] {
            func splits(_ shots: Int) -> [Split] {
                plan.splits("few-shot \(one) + \(shots) \(other)→\(other)")
            }
            #expect([1, 2, 6].map { splits($0).count } == [6, 8, 1])
            for shots in [1, 2, 6] {
                #expect(Set(splits(shots).map(\.train)).count == splits(shots).count)
            }
            // Within a repetition more groups include fewer.
            for few in splits(1) {
                let more = splits(2).first { $0.repetition == few.repetition }
                #expect(more.map { Set(few.train).isStrictSubset(of: $0.train) } == true)
            }
        }
        #expect(plan.uniqueKeys.count == plan.trials.count)
        let cell = plan.cells[0]
        #expect(plan.repetitions(of: cell) == 6)
        let table = plan.describe().split(separator: "\n")
        #expect(table[1].contains("folds  repetitions  seeds"))
        #expect(table[2].split(separator: " ").suffix(7).prefix(4) == ["1", "6", "1", "6"])
    }

    @Test("Few-shot refuses more shots than there are groups beside the test side")
    func fewShotRefuses() throws {
        #expect(
            throws: PlanError.fewGroupsForShots(
                scheme: "few-shot CN→DE", groups: 3, shots: 4, tested: 9)
        ) {
            try Plan(
                sweep: sweep(Scheme(.fewShot(shots: [0, 4], test: 0.75, repeats: 1))),
                corpora: [dyads()])
        }
        let most = try Plan(
            sweep: sweep(Scheme(.fewShot(shots: nil, test: 0.75, repeats: 1))),
            corpora: [dyads()])
        #expect(most.cells.count == 6 * 3)
    }

    @Test("Few-shot with film runs that both cultures saw holds them out of the source too")
    func fewShotFilm() throws {
        let plan = try Plan(
            sweep: sweep(Scheme(.fewShot(shots: [0, 1, 2], test: 0.5, repeats: 2), group: "run")),
            corpora: [filmCorpus()])
        expectSound(plan, separated: ["run"], "film")
        for cell in plan.cells {
            for split in plan.splits[cell.splits] {
                let target = cell.testCultures[0]
                #expect(plan.recordings(split.validation).allSatisfy { $0.culture != target })
            }
        }
    }

    @Test("Size-matched: every training side has as many groups, every test side is within's")
    func sizeMatched() throws {
        for size in [nil, 6] {
            let plan = try Plan(
                sweep: sweep(
                    Scheme(.sizeMatched(folds: 3, size: size)),
                    .withinCulture(folds: 3, group: nil)), corpora: [dyads()])
            let matched = plan.cells.filter { $0.scheme == "size-matched" }
            #expect(
                matched.map { "\($0.trainLabel)→\($0.testCultures[0])" } == [
                    "CN→CN", "DE→CN", "HU→CN", "CN+DE+HU→CN", "CN→DE", "DE→DE", "HU→DE",
                    "CN+DE+HU→DE", "CN→HU", "DE→HU", "HU→HU", "CN+DE+HU→HU",
                ])
            for cell in matched {
                let splits = plan.splits[cell.splits]
                #expect(
                    splits.map(\.test)
                        == plan.splits("within-culture \(cell.testCultures[0])").map(\.test))
                for split in splits {
                    let learnt = plan.recordings(split.train + split.validation)
                    #expect(Set(learnt.compactMap(\.dyad)).count == size ?? 8)
                    #expect(Set(learnt.map(\.culture)) == Set(cell.trainCultures))
                }
            }
            expectSound(plan, separated: ["subject", "dyad"], "size-matched")
            #expect(
                plan.notes == ["size-matched: every training side has \(size ?? 8) groups."])
        }
        #expect(throws: PlanError.fewGroupsToMatch(culture: "CN", groups: 8, size: 9)) {
            try Plan(
                sweep: sweep(Scheme(.sizeMatched(folds: 3, size: 9))), corpora: [dyads()])
        }
    }

    @Test("Size-matched: where groups span cultures, the pooled side has as many of them too")
    func sizeMatchedSpanning() throws {
        let plan = try Plan(
            sweep: sweep(Scheme(.sizeMatched(folds: 4, size: nil))), corpora: [filmCorpus()])
        for cell in plan.cells {
            for split in plan.splits[cell.splits] {
                let learnt = plan.recordings(split.train + split.validation)
                #expect(Set(learnt.map { $0.columns["run"] }).count == 6, "\(cell.trainLabel)")
                #expect(learnt.count == 18 && Set(learnt.map(\.culture)) == Set(cell.trainCultures))
            }
        }
    }

    @Test("Partition: the official division, over all cultures or each pair of them")
    func partition() throws {
        func plan(
            _ side: Scheme.TrainingSide, validation: String? = nil, to: String = "devel"
        ) throws -> Plan {
            let division = Scheme.Division.partition(
                from: "train", to: to, validation: validation, train: side)
            return try Plan(sweep: sweep(Scheme(division)), corpora: [dyads()])
        }
        let all = try plan(.all)
        #expect(all.cells.map(\.name) == ["partition CN+DE+HU av eaf"])
        let split = all.splits[0]
        let sides = [(split.train, "train"), (split.validation, "train"), (split.test, "devel")]
        for (side, name) in sides {
            #expect(all.recordings(side).allSatisfy { $0.partition == name })
        }
        #expect(split.train.count + split.validation.count == 24 && split.test.count == 24)
        let each = try plan(.culture)
        #expect(each.cells.count == 9 && each.cells[1].name == "partition CN→DE av eaf")
        #expect(each.cells[0].name == "partition CN av eaf")
        let official = try plan(.all, validation: "devel", to: "test").splits[0]
        #expect(official.train.count == 24 && official.validation.count == 24)
        #expect(all.recordings(official.validation).allSatisfy { $0.partition == "devel" })
        #expect {
            try plan(.all, to: "development")
        } throws: {
            "\($0)".contains("is of partition `development`")
                && "\($0)".contains("devel, test, train")
        }
    }

    @Test("An official division that cuts a dyad is refused")
    func partitionLeak() throws {
        var corpus = dyads()
        corpus.recordings[1].columns["partition"] = "devel"
        let division = Scheme.Division.partition(
            from: "train", to: "devel", validation: nil, train: .all)
        #expect {
            try Plan(sweep: sweep(Scheme(division)), corpora: [corpus])
        } throws: {
            "\($0)".contains("CN0") && "\($0)".contains("CN1") && "\($0)".contains("same `dyad`")
        }
    }

    @Test("Cross-corpus learns from one corpus and tests another, target by target's name")
    func crossCorpus() throws {
        var (one, two) = (dyads(["DE", "HU"]), dyads(["CN"]))
        (one.name, two.name) = ("sewa", "other")
        two.targets = ["dominance", "valence", "arousal"]
        let plan = try Plan(
            sweep: sweep(Scheme(.crossCorpus(folds: nil))), corpora: [one, two])
        #expect(
            plan.cells.map(\.name)
                == ["cross-corpus sewa→other av eaf", "cross-corpus other→sewa av eaf"])
        #expect(plan.cells.map(\.trainLabel) == ["sewa", "other"])
        #expect(plan.cells[1].testCultures == ["DE", "HU"])
        #expect(plan.splits[0].test.count == 24 && plan.splits[1].test.count == 48)
        expectSound(plan, separated: ["subject", "dyad"], "cross-corpus")
        two.targets = ["dominance", "valence", "activation"]
        #expect {
            try Plan(sweep: sweep(Scheme(.crossCorpus(folds: nil))), corpora: [one, two])
        } throws: {
            "\($0)".hasPrefix("Corpus other has no target `arousal`")
        }
        #expect(throws: PlanError.oneCorpus("sewa")) {
            try Plan(sweep: sweep(Scheme(.crossCorpus(folds: nil))), corpora: [one])
        }
    }

    @Test("A choice on the test side is another trial, is marked, and excuses no other leak")
    func selectionOnTest() throws {
        let division = Scheme.Division.partition(
            from: "train", to: "devel", validation: nil, train: .all)
        let chosen = Scheme(division, selection: .test)
        let plan = try Plan(sweep: sweep(Scheme(division), chosen), corpora: [dyads()])
        let (honest, marked) = (plan.cells[0], plan.cells[1])
        #expect(honest.selection == .validation && marked.selection == .test)
        #expect(marked.scheme.contains("selection=test"))
        let split = plan.splits[marked.splits.lowerBound]
        #expect(split.validation == split.test)
        #expect(split.train == (plan.splits[0].train + plan.splits[0].validation).sorted())
        #expect(plan.uniqueKeys.count == 2)
        #expect(plan.notes.count == 1 && plan.notes[0].contains("chosen on the test side"))
        try plan.check()
        for trial in plan.trials { try plan.check(trial) }
        var corpus = dyads()
        corpus.recordings[1].columns["partition"] = "devel"
        #expect(throws: PlanError.self) { try Plan(sweep: sweep(chosen), corpora: [corpus]) }
    }
}
