import Corpora
import Networks
import Planning
import Scoring
import Testing

@testable import Reporting

/// Gate weights in reports: means over everything that was predicted, and the figure of them.
@Suite struct GateTests {
    /// A study whose model `eaf` weighs egemaps 0.5, 0.3, 0.2 in Germany and 0.2, 0.3, 0.5 in
    /// Hungary, and of six video features the last one with all; `lstm` has no gate.
    private static func outcomes(
        _ plan: Plan, _ study: Study, late: Bool = false
    ) -> [TrialKey: Outcome] {
        var outcomes = study.outcomes(plan)
        for trial in plan.trials where plan.cells[trial.cell].recipe.name == "eaf" {
            let attended = plan.splits[trial.split].test.map { index in
                let isGerman = plan.recordings[index].recording.culture == "DE"
                return Attended(
                    features: (isGerman ? [0.5, 0.3, 0.2] : [0.2, 0.3, 0.5]) + [0, 0, 0, 0, 0, 1],
                    modalities: [0.25, 0.75])
            }
            outcomes[trial.key]?.attention = [
                .init(
                    epoch: 1, featureSets: 0..<3,
                    recordings: attended)
            ]
        }
        return outcomes
    }

    private func weights(_ plan: Plan, _ outcomes: [TrialKey: Outcome]) -> GateWeights {
        var weights = GateWeights(of: plan)
        for key in plan.uniqueKeys { outcomes[key].map { weights.add($0) } }
        return weights
    }

    private func report(_ study: Study) throws -> Report {
        let plan = try study.plan()
        let outcomes = Self.outcomes(plan, study)
        let report = try Report(
            plan: plan, outcomes: outcomes, quarantined: [:], resamples: 50)
        return report.showing(
            weights(plan, outcomes), columns: ["egemaps": ["Loudness <dB>", "F0", "jitter"]])
    }

    @Test("Means are over the frames of a culture, whatever the folds and seeds")
    func means() throws {
        let study = Study()
        let plan = try study.plan()
        let weights = weights(plan, Self.outcomes(plan, study))
        for (index, cell) in plan.cells.enumerated() {
            for culture in ["DE", "HU"] {
                let means = weights.means(ofCells: [index], culture: culture)
                guard cell.recipe.name == "eaf", cell.testCultures.contains(culture) else {
                    #expect(means == nil)
                    continue
                }
                let found = try #require(means)
                let expected = culture == "DE" ? [0.5, 0.3, 0.2] : [0.2, 0.3, 0.5]
                #expect(zip(found.features[0], expected).allSatisfy { abs($0 - $1) < 1e-6 })
                #expect(found.features[1] == [0, 0, 0, 0, 0, 1])
                #expect(found.modalities == [0.25, 0.75])
            }
        }
        let within = plan.cells.indices.filter {
            plan.cells[$0].scheme == "within-culture" && plan.cells[$0].recipe.name == "eaf"
        }
        #expect(weights.means(ofCells: within, culture: "HU")?.features[1].last == 1)
        #expect(weights.means(ofCells: [], culture: "HU") == nil)
        #expect(weights.means(ofCells: within, culture: "CN") == nil)
    }

