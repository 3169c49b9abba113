import Corpora
import Testing

@testable import Planning

@Suite("Plans that cannot be made") struct PlanErrorTests {
    /// The sentence that a plan is refused with.
    private func refusal(_ sweep: Sweep, _ corpora: [Corpus]) -> String? {
        do {
            _ = try Plan(sweep: sweep, corpora: corpora)
            return nil
        } catch {
            return error.description
        }
    }

    private func features(_ modality: String, _ sets: String...) -> FeatureChoice {
        FeatureChoice(name: "x", modalities: [.init(name: modality, featureSets: sets)])
    }

    private let pooled = Scheme.pooled(folds: 4, group: "run")

    @Test("Targets and feature sets must be in every corpus; the error lists what is")
    func unknownNames() throws {
        let film = filmCorpus()
        var other = corpus([recording("x", "HU", ["run": "9"])], name: "other")
        #expect(
            refusal(sweep(pooled) { $0.targets = ["liking"] }, [film])
                == "Corpus film has no target `liking`; it has arousal, valence.")
        other.targets = ["valence"]
        #expect(
            refusal(sweep(pooled) { $0.targets = [] }, [film, other])
                == "Corpus other has no target `arousal`; it has valence.")
        #expect(
            refusal(sweep(pooled) { $0.features = [features("audio", "mfcc")] }, [film])
                == "Corpus film has no feature set `mfcc`; it has egemaps, faus.")
        other.targets = film.targets
        other.featureSets.removeLast()
        #expect(
            refusal(sweep(pooled), [film, other])
                == "Corpus other has no feature set `faus`; it has egemaps.")
    }

    @Test("A feature set stands under its own modality, once")
    func modalities() throws {
        let wrong = refusal(
            sweep(pooled) { $0.features = [features("audio", "faus")] }, [filmCorpus()])
        #expect(wrong?.contains("`faus` under `audio`, but the manifest says") == true)
        let twice = refusal(
            sweep(pooled) { $0.features = [features("audio", "egemaps", "egemaps")] },
            [filmCorpus()])
        #expect(twice == "Features `x` list feature set `egemaps` twice. Remove one.")
    }

    @Test("Corpora of one sweep agree in hops and widths")
    func unequalCorpora() throws {
        let film = filmCorpus()
        func other(_ change: (inout Corpus) -> Void) -> [Corpus] {
            var other = corpus([recording("x", "HU", ["run": "9"])], name: "other")
            change(&other)
            return [film, other]
        }
        #expect(refusal(sweep(pooled), other { _ in }) == nil)
        #expect(
            refusal(sweep(pooled), other { $0.hopSeconds = 0.2 })
                == "The hop of the gold traces differs: 0.1 s in film, 0.2 s in other. "
                + "Corpora of one sweep must agree.")
        let width = refusal(sweep(pooled), other { $0.featureSets[1].width = 3 })
        #expect(width?.hasPrefix("The width of feature set `faus` differs: 17 in film, 3") == true)
        let hop = refusal(sweep(pooled), other { $0.featureSets[0].hopSeconds = 1 })
        #expect(hop?.hasPrefix("The hop of feature set `egemaps` differs: 0.1 s in film") == true)
    }

    @Test("Recordings have ids of their own, digests, and values where the sweep groups")
    func recordings() throws {
        #expect(refusal(sweep(pooled), [])?.contains("no recordings") == true)
        #expect(refusal(sweep(pooled), [corpus([])])?.contains("no recordings") == true)
        var film = filmCorpus()
        let same = corpus([recording("DE_3", "HU", ["run": "9"])], name: "other")
        #expect(
            refusal(sweep(pooled), [film, same])?.hasPrefix("Recording DE_3 stands in film, other;")
                == true)
        film.recordings[5].digests["faus"] = nil
        #expect(
            refusal(sweep(pooled), [film])?.hasPrefix("Recording DE_5 has no digest of `faus`")
                == true)
        film = filmCorpus()
        film.recordings[7].columns = ["take": "1"]
        #expect(
            refusal(sweep(pooled), [film])
                == "Recording DE_7 has no value in the column `run` that the sweep groups by. "
                + "Columns that every recording has: none.")
        let typo = refusal(sweep(.pooled(folds: 4, group: "rnu")), [filmCorpus()])
        #expect(typo?.hasSuffix("Columns that every recording has: run.") == true)
        let validation = refusal(sweep(pooled) { $0.validation.group = "x" }, [filmCorpus()])
        #expect(validation?.contains("the column `x`") == true)
    }

    @Test("Fewer groups than folds are refused with both numbers")
    func fewGroups() throws {
        let film = filmCorpus()
        let within = refusal(sweep(.withinCulture(folds: 9, group: "run")), [film])
        #expect(within?.hasPrefix("within-culture DE: 8 groups of recordings by `run`") == true)
        #expect(within?.contains("cannot fill 9 folds. Lower `folds`") == true)
        let cross = refusal(sweep(.crossCulture(folds: 9, group: "run")), [film])
        #expect(cross?.hasPrefix("cross-culture DE→IT: 8 groups") == true)
        // Three subjects who meet in two dyads are one group, whatever the user groups by.
        let dyads = [("a", "1"), ("b", "1"), ("b", "2"), ("c", "2"), ("d", "3")]
        let chained = dyads.enumerated().map { index, place in
            recording(
                "\(index)", "DE", ["subject": place.0, "dyad": place.1, "run": "\(index)"])
        }
        for group in [nil, "run", "subject"] {
            let merged = refusal(sweep(.pooled(folds: 3, group: group)), [corpus(chained)])
            #expect(merged?.hasPrefix("pooled DE: 2 groups of recordings") == true)
            #expect(merged?.contains("cannot fill 3 folds") == true)
        }
    }

    @Test("A training side of one group has nothing left for validation")
    func fewGroupsToTrain() throws {
        let two = (0..<4).map { recording("\($0)", "DE", ["dyad": "\($0 / 2)"]) }
        #expect(
            refusal(sweep(.withinCulture(folds: 2, group: nil)), [corpus(two)])?.hasPrefix(
                "within-culture DE, fold 1: the training side has 1 group of recordings; it needs")
                == true)
        let alone = [recording("a", "DE", ["dyad": "1"]), recording("b", "DE", ["dyad": "1"])]
        let scheme = Scheme.leaveOneRecordingOut(group: nil, partner: .exclude, train: .culture)
        #expect(
            refusal(sweep(scheme), [corpus(alone)])?.contains("has 0 groups of recordings") == true)
        let validation = refusal(
            sweep(.withinCulture(folds: 2, group: "run")) { $0.validation.group = "hall" },
            [
                corpus(
                    (0..<6).map { recording("\($0)", "DE", ["run": "\($0)", "hall": "one"]) })
            ])
        #expect(validation?.contains("the training side has 1 group") == true)
    }

    @Test("Cross-culture needs two cultures")
    func oneCulture() throws {
        var film = filmCorpus()
        film.recordings.removeAll { $0.culture == "IT" }
        #expect(
            refusal(sweep(.crossCulture(folds: nil, group: "run")), [film])?.hasPrefix(
                "cross-culture needs two cultures, but all recordings are of DE.") == true)
    }

    @Test("A lag that leaves a training side no frame is refused, and one frame less is not")
    func longLag() throws {
        func refused(_ lags: Double..., scheme: Scheme, corpus: Corpus = filmCorpus()) -> String? {
            refusal(
                sweep(scheme) { $0.models = [recipe("lagged") { $0.training.lags = lags }] },
                [corpus])
        }
        let cross = Scheme.crossCulture(folds: nil, group: "run")
        #expect(
            refused(0, 1, scheme: cross) == "cross-culture DE→IT av lagged, fold 1: with a lag of "
                + "1.0 s no frame is left to learn from: the longest recording of the training "
                + "side has 10 frames of 0.1 s. Lower `lag-seconds`.")
        #expect(refused(1e300, scheme: cross)?.contains("with a lag of 1e+300 s") == true)
        #expect(refused(0.9, scheme: cross) == nil)
        // Shots are learnt from alone, and may be shorter than the source.
        var mixed = filmCorpus()
        for index in mixed.recordings.indices where mixed.recordings[index].culture == "DE" {
            mixed.recordings[index].frames = 20
        }
        func shots(_ tuning: FineTuning?) -> Scheme {
            Scheme(.fewShot(shots: [2], test: 0.5, repeats: 1, tuning: tuning), group: "run")
        }
        let tuned = refused(1, scheme: shots(.init()), corpus: mixed)
        #expect(tuned?.contains("has 10 frames of 0.1 s") == true)
        let pooled = refused(1, scheme: shots(nil), corpus: mixed)
        #expect(pooled == nil)
    }

    @Test("The same content on two sides is refused, unless a declared group holds it together")
    func sameContent() throws {
        for scheme in [Scheme.crossCulture(folds: nil, group: nil), .pooled(folds: 4, group: nil)] {
            #expect(refusal(sweep(scheme), [filmCorpus()]) == nil)
            var plain = filmCorpus()
            plain.groups = []
            let leak = try #require(refusal(sweep(scheme), [plain]))
            #expect(leak.contains("have the same content in `egemaps`"), "\(leak)")
            #expect(leak.hasSuffix("that the manifest lists under `groups`."), "\(leak)")
        }
    }
}
