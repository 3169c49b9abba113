import Corpora
import Testing

@testable import Planning

@Suite("Plans") struct PlanTests {
    @Test("Cells are schemes × cultures × features × models in the sweep's order")
    func order() throws {
        let plan = try Plan(
            sweep: sweep(.crossCulture(folds: 4, group: "run"), .pooled(folds: 4, group: "run")) {
                $0.features = [
                    audioVideo,
                    FeatureChoice(
                        name: "a", modalities: [.init(name: "audio", featureSets: ["egemaps"])]),
                ]
                $0.models = [recipe("x"), recipe("y") { $0.training.epochs = 3 }]
                $0.seeds = 2
            }, corpora: [filmCorpus()])
        #expect(
            plan.cells.map(\.name) == [
                "cross-culture DE→IT av x", "cross-culture DE→IT av y", "cross-culture DE→IT a x",
                "cross-culture DE→IT a y", "cross-culture IT→DE av x", "cross-culture IT→DE av y",
                "cross-culture IT→DE a x", "cross-culture IT→DE a y", "pooled DE+IT av x",
                "pooled DE+IT av y", "pooled DE+IT a x", "pooled DE+IT a y",
            ])
        #expect(plan.splits.count == 12)
        #expect(plan.cells[0].splits == plan.cells[3].splits)
        #expect(plan.cells[0].trainCultures == ["DE"] && plan.cells[0].testCultures == ["IT"])
        #expect(plan.trials.count == 12 * 4 * 2)
        #expect(plan.uniqueKeys.count == plan.trials.count)
        for (index, trial) in plan.trials.enumerated() {
            let cell = plan.cells[trial.cell]
            #expect(trial.cell == index / 8)
            #expect(trial.split == cell.splits.lowerBound + index % 8 / 2)
            #expect(trial.fold == index % 8 / 2 + 1)
            #expect(trial.seed == index % 2)
            #expect(plan.trial(trial.key) == trial)
        }
        #expect(plan.trial(TrialKey(digest: digest("none"))) == nil)
    }

    @Test("What the user leaves out is filled in from the first corpus")
    func filledIn() throws {
        let plan = try Plan(
            sweep: sweep(.pooled(folds: 4, group: "run")) {
                $0.targets = []
                $0.features = []
            }, corpora: [filmCorpus()])
        #expect(plan.sweep.targets == ["arousal", "valence"])
        #expect(plan.sweep.features.map(\.name) == ["all"])
        #expect(plan.sweep.features[0].modalities == audioVideo.modalities)
        #expect(plan.cells.map(\.name) == ["pooled DE+IT all eaf"])
    }

    @Test("Two cells of one content hold one trial")
    func sharedTrials() throws {
        let plan = try Plan(
            sweep: sweep(.withinCulture(folds: 4, group: "run")) {
                $0.models = [recipe("x"), recipe("y")]
            }, corpora: [filmCorpus()])
        #expect(plan.trials.count == 16)
        #expect(plan.uniqueKeys.count == 8)
        #expect(plan.uniqueKeys == Array(plan.trials.map(\.key).uniqued()))
        #expect(plan.trial(plan.trials[4].key) == plan.trials[0])
        #expect(plan.describe().contains("4 cells, 8 splits, 16 trials, 8 of them to be trained"))
    }

    @Test("Two schemes of one name are told apart by their options")
    func labels() throws {
        let plan = try Plan(
            sweep: sweep(
                .pooled(folds: 4, group: "run"), .pooled(folds: 8, group: "run"),
                .withinCulture(folds: 4, group: "run")), corpora: [filmCorpus()])
        #expect(
            plan.cells.map(\.scheme) == [
                "pooled(folds=4,group=run)", "pooled(folds=8,group=run)", "within-culture",
                "within-culture",
            ])
        #expect(Set(plan.cells.map(\.name)).count == 4)
    }

    @Test("The table for people has a line for each cell, with the sizes of its splits")
    func table() throws {
        let plan = try Plan(
            sweep: sweep(
                .withinCulture(folds: 3, group: "run"), .crossCulture(folds: nil, group: "run")
            ) { $0.seeds = 2 }, corpora: [filmCorpus()])
        #expect(
            plan.describe() == """
                test: 4 cells, 22 splits, 44 trials, 44 of them to be trained; 48 recordings

                cell                        folds  seeds  trials  train  validation  test
                within-culture DE av eaf        3      2       6  12–15           3   6–9
                within-culture IT av eaf        3      2       6  12–15           3   6–9
                cross-culture DE→IT av eaf      8      2      16     18           3     3
                cross-culture IT→DE av eaf      8      2      16     18           3     3

                """)
    }

    @Test("The JSON lists every trial with the ids of its split")
    func json() throws {
        let recordings = (0..<4).map { recording("\"\($0)", "DE", ["dyad": "\($0)"]) }
        let plan = try Plan(
            sweep: sweep(.leaveOneRecordingOut(group: nil, partner: .exclude, train: .culture)),
            corpora: [corpus(recordings)])
        let json = plan.json()
        let trial = plan.trials[1]
        let split = plan.splits[trial.split]
        func list(_ side: [Int]) -> String {
            "[" + plan.ids(side).map { "\"\\\($0)\"" }.joined(separator: ",") + "]"
        }
        #expect(json.hasPrefix(#"{"trials":[{"key":""#))
        #expect(json.hasSuffix("]}]}"))
        #expect(
            json.contains(
                #"{"key":"\#(trial.key)","cell":"leave-one-recording-out DE av eaf","fold":2,"#
                    + #""repetition":0,"seed":0,"train":\#(list(split.train)),"#
                    + #""validation":\#(list(split.validation)),"test":["\"1"]}"#), "\(json)")
    }

    @Test("A hundred thousand trials have as many keys")
    func large() throws {
        let recordings = (0..<500).map { recording("\($0)", "DE", ["dyad": "\($0 / 2)"]) }
        let scheme = Scheme.leaveOneRecordingOut(group: nil, partner: .exclude, train: .all)
        let large = sweep(scheme) {
            $0.seeds = 20
            $0.models = (1...10).map { epochs in
                recipe("m\(epochs)") { $0.training.epochs = epochs }
            }
        }
        #expect(try Plan(sweep: large, corpora: [corpus(recordings)]).uniqueKeys.count == 100_000)
    }
}
