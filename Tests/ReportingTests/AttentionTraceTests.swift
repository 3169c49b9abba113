import Corpora
import Networks
import Planning
import Scoring
import Testing

@testable import Reporting

/// Where decoders look, as means over outcomes and as a panel under traces.
@Suite struct AttentionTraceTests {
    private static let features = FeatureChoice(
        name: "av",
        modalities: [
            .init(name: "audio", featureSets: ["egemaps"]),
            .init(name: "video", featureSets: ["au", "pose"]),
        ])

    /// An outcome of two targets whose networks attended so in a recording of four frames.
    private func outcome(
        _ attention: [(epoch: Int, sets: Range<Int>, lags: [Float])],
        sources: [[Outcome.Choice.Source]]
    ) -> Outcome {
        Outcome(
            key: TrialKey(digest: Digest(of: "trial".utf8)), targets: ["arousal", "valence"],
            epochs: [], bestEpoch: 1,
            choices: sources.map { .init(sources: $0, lagSeconds: 0) },
            recordings: [
                .init(gold: Digest(of: "gold".utf8), frames: 4, values: [], moments: [])
            ],
            attention: attention.map {
                .init(
                    epoch: $0.epoch, featureSets: $0.sets,
                    recordings: [Attended(lags: $0.lags, spreads: $0.lags.map { $0 / 2 })])
            })
    }

    private func means(_ outcomes: [Outcome], target: Int = 0) -> [AttentionTrace] {
        AttentionTrace.means(
            of: outcomes.map { ($0, 0) }, target: target, features: Self.features)
    }

    @Test("One decoder over all modalities is the mean over seeds, without a name")
    func seeds() {
        let one = [Outcome.Choice.Source(epoch: 3, share: 1)]
        let traces = means([
            outcome([(3, 0..<3, [0, 1, 2, 3])], sources: [one, one]),
            outcome([(3, 0..<3, [2, 2, 2, 2])], sources: [one, one]),
        ])
        #expect(
            traces == [
                AttentionTrace(modality: "", lags: [1, 1.5, 2, 2.5], spreads: [0.5, 0.75, 1, 1.25])
            ])
        #expect(means([outcome([], sources: [one, one])]).isEmpty)
        #expect(means([]).isEmpty)
    }

    @Test("Decoders of modalities, and networks of late fusion, have their modality's name")
    func modalities() {
        let one = [Outcome.Choice.Source(epoch: 1, share: 1)]
        let model = means([
            outcome([(1, 0..<3, [0, 10, 1, 11, 2, 12, 3, 13])], sources: [one, one])
        ])
        #expect(model.map(\.modality) == ["audio", "video"])
        #expect(model.map(\.lags) == [[0, 1, 2, 3], [10, 11, 12, 13]])
        let both = [Outcome.Choice.Source(epoch: 1, share: 0.5), .init(epoch: 2, share: 0.5)]
        let late = means([
            outcome(
                [(1, 0..<1, [0, 1, 2, 3]), (2, 1..<3, [4, 5, 6, 7])], sources: [both, both])
        ])
        #expect(late.map(\.modality) == ["audio", "video"])
        #expect(late[1].lags == [4, 5, 6, 7])
    }

    @Test("Only networks that have a share in the target count")
    func targets() {
        let sources: [[Outcome.Choice.Source]] = [
            [.init(epoch: 1, share: 1), .init(epoch: 2, share: 0)], [.init(epoch: 2, share: 1)],
        ]
        let made = outcome(
            [(1, 0..<3, [0, 0, 0, 0]), (2, 0..<3, [5, 5, 5, 5])], sources: sources)
        #expect(means([made], target: 0).map(\.lags) == [[0, 0, 0, 0]])
        #expect(means([made], target: 1).map(\.lags) == [[5, 5, 5, 5]])
        // An outcome of an early program says nothing of choices.
        #expect(means([outcome([(1, 0..<3, [0, 0, 0, 0])], sources: [])]).isEmpty)
    }

    @Test("Where the best model does not attend to frames, the best that does is drawn too")
    func bestAttending() throws {
        var study = Study()
        study.models = ["eaf", "aed", "lstm"]
        let plan = try study.plan()
        let report = try Report(
            plan: plan, outcomes: study.outcomes(plan), quarantined: [:], resamples: 20)
        // Two targets × two cultures, each by the best model, which is another, and by `aed`.
        let models = report.traceRequests.map(\.model)
        #expect(models.count == 8)
        for (index, model) in models.enumerated() {
            #expect((model == "aed") == (index % 2 == 1))
        }
        let drawn = report.drawing(
            report.traceRequests.map { request in
                RecordedTraces(
                    request: request, gold: [0, 1, 0, 1],
                    predictions: request.cells.map { _ in [0, 0, 1, 1] })
            })
        let names = drawn.document.figures.map(\.name).filter { $0.hasPrefix("traces-") }
        #expect(names.count == 8 && Set(names).count == 8)
        #expect(names[0].hasPrefix("traces-av-\(models[0])-"))
        #expect(names[1].hasPrefix("traces-av-aed-"))
    }

    @Test("Under the traces stands a panel for each decoder, in seconds, with the first's spread")
    func panel() throws {
        let study = Study()
        let plan = try study.plan()
        let report = try Report(
            plan: plan, outcomes: study.outcomes(plan), quarantined: [:], resamples: 20)
        let request = report.traceRequests[0]
        func drawn(_ attention: [[AttentionTrace]]) throws -> Figure {
            try #require(
                report.drawing([
                    RecordedTraces(
                        request: request, gold: (0..<300).map { Float($0 % 50) / 50 },
                        predictions: request.cells.map { _ in
                            (0..<300).map { Float($0 % 70) / 90 }
                        }, attention: attention)
                ]).document.figures.first { $0.name.hasPrefix("traces-") })
        }
        let plain = try drawn([])
        let looking = try drawn(
            request.cells.enumerated().map { index, _ in
                ["audio", "video"].map { modality in
                    AttentionTrace(
                        modality: modality, lags: (0..<300).map { Float($0 / 30 + index) },
                        spreads: Array(repeating: 3, count: 300))
                }
            })
        #expect(looking.height == plain.height + 2 * 184)
        let text = looking.elements.joined()
        #expect(text.contains("attention lag, audio (s)") && text.contains("attention lag, video"))
        #expect(looking.elements.count { $0.contains("whisker s0") } == 60)
        #expect(!text.contains("whisker s1") && !plain.elements.joined().contains("whisker"))
        #expect(looking.reading.contains("attention lag") && looking.reading.hasSuffix("."))
        #expect(!plain.reading.contains("attention"))
        // The legend names each line once.
        let curves = looking.elements.count { $0.hasPrefix("<line") && $0.contains("curve") }
        #expect(curves == 1 + request.cells.count)
        try Snapshot.expect(looking.file, is: "attention.svg")
    }
}
