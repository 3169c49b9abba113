import Corpora
import Descriptors
import Testing

@testable import Planning

/// Feature sets that each fold derives: in sweeps, in keys, and in what people read.
@Suite("Derived features") struct DerivedFeatureTests {
    private func features(_ text: String) throws -> FeatureChoice {
        let yaml = """
            corpora: [a.yaml]
            schemes: [{scheme: pooled}]
            features: {x: \(text)}
            """
        return try Sweep(yaml: yaml, file: "s.yaml").features[0]
    }

    private func refusal(_ text: String) -> String? {
        do {
            _ = try features(text)
            return nil
        } catch {
            return "\(error)"
        }
    }

    private func words(_ change: (inout CodebookLearner) -> Void = { _ in }) -> Derivation {
        var learner = CodebookLearner()
        change(&learner)
        return Derivation(kind: .words(learner))
    }

    @Test("A choice lists feature sets as they are, words and functionals of them")
    func parsed() throws {
        let choice = try features(
            """
            {video: [{functionals: faus, window-seconds: 2}], audio: [mfcc, {words: mfcc}, \
            {words: egemaps, count: 50, window-seconds: 1.5, assign: 3, gaussian: 0.5, \
            iterate: true, raw: true, seed: 7}]}
            """)
        #expect(choice.modalities.map(\.name) == ["audio", "video"])
        var other = words {
            ($0.words, $0.assignments, $0.gaussianWidth) = (50, 3, 0.5)
            ($0.isIterated, $0.isStandardised, $0.seed) = (true, false, 7)
        }
        other.windowSeconds = 1.5
        #expect(
            choice.inputs == [
                .init(featureSet: "mfcc"), .init(featureSet: "mfcc", derivation: words()),
                .init(featureSet: "egemaps", derivation: other),
                .init(
                    featureSet: "faus",
                    derivation: Derivation(kind: .functionals, windowSeconds: 2)),
            ])
        #expect(choice.featureSets == ["mfcc", "egemaps", "faus"])
        #expect(
            choice.inputs.map(\.label) == [
                "mfcc", "words of mfcc (100, 4.0 s)",
                "words of egemaps (50, 1.5 s, 3 nearest, gaussian 0.5, k-means, raw, seed 7)",
                "functionals of faus (2.0 s)",
            ])
        #expect(choice.flattened.inputs.allSatisfy { $0.derivation == nil })
    }

    @Test(
        "What cannot be derived is refused with its line",
        arguments: [
            ("{audio: [{word: mfcc}]}", "`{words: SET}` or `{functionals: SET}`"),
            ("{audio: [{words: a, functionals: a}]}", "`{words: SET}` or `{functionals: SET}`"),
            ("{audio: [{words: a, cuont: 3}]}", "no key `cuont`; the nearest is `count`"),
            ("{audio: [{functionals: a, count: 3}]}", "no key `count`"),
            ("{audio: [{words: a, count: 0}]}", "a whole number from 1 to 2000"),
            ("{audio: [{words: a, count: 2, assign: 3}]}", "counts for 3 words"),
            ("{audio: [{words: a, gaussian: 0}]}", "a number above 0"),
            ("{audio: [{words: a, gaussian: 1e60}]}", "no float32"),
            ("{audio: [{words: a, window-seconds: -1}]}", "a number above 0"),
            ("{audio: [{words: a, iterate: yes}]}", "true or false"),
            ("{audio: [{words: a}, {words: a}]}", "lists `words of a (100, 4.0 s)` twice"),
            ("{audio: [[a]]}", "must be a word or a number"),
        ])
    func refused(_ text: String, _ sentence: String) {
        let found = refusal(text) ?? "nothing"
        #expect(found.contains(sentence) && found.hasPrefix("s.yaml:3"), "\(found)")
    }

    private func keys(_ derivation: Derivation?, name: String = "x") throws -> [TrialKey] {
        let choice = FeatureChoice(
            name: name,
            modalities: [
                .init(
                    name: "audio",
                    inputs: [.init(featureSet: "egemaps", derivation: derivation)])
            ])
        return try PlanningTests.keys { $0.features = [choice] }
    }

    @Test("Every setting of a derivation flips every key, and a name none")
    func flips() throws {
        var longer = words()
        longer.windowSeconds = 3
        var functionals = Derivation(kind: .functionals)
        let changes: [(inout CodebookLearner) -> Void] = [
            { $0.words = 99 }, { $0.assignments = 2 }, { $0.gaussianWidth = 1 },
            { $0.gaussianWidth = 2 }, { $0.isIterated = true }, { $0.isStandardised = false },
            { $0.seed = 11 },
        ]
        #expect(changes.count == Mirror(reflecting: CodebookLearner()).children.count + 1)
        var all = Set(try keys(nil))
        let count = all.count
        for change in changes { all.formUnion(try keys(words(change))) }
        for derivation in [words(), longer, functionals] { all.formUnion(try keys(derivation)) }
        functionals.windowSeconds = 3
        all.formUnion(try keys(functionals))
        #expect(all.count == count * (changes.count + 5))
        #expect(try keys(words(), name: "other") == keys(words()))
    }

    @Test("What is derived of a feature set that is used anyway counts too, wherever it stands")
    func order() throws {
        func keys(_ inputs: [FeatureChoice.Input]) throws -> [TrialKey] {
            try PlanningTests.keys {
                $0.features = [
                    FeatureChoice(name: "x", modalities: [.init(name: "audio", inputs: inputs)])
                ]
            }
        }
        let plain = FeatureChoice.Input(featureSet: "egemaps")
        let derived = FeatureChoice.Input(featureSet: "egemaps", derivation: words())
        let all = try [[plain], [derived], [plain, derived], [derived, plain]].map(keys)
        #expect(Set(all.joined()).count == 4 * all[0].count)
    }

    @Test("The plan says how wide features are and what is the fold's, and why names it")
    func told() throws {
        let choice = try features(
            "{audio: [egemaps, {words: egemaps}], video: [{functionals: faus}]}")
        let plan = try Plan(
            sweep: sweep(leaveOneOut) { $0.features = [choice] }, corpora: [filmCorpus()])
        #expect(choice.widths(in: plan.corpora[0]) == [123, 34])
        #expect(
            plan.describe().contains(
                """
                Features x, 157 wide, hold words of egemaps (100, 4.0 s), functionals of faus \
                (4.0 s): made inside each fold, codebooks from its training side alone.
                """))
        let items = plan.ingredients(of: plan.trials[0]).settings
        let audio = items.first { $0.name == "features audio" }
        #expect(
            audio?.value
                == "egemaps (23 at 0.1 s) words of egemaps (100, 4.0 s) (23 at 0.1 s)")
    }

    @Test("A feature set that no corpus has cannot be derived from")
    func unknown() throws {
        let choice = try features("{audio: [{words: mfcc}]}")
        #expect(throws: PlanError.self) {
            try Plan(
                sweep: sweep(leaveOneOut) { $0.features = [choice] }, corpora: [filmCorpus()])
        }
        let twice = FeatureChoice(
            name: "x",
            modalities: [
                .init(
                    name: "audio",
                    inputs: [
                        .init(featureSet: "egemaps", derivation: words()),
                        .init(featureSet: "egemaps", derivation: words()),
                    ])
            ])
        #expect(throws: PlanError.doubledFeatureSet("words of egemaps (100, 4.0 s)", choice: "x")) {
            try Plan(sweep: sweep(leaveOneOut) { $0.features = [twice] }, corpora: [filmCorpus()])
        }
    }
}
