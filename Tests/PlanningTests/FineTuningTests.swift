import Corpora
import Kernels
import Networks
import Testing

@testable import Planning

@Suite("Few-shot, fine-tuned") struct FineTuningTests {
    private func scheme(_ tuning: FineTuning?, shots: [Int]? = [0, 1, 2]) -> Scheme {
        Scheme(.fewShot(shots: shots, test: 0.4, repeats: 2, tuning: tuning))
    }

    private func models(_ change: (inout Recipe) -> Void = { _ in }) -> [Recipe] {
        [
            recipe("eaf", change),
            Recipe(
                name: "ridge", network: .linear(.init(method: .ridge(penalties: [1]))),
                training: TrainingRecipe()),
        ]
    }

    private func plan(_ schemes: Scheme..., corpus: Corpus, models: [Recipe]) throws -> Plan {
        let asked = sweep(schemes[0]) { ($0.schemes, $0.models) = (schemes, models) }
        return try Plan(sweep: asked, corpora: [corpus])
    }

    @Test("The lists are those of pooled shots; the shots are the part that is learnt from last")
    func lists() throws {
        var plans = 0
        for seed in 0..<60 {
            var random = stream(seed)
            let corpus = randomCorpus(&random, cultures: 2)
            guard
                let pooled = try? plan(scheme(nil), corpus: corpus, models: models()),
                let tuned = try? plan(scheme(.init()), corpus: corpus, models: models())
            else { continue }
            plans += 1
            try tuned.check()
            #expect(tuned.splits.map(\.test) == pooled.splits.map(\.test))
            #expect(tuned.splits.map(\.train) == pooled.splits.map(\.train))
            #expect(tuned.splits.map(\.validation) == pooled.splits.map(\.validation))
            #expect(pooled.splits.allSatisfy { $0.tuned.isEmpty })
            for cell in tuned.cells {
                let target = cell.testCultures[0]
                for split in tuned.splits[cell.splits] {
                    func cultures(_ side: [Int]) -> Set<String> {
                        Set(side.map { tuned.recordings[$0].recording.culture })
                    }
                    let shots = split.train.filter {
                        tuned.recordings[$0].recording.culture == target
                    }
                    #expect(split.tuned == shots)
                    #expect(!cultures(split.train.without(shots)).isEmpty)
                    #expect(!cultures(split.train.without(shots)).contains(target))
                    #expect(!cultures(split.validation).contains(target))
                }
            }
        }
        #expect(plans > 30)
    }