    @Test("Longer recordings count more, and networks of single modalities add up to the whole")
    func weighting() throws {
        let study = Study()
        let plan = try study.plan()
        let cell = try #require(
            plan.cells.firstIndex { $0.scheme == "pooled" && $0.recipe.name == "eaf" })
        let trial = try #require(plan.trials.first { $0.cell == cell })
        var outcome = try #require(study.outcomes(plan)[trial.key])
        let tested = plan.splits[trial.split].test
        let german = tested.filter { plan.recordings[$0].recording.culture == "DE" }
        let first = try #require(tested.firstIndex(of: german[0]))
        // Late fusion: a network of audio, and one of video whose modality weighs nothing.
        var audio = tested.map { _ in Attended(features: [0, 1, 0], modalities: [1]) }
        audio[first].features = [1, 0, 0]
        outcome.attention = [
            .init(epoch: 1, featureSets: 0..<1, recordings: audio),
            .init(
                epoch: 2, featureSets: 1..<3,
                recordings: tested.map { _ in
                    Attended(features: [0.5, 0.5, 0, 0, 0, 0], modalities: [1])
                }),
        ]
        var weights = GateWeights(of: plan)
        weights.add(outcome)
        let means = try #require(weights.means(ofCells: [cell], culture: "DE"))
        let share = 1 / Double(german.count)
        #expect(abs(means.features[0][0] - share) < 1e-12)
        #expect(abs(means.features[0][1] - (1 - share)) < 1e-12)
        #expect(means.features[1] == [0.5, 0.5, 0, 0, 0, 0] && means.modalities.isEmpty)
        // What is of another plan changes nothing.
        outcome.key = TrialKey(digest: trial.key.digest).part("other")
        let before = weights.means(ofCells: [cell], culture: "DE")
        weights.add(outcome)
        #expect(weights.means(ofCells: [cell], culture: "DE") == before)
    }

    @Test("A figure for each model with gates and each scheme, complete and within its bounds")
    func figures() throws {
        let report = try report(Study())
        let figures = report.document.figures.filter { $0.name.hasPrefix("gates-") }
        #expect(
            figures.map(\.name) == [
                "gates-av-eaf-within-culture", "gates-av-eaf-cross-culture", "gates-av-eaf-pooled",
                "gates-av-eaf-leave-one-recording-out",
            ])
        let place = try Regex(" (?:x|y)=\"(-?[0-9.]+)\"")
        for figure in figures {
            let text = figure.elements.joined()
            for words in [
                "no unit", "gate (%)", "tested on", ">DE<", ">HU<", "Loudness &lt;dB&gt;", "pose 3",
                "50.0 %", "20.0 %", "100.0 %", "modalities: 2", "25.0 %", "75.0 %",
                "features of audio: 3, an equal share is 33.3 %",
            ] { #expect(text.contains(words), "\(words)") }
            #expect(figure.reading.hasSuffix(".") && !figure.title.isEmpty)
            for element in figure.elements {
                for match in element.matches(of: place) {
                    let value = Double(match.output[1].substring ?? "") ?? .nan
                    #expect(value >= 0 && value <= Double(max(figure.width, figure.height)))
                }
            }
        }
        let titles = report.sections.map(\.title)
        let own = try #require(titles.firstIndex(of: "What models look at"))
        #expect(own < titles.firstIndex(of: "How it was made")!)
        try Snapshot.expect(figures[0].file, is: "gates.svg")
    }

    @Test("Of many features the largest are shown, and the rest as one that adds up")
    func many() throws {
        var study = Study()
        study.width = 15
        let plan = try study.plan()
        var outcomes = study.outcomes(plan)
        // Features 1 to 15 in a falling order of weight, but for the last two, which are largest.
        let weighed = (0..<13).map { Float(13 - $0) / 130 } + [0.2, 0.1]
        for trial in plan.trials where plan.cells[trial.cell].recipe.name == "eaf" {
            outcomes[trial.key]?.attention = [
                .init(
                    epoch: 1, featureSets: 0..<1,
                    recordings: plan.splits[trial.split].test.map { _ in
                        Attended(features: weighed)
                    })
            ]
        }
        let report = try Report(
            plan: plan, outcomes: outcomes, quarantined: [:], resamples: 20
        ).showing(weights(plan, outcomes))
        let figure = try #require(report.document.figures.first { $0.name.hasPrefix("gates-") })
        let text = figure.elements.joined()
        let labels = figure.elements.filter { $0.contains(">egemaps ") }
        #expect(labels.count == 8)
        for (label, number) in zip(labels, [14, 1, 15, 2, 3, 4, 5, 6]) {
            #expect(label.contains(">egemaps \(number)<"))
        }
        // 7 + 6 + … + 1 of 130.
        #expect(text.contains("the other 7 together") && text.contains(">21.5 %<"))
        #expect(text.contains("features of audio: 15, an equal share is 6.7 %"))
        // Of video nothing is weighed.
        #expect(!text.contains("video"))
    }

    @Test("Without gates, and for outcomes of early programs, a report is what it was")
    func none() throws {
        let study = Study()
        let plan = try study.plan()
        let outcomes = study.outcomes(plan)
        let report = try Report(
            plan: plan, outcomes: outcomes, quarantined: [:], resamples: 20)
        let shown = report.showing(weights(plan, outcomes))
        #expect(shown.html == report.html && shown.sections == report.sections)
    }
}
