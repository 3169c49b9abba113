import Corpora
import Testing

@testable import Planning

@Suite("Leaks planted in a plan") struct PlantedLeakTests {
    private func dyads() -> Corpus {
        var recordings: [Recording] = []
        for culture in ["DE", "HU"] {
            for number in 0..<12 {
                let dyad = "\(culture)-\(number / 2)"
                recordings.append(
                    recording(
                        "\(culture)\(number)", culture,
                        [
                            "dyad": dyad, "session": dyad, "subject": "\(culture)-\(number)",
                            "run": dyad,
                        ]))
            }
        }
        return corpus(recordings, groups: ["run"])
    }

    @Test("Whatever is planted past the planner is found again: by a trainer, and at the end")
    func planted() throws {
        let plan = try Plan(
            sweep: sweep(.withinCulture(folds: 3, group: nil)), corpora: [dyads()])
        let things = plan.plantable
        #expect(
            things == [
                .recording, .column("subject"), .column("session"), .column("dyad"),
                .column("run"), .content("targets"), .content("egemaps"), .content("faus"),
            ])
        for thing in things {
            let planted = plan.planting(thing)
            #expect(throws: PlanError.self, "\(thing)") { try planted.check() }
            do {
                try planted.check(planted.trials[0])
                Issue.record("A trainer passed \(thing).")
            } catch {
                guard case .leak(_, 1, let leak) = error else { throw error }
                // A dyad that is planted is not the first thing that the check looks at.
                #expect(leak.thing == thing && leak.sides == [.train, .test], "\(thing)")
            }
            // Other splits stand on other recordings, and pass.
            if case .recording = thing { try planted.check(planted.trials[1]) }
        }
        try plan.check()
    }

    @Test("The planner's own check refuses a block that its splitter should not have made")
    func plannerChecks() throws {
        for (thing, train, test) in [
            (Leak.Thing.recording, [0, 2, 4, 6], [6, 8]),
            (Leak.Thing.column("session"), [0, 2, 4, 6], [7, 9]),
        ] {
            let sweep = sweep(.withinCulture(folds: 3, group: nil))
            var corpus = dyads()
            corpus.recordings = corpus.recordings.filter { $0.culture == "DE" }
            var planner = try Planner(sweep: sweep, corpora: [corpus])
            // Indices follow the order of content: look the places of the ids up.
            func places(_ numbers: [Int]) -> [Int] {
                numbers.map { number in
                    planner.recordings.firstIndex { $0.recording.id == "DE\(number)" }!
                }.sorted()
            }
            let holdout = Splitter.Holdout(
                trainCultures: ["DE"], testCultures: ["DE"],
                folds: [Splitter.Fold(train: places(train), test: places(test))])
            let contents = [planner.recordings.map { _ in digest("x") }]
            do {
                try planner.add(
                    holdout, of: sweep.schemes[0], named: "within-culture", contents: contents)
                Issue.record("The planner passed \(thing).")
            } catch {
                guard case .leak(_, 1, let leak) = error else { throw error }
                #expect(leak.thing == thing)
            }
        }
    }

    @Test("One content under two ids is refused, be it gold or features, unless a group holds both")
    func duplicates() throws {
        for matrix in ["targets", "egemaps", "faus"] {
            var corpus = dyads()
            corpus.recordings[3].digests[matrix] = corpus.recordings[9].digests[matrix]
            let scheme = Scheme(.leaveOneOut(.dyad, partner: .exclude, train: .culture))
            do {
                _ = try Plan(sweep: sweep(scheme), corpora: [corpus])
                Issue.record("\(matrix) passed.")
            } catch {
                guard case .equalContent(_, matrix, let ids) = error else { throw error }
                #expect(Set(ids) == ["DE3", "DE9"])
            }
            corpus.recordings[3].columns["run"] = "same"
            corpus.recordings[9].columns["run"] = "same"
            _ = try Plan(sweep: sweep(scheme), corpora: [corpus])
        }
    }

    @Test("Shuffled labels come from another group each, the same every time")
    func shuffled() throws {
        for round in 0..<20 {
            var random = stream(round)
            let corpus = randomCorpus(&random)
            guard
                let plan = try? Plan(
                    sweep: sweep(.pooled(folds: 2, group: nil)), corpora: [corpus])
            else { continue }
            let exchanges = try #require(plan.shuffledLabels())
            #expect(exchanges.map(\.source).sorted() == Array(plan.recordings.indices))
            for (index, exchange) in exchanges.enumerated() {
                let (one, other) = (plan.recordings[index], plan.recordings[exchange.source])
                #expect(one.recording.dyad != other.recording.dyad)
                #expect(one.recording.subject != other.recording.subject)
                #expect((0..<other.recording.frames).contains(exchange.firstFrame))
            }
            #expect(plan.shuffledLabels() == exchanges)
        }
    }
}
