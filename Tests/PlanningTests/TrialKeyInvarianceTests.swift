import Corpora
import Kernels
import Testing

@testable import Planning

@Suite("Trial keys that stay") struct TrialKeyInvarianceTests {
    @Test("Names, paths and the order of things flip no key")
    func nonIngredients() throws {
        let plain = try keys()
        let changes: [(inout Corpus) -> Void] = [
            { $0.name = "other" }, { $0.dataRoot = "/elsewhere" }, { $0.groups = [] },
            { $0.gold = MatrixLocation(file: "x", dataset: "y") },
            { $0.featureSets[0].location = MatrixLocation(file: "x", dataset: "y") },
            { $0.featureSets.reverse() },
            { corpus in
                for i in corpus.recordings.indices {
                    corpus.recordings[i].columns["note"] = "\(i)"
                    corpus.recordings[i].columns["partition"] = "train"
                    corpus.recordings[i].digests["unused"] = digest("\(i)")
                    corpus.recordings[i].digests["unused.mask"] = digest("mask \(i)")
                }
            },
        ]
        for (index, change) in changes.enumerated() {
            #expect(try plain == keys(corpus: change), "change \(index)")
        }
        #expect(try plain == keys { $0.name = "other" })
        #expect(try plain == keys { $0.corpora = ["there/other.yaml"] })
        #expect(try plain == keys { $0.models[0].name = "other" })
        #expect(try plain == keys { $0.limits.trialSeconds = 1 })
        #expect(try plain == keys { $0.needs = [$0.models[0].name: ["fast"]] })
        #expect(try plain == keys { $0.features[0].name = "other" })
        // Feature sets and modalities under other names, in the same roles.
        let renamed = try keys(
            sweep: {
                $0.features[0].modalities[0] = .init(name: "sound", featureSets: ["a"])
            },
            corpus: { corpus in
                corpus.featureSets[0].name = "a"
                corpus.featureSets[0].modality = "sound"
                for i in corpus.recordings.indices {
                    corpus.recordings[i].digests["a"] = corpus.recordings[i].digests["egemaps"]
                    corpus.recordings[i].digests["egemaps"] = nil
                }
            })
        #expect(renamed == plain)
    }

    @Test("The order of recordings and their ids flip no key")
    func manifestOrder() throws {
        for scheme in [
            leaveOneOut, .withinCulture(folds: 4, group: "run"),
            .crossCulture(folds: 3, group: "run"),
            .pooled(folds: 4, group: "run"),
        ] {
            let plain = try keys(scheme)
            for round in 0..<3 {
                var random = stream(round)
                #expect(try plain == keys(scheme, corpus: { random.shuffle(&$0.recordings) }))
                let renamed = try keys(
                    scheme,
                    corpus: { corpus in
                        random.shuffle(&corpus.recordings)
                        for i in corpus.recordings.indices { corpus.recordings[i].id = "new \(i)" }
                    })
                #expect(Set(renamed) == Set(plain))
            }
        }
        // Without any group a recording is its own: its folds follow its content, not its id.
        let alone = (0..<12).map { recording("\($0)", "DE") }
        let whole = sweep(.withinCulture(folds: 5, group: nil))
        let plain = try Plan(sweep: whole, corpora: [corpus(alone)]).uniqueKeys
        let renamed = alone.enumerated().map { index, one in
            var one = one
            one.id = "\(11 * index % 13)"
            return one
        }
        #expect(try Plan(sweep: whole, corpora: [corpus(renamed)]).uniqueKeys == plain)
    }

    @Test("The rest of a grid flips no key: the same trial is the same in any sweep")
    func grid() throws {
        let plain = try keys()
        let wide = try Plan(
            sweep: sweep(.pooled(folds: 4, group: "run"), leaveOneOut) {
                $0.models = [recipe("b") { $0.training.epochs = 1 }, recipe("a")]
                let video = FeatureChoice.Modality(name: "video", featureSets: ["faus"])
                $0.features.insert(FeatureChoice(name: "v", modalities: [video]), at: 0)
                $0.seeds = 4
            }, corpora: [filmCorpus()])
        #expect(Set(wide.uniqueKeys).isSuperset(of: plain))
        // One corpus in two manifests is the same corpus.
        var (german, italian) = (filmCorpus(), filmCorpus())
        german.recordings.removeAll { $0.culture == "IT" }
        italian.recordings.removeAll { $0.culture == "DE" }
        italian.name = "film IT"
        #expect(
            try Plan(sweep: sweep(leaveOneOut), corpora: [italian, german]).trials.map(\.key)
                == plain)
        // Folds that divide nothing do not count.
        let three = corpus((0..<9).map { recording("\($0)", ["DE", "HU", "CN"][$0 % 3]) })
        let numbers = try [3, 7, nil].map {
            let sweep = sweep(.crossCulture(folds: $0, group: nil))
            return try Plan(sweep: sweep, corpora: [three]).uniqueKeys
        }
        #expect(numbers[0] == numbers[1] && numbers[1] == numbers[2])
    }

    @Test(
        "A recording that is edited changes the trials that use it, and no other",
        arguments: ["targets", "egemaps", "faus", "faus.mask"])
    func edits(_ matrix: String) throws {
        for round in 0..<6 {
            var random = stream(round)
            let before = randomCorpus(&random, cultures: 3)
            var after = before
            let edited = random.below(after.recordings.count)
            after.recordings[edited].digests[matrix] = digest("edited")
            let id = after.recordings[edited].id
            let sweep = sweep(
                .withinCulture(folds: 3, group: nil), .crossCulture(folds: 3, group: nil),
                .pooled(folds: 4, group: "dyad"),
                .leaveOneRecordingOut(group: nil, partner: .exclude, train: .all)
            ) { $0.seeds = 2 }
            let plans = try [before, after].map { try Plan(sweep: sweep, corpora: [$0]) }
            try #require(plans[0].trials.count == plans[1].trials.count)
            var (changed, kept) = (0, 0)
            for (old, new) in zip(plans[0].trials, plans[1].trials) {
                let split = plans[1].splits[new.split]
                let uses = plans[1].ids(split.train + split.validation + split.test).contains(id)
                #expect((old.key != new.key) == uses, "round \(round)")
                if uses { changed += 1 } else { kept += 1 }
            }
            #expect(changed > 0 && kept > 0)
        }
    }

    @Test("A culture under another name is another trial")
    func culture() throws {
        let changed = try keys(corpus: { corpus in
            for i in corpus.recordings.indices where corpus.recordings[i].culture == "IT" {
                corpus.recordings[i].culture = "IX"
            }
        })
        let plain = try keys()
        #expect(Set(changed).intersection(plain) == Set(plain.prefix(24)))
    }

    @Test("A key is what it was: what was trained once is not trained again")
    func golden() throws {
        let key = try keys()[0].description
        #expect(key == "53e3d1ef3d5dccd81b40d54434a29c2d25dd9f3201c2f8fe3a87443802e0e3cc")
    }

    @Test("Keys read back from their text, and nothing else does")
    func text() throws {
        let key = try keys()[0]
        #expect(TrialKey(hex: key.description) == key)
        #expect(TrialKey(hex: key.description.dropLast()) == nil)
        #expect(TrialKey(hex: key.description.uppercased()) == nil)
        var (weights, order) = (key.random("weights"), key.random("order"))
        #expect(weights.next() != order.next())
    }
}
