import Corpora
import Kernels
import Planning
import Scoring
import Testing

@Suite struct RowTests {
    private func scores(_ remove: Int? = nil) throws -> (Study, SweepScores) {
        var study = Study()
        study.seeds = 2
        study.record("a", "DE", frames: 3)
        study.record("b", "HU", frames: 3)
        study.record("c", "HU", frames: 3)
        study.cell(
            "pooled", scheme: "pooled", train: ["DE", "HU"], test: ["DE", "HU"],
            folds: [(["c"], ["a", "b"])])
        var scored = study.scoreAll { trial, id in
            (gold: [1, 2, 3], predicted: id == "a" ? [1, 3, 5] : [Double(trial.seed), 1, 1])
        }
        if let remove { scored[study.trials[remove].key] = nil }
        let scores = try SweepScores(
            plan: study.plan, scored: scored, quarantined: [:], resamples: 20)
        return (study, scores)
    }

    private func text(_ row: some Row) -> String {
        row.fields.map { field in
            switch field {
            case .text(let text): text
            case .count(let count): "\(count)"
            case .number(let number): number.map { "\($0)" } ?? "nil"
            }
        }.joined(separator: " ")
    }

    @Test("Columns are the documented ones, and each row fills them all")
    func columns() throws {
        let (_, scores) = try scores()
        #expect(
            TrialRow.columns.joined(separator: ", ")
                == """
                sweep, key, scheme, train, test, model, features, fold, seed, target, convention, \
                ccc, pearson, rmse, bias, scale, recordings, frames, epoch, repetition, \
                selection, validation
                """)
        #expect(
            RecordingRow.columns.joined(separator: ", ")
                == "key, recording, culture, target, convention, ccc, pearson, rmse, frames")
        #expect(
            SummaryRow.columns.joined(separator: ", ")
                == """
                scheme, train, test, model, features, target, convention, ccc, ccc_low, ccc_high, \
                seed_sd, pearson, rmse, recordings, groups, frames, trials, planned, defined, \
                undefined, selection, validation
                """)
        #expect(
            SubjectRow.columns.joined(separator: ", ")
                == """
                scheme, train, test, model, features, repetition, seed, subject, target, \
                convention, ccc, pearson, rmse, bias, scale, recordings, frames
                """)
        let all = Convention.allCases
        #expect(scores.trials(all).allSatisfy { $0.fields.count == TrialRow.columns.count })
        #expect(scores.recordings(all).allSatisfy { $0.fields.count == RecordingRow.columns.count })
        #expect(scores.summary(all).allSatisfy { $0.fields.count == SummaryRow.columns.count })
        // 2 trials × (DE, HU, all), 2 trials × 2 recordings, (DE, HU, all); × 3 conventions.
        #expect(scores.trials(all).count == 18)
        #expect(scores.recordings(all).count == 12)
        #expect(scores.summary(all).count == 9)
    }

    @Test("A trial's row holds its place in the sweep and its figures")
    func trialRow() throws {
        let (study, scores) = try scores()
        let row = try #require(scores.trials([.population]).first)
        let key = study.trials[0].key.description
        let rmse = (5.0 / 3).squareRoot()
        #expect(
            text(row) == """
                study \(key) pooled DE+HU DE lstm av 1 0 arousal population \(8.0 / 13) 1.0 \
                \(rmse) 1.0 2.0 1 3 3 0 validation nil
                """)
    }

    @Test("A recording's row leaves undefined what is constant")
    func recordingRow() throws {
        let (study, scores) = try scores()
        let row = scores.recordings([.avec])[3]
        let key = study.trials[1].key.description
        #expect(text(row) == "\(key) b HU arousal avec 0.0 nil \((5.0 / 3).squareRoot()) 3")
    }

    @Test("A subject's row merges its out-of-fold recordings over folds; without one there is none")
    func subjectRow() throws {
        var study = Study()
        study.seeds = 2
        for (id, subject) in [("a", "2"), ("b", "1"), ("c", "2")] {
            study.record(id, "DE", frames: 2, ["subject": subject])
        }
        study.record("d", "DE", frames: 2)
        study.cell(
            "pooled", train: ["DE"], test: ["DE"],
            folds: [(["d"], ["a"]), (["d"], ["b"]), (["b"], ["c"]), (["a"], ["d"])])
        let scored = study.scoreAll { trial, id in
            (gold: id == "c" ? [3, 5] : [1, 2], predicted: [Double(trial.seed), 4])
        }
        let scores = try SweepScores(
            plan: study.plan, scored: scored, quarantined: [:], resamples: 20)
        let rows = scores.subjects(ofCell: 0, study.trials, [.population])
        #expect(rows.map { $0.fields[6] } == [.count(0), .count(0), .count(1), .count(1)])
        // In the order of content, as recordings are.
        #expect(
            rows.map { $0.fields[7] } == [.text("2"), .text("1"), .text("2"), .text("1")])
        let both = Score(Moments(gold: [1, 2, 3, 5], predicted: [1, 4, 1, 4]), .population)
        #expect(rows[2].fields[16] == .count(4) && rows[2].fields[15] == .count(2))
        for (field, figure) in zip(
            rows[2].fields[10...14], [both.ccc, both.pearson, both.rmse, both.bias, both.scale])
        {
            guard case .number(let value) = field else {
                Issue.record("\(field)")
                continue
            }
            #expect(abs(value! - figure!) < 1e-12)
        }
        #expect(
            text(rows[1]) == """
                within-culture DE DE lstm av 0 0 1 arousal population \(4.0 / 9) 1.0 \
                \(2.5.squareRoot()) 0.5 4.0 1 2
                """)
    }

    @Test("A summary's row counts what it is made of")
    func summaryRow() throws {
        let (_, scores) = try scores(1)
        let row = try #require(scores.summary([.population]).last)
        #expect(text(row).hasPrefix("pooled DE+HU all lstm av arousal population "))
        #expect(text(row).hasSuffix(" 2 2 6 1 2 1 0 validation nil"))
        #expect(row.fields[10] == .number(nil))
    }

    @Test("A trial that two cells hold counts once, and lists its recordings once")
    func sharedTrial() throws {
        var study = Study()
        study.record("a", "DE")
        study.record("b", "DE")
        for scheme in ["within-culture", "leave-one-recording-out"] {
            study.cell(scheme, scheme: scheme, train: ["DE"], test: ["DE"], folds: [(["a"], ["b"])])
        }
        let first = study.trials[0]
        study.shareFirstTrial()
        let scored = study.scored(first) { _ in (gold: [1, 2], predicted: [1, 3]) }
        let scores = try SweepScores(
            plan: study.plan, scored: [first.key: scored], quarantined: [:], resamples: 10)
        #expect(scores.coverage.planned == 1 && scores.coverage.isComplete)
        #expect(scores.cells.map(\.coverage.scored) == [1, 1])
        #expect(scores.trials([.population]).count == 2)
        #expect(scores.recordings([.population]).count == 1)
    }

    @Test("An outcome is scored from its moments alone")
    func outcome() {
        let moments = Moments(gold: [1, 2], predicted: [1, 3])
        let key = TrialKey(digest: Digest(of: [1]))
        let outcome = Outcome(
            key: key, targets: ["arousal"], epochs: [.init(loss: 1, validation: [0.5])],
            bestEpoch: 1,
            recordings: [
                .init(gold: Study.gold("a"), frames: 2, values: [1, 3], moments: [moments])
            ])
        var expected = ScoredTrial(
            key: key, targets: ["arousal"], bestEpoch: 1,
            recordings: [.init(gold: Study.gold("a"), moments: [moments])])
        expected.losses = [1]
        expected.validation = [0.5]
        expected.selected = [0.5]
        #expect(ScoredTrial(outcome) == expected)
    }

    @Test("What was selected is of what predicts: an epoch for all, one a target, or several")
    func selected() {
        typealias Source = Outcome.Choice.Source
        func selected(_ best: Int, _ sources: [[Source]]) -> [Double?] {
            let outcome = Outcome(
                key: TrialKey(digest: Digest(of: [1])), targets: ["arousal", "valence"],
                epochs: [
                    .init(loss: 1, validation: [0.3, 0.6]), .init(loss: 1, validation: [0.5, 0.2]),
                    .init(loss: 1, validation: [0.4, 0.5]), .init(loss: 1, validation: [0.6, nil]),
                ],
                bestEpoch: best,
                choices: sources.map { Outcome.Choice(sources: $0, lagSeconds: 0) },
                recordings: [])
            return ScoredTrial(outcome).selected
        }
        // Early programs, a joint epoch, epochs of targets, and two networks added up.
        #expect(selected(3, []) == [0.4, 0.5])
        let third = Source(epoch: 3, share: 1)
        #expect(selected(3, [[third], [third]]) == [0.4, 0.5])
        let own = [[Source(epoch: 2, share: 1)], [Source(epoch: 1, share: 1)]]
        #expect(selected(3, own) == [0.5, 0.6])
        let two = [Source(epoch: 1, share: 0.5), Source(epoch: 2, share: 0.5)]
        #expect(selected(4, [two, two]) == [0.6, nil])
    }

    @Test("The validation of a cell is the mean over its trials, and the repetition is the split's")
    func validation() throws {
        let (study, plain) = try scores()
        var scored = plain.scored
        for (number, trial) in study.trials.enumerated() {
            scored[trial.key]?.selected = [Double(number) / 4]
        }
        let scores = try SweepScores(
            plan: study.plan, scored: scored, quarantined: [:], resamples: 20)
        #expect(scores.summary([.population]).map { $0.fields.last } == [
            .number(0.125), .number(0.125), .number(0.125),
        ])
        #expect(scores.rows(of: study.trials[1], [.avec]).map { $0.fields.last } == [
            .number(0.25), .number(0.25), .number(0.25),
        ])
    }
}