    @Test("Without shots, and for what is solved, the trials are those of pooled shots")
    func sharedTrials() throws {
        let corpus = twoCultures()
        let plan = try plan(scheme(nil), scheme(.init()), corpus: corpus, models: models())
        func keys(_ scheme: String, _ source: String, _ model: String) -> [TrialKey] {
            plan.cells.indices.filter {
                plan.cells[$0].scheme.contains("fine-tune") == (scheme == "tuned")
                    && plan.cells[$0].trainLabel == source && plan.cells[$0].recipe.name == model
            }.flatMap { cell in plan.trials.filter { $0.cell == cell }.map(\.key) }
        }
        #expect(keys("tuned", "DE", "eaf") == keys("pooled", "DE", "eaf"))
        #expect(keys("tuned", "DE + 2 HU", "ridge") == keys("pooled", "DE + 2 HU", "ridge"))
        let tuned = keys("tuned", "DE + 2 HU", "eaf")
        #expect(tuned.count == 2)
        #expect(Set(tuned).isDisjoint(with: keys("pooled", "DE + 2 HU", "eaf")))
        #expect(plan.notes.count == 1)
        #expect(
            plan.notes[0].hasSuffix(
                ": a network learns from the source, then from the shots alone in 10 epochs at a "
                    + "tenth of its learning rate. Linear models (ridge) learn from both at once."))
        // The cells without shots, and the solved ones, know of no second phase.
        for cell in plan.cells {
            let hasShots = cell.trainCultures.count == 2 && cell.scheme.contains("fine-tune")
            #expect((cell.recipe.tuning != nil) == (hasShots && cell.recipe.name == "eaf"))
        }
    }

    @Test("Epochs and learning rate are of the key; a tenth is a tenth however it is said")
    func keys() throws {
        let corpus = twoCultures()
        func keys(_ tuning: FineTuning, rate: Double = 1e-3) throws -> Set<TrialKey> {
            Set(
                try plan(
                    scheme(tuning, shots: [1]), corpus: corpus,
                    models: models { $0.training.learningRate = rate }
                ).trials.filter { $0.cell % 2 == 0 }.map(\.key))
        }
        let usual = try keys(.init())
        #expect(usual.count == 4)
        #expect(try keys(.init(epochs: 10, learningRate: 1e-3 / 10)) == usual)
        #expect(try keys(.init(epochs: 11)).isDisjoint(with: usual))
        #expect(try keys(.init(learningRate: 2e-4)).isDisjoint(with: usual))
        #expect(try keys(.init(), rate: 2e-3).isDisjoint(with: usual))
        let (first, second) = (
            try plan(scheme(.init()), corpus: corpus, models: models()),
            try plan(scheme(.init(epochs: 11)), corpus: corpus, models: models())
        )
        let place = try #require(
            first.trials.firstIndex { first.cells[$0.cell].recipe.tuning != nil })
        let differences = first.ingredients(of: first.trials[place])
            .differences(to: second.ingredients(of: second.trials[place]))
        #expect(differences == [.init(name: "fine-tuning epochs", old: "10", new: "11")])
    }

    @Test("An adversary has nothing to tell apart in the first phase")
    func adversary() throws {
        let asked = sweep(scheme(.init()), .pooled(folds: 2, group: nil)) {
            $0.models = [recipe { $0.adversaryWeight = 0.5 }]
        }
        let plan = try Plan(sweep: asked, corpora: [twoCultures()])
        for cell in plan.cells {
            #expect((cell.recipe.adversaryWeight == nil) == cell.scheme.hasPrefix("few-shot"))
        }
    }

    @Test("A leak among the shots is found, in the training list or not")
    func leaks() throws {
        let plan = try plan(scheme(.init()), corpus: twoCultures(), models: models())
        let cell = try #require(plan.cells.first { $0.recipe.tuning != nil })
        let split = plan.splits[cell.splits.lowerBound]
        let check = LeakCheck(
            recordings: plan.recordings, columns: ["subject", "dyad"], featureSets: ["faus"])
        let separated = SeparatedColumns(test: ["dyad"], validation: ["dyad"])
        try check.check(split, separated: separated)
        for stranger in [split.test[0], split.validation[0]] {
            let leaking = Split(
                fold: 1, train: split.train, validation: split.validation, test: split.test,
                tuned: split.tuned + [stranger])
            #expect(throws: Leak.self) { try check.check(leaking, separated: separated) }
        }
        #expect(plan.planting(.recording).splits[0].tuned == plan.splits[0].tuned)
    }

    @Test("A model that keeps an epoch for each target is refused with what to do")
    func severalBestWeights() throws {
        let several = models { $0.training.epochChoice = .perTarget }
        #expect {
            try plan(scheme(.init()), corpus: twoCultures(), models: several)
        } throws: {
            "\($0)" == "few-shot: with `mode: fine-tune` a network goes on from its best weights, "
                + "but model `eaf` keeps other ones for each target. Choose `epoch-choice: joint`, "
                + "or `target-models: per-target`."
        }
        _ = try plan(scheme(nil), corpus: twoCultures(), models: several)
        _ = try plan(
            scheme(.init()), corpus: twoCultures(),
            models: models {
                ($0.training.epochChoice, $0.training.targetModels) = (.perTarget, .perTarget)
            })
    }

    @Test("A sweep says it by `mode` and `fine-tune`, and every other word is an error")
    func text() throws {
        func scheme(_ rest: String) throws -> Scheme {
            try Sweep(
                yaml: "corpora: [a.yaml]\nschemes: [{scheme: few-shot\(rest)}]", file: "s.yaml"
            ).schemes[0]
        }
        func tuning(_ rest: String) throws -> FineTuning? { try scheme(rest).tuning }
        #expect(try tuning("") == nil)
        #expect(try tuning(", mode: pool") == nil)
        #expect(try tuning(", mode: fine-tune") == FineTuning())
        #expect(
            try tuning(", mode: fine-tune, fine-tune: {epochs: 3, learning-rate: 0.02}")
                == FineTuning(epochs: 3, learningRate: 0.02))
        #expect(
            try scheme(", mode: fine-tune, fine-tune: {learning-rate: 0.02}").label
                == "few-shot(test=0.5,repeats=1,mode=fine-tune,epochs=10,learning-rate=0.02)")
        for (text, words) in [
            (", mode: finetune", "cannot be `finetune`; the nearest is `fine-tune`"),
            (", fine-tune: {epochs: 3}", "needs `mode: fine-tune`"),
            (", mode: pool, fine-tune: {epochs: 3}", "needs `mode: fine-tune`"),
            (", mode: fine-tune, fine-tune: {epoch: 3}", "no key `epoch`; the nearest is `epochs`"),
            (", mode: fine-tune, fine-tune: {epochs: 0}", "from 1 to"),
            (", mode: fine-tune, fine-tune: {learning-rate: 0}", "above 0"),
            (", mode: fine-tune, fine-tune: 3", "must be a mapping"),
        ] {
            #expect { try scheme(text) } throws: { "\($0)".contains(words) }
        }
        #expect(throws: SweepError.self) {
            try Sweep(
                yaml: "corpora: [a.yaml]\nschemes: [{scheme: pooled, mode: pool}]", file: "s.yaml")
        }
    }

    @Test("The plan for machines says which recordings are learnt from last")
    func json() throws {
        let plan = try plan(scheme(.init()), corpus: twoCultures(), models: models())
        let text = plan.json()
        let tuned = plan.trials.count { plan.cells[$0.cell].recipe.tuning != nil }
        #expect(text.components(separatedBy: "\"tuned\":[\"").count == tuned + 1)
    }

    private func twoCultures() -> Corpus {
        corpus(
            ["DE", "HU"].flatMap { culture in
                (0..<16).map {
                    recording(
                        "\(culture)\($0)", culture,
                        ["dyad": "\(culture)-\($0 / 2)", "subject": "\(culture)-\($0)"])
                }
            })
    }
}

extension String {
    /// The parts between occurrences of a text.
    fileprivate func components(separatedBy text: String) -> [Substring] {
        split(separator: text, omittingEmptySubsequences: false)
    }
}
