import Corpora
import Networks
import Testing

@testable import Planning

@Suite("Ingredients") struct IngredientsTests {
    private func plan(
        _ scheme: Scheme = leaveOneOut, sweep change: (inout Sweep) -> Void = { _ in },
        corpus changeCorpus: (inout Corpus) -> Void = { _ in }
    ) throws -> Plan {
        var corpus = filmCorpus()
        changeCorpus(&corpus)
        return try Plan(sweep: sweep(scheme, change: change), corpora: [corpus])
    }

    /// The differences of trial after trial of two plans, and whether their keys are equal.
    private func compare(
        _ a: Plan, _ b: Plan
    ) -> [(equal: Bool, differences: [Ingredients.Difference])] {
        zip(a.trials, b.trials).map { old, new in
            (
                old.key == new.key,
                a.ingredients(of: old).differences(to: b.ingredients(of: new))
            )
        }
    }

    @Test("Every setting that flips a key is named, and it alone")
    func settings() throws {
        let plain = try plan()
        let changes: [(String, (inout Recipe) -> Void)] = [
            ("training epochs", { $0.training.epochs = 99 }),
            ("training clip", { $0.training.clip = nil }),
            ("training loss", { $0.training.loss = .mse }),
            ("training inputDropout", { $0.training.inputDropout = 0.1 }),
            ("training optimiser", { $0.training.optimiser = .adamW(weightDecay: 0.1) }),
            ("training plateau", { $0.training.plateau = .init() }),
            ("training lags", { $0.training.lagSeconds = 0.5 }),
            ("training epochChoice", { $0.training.epochChoice = .perTarget }),
            ("training postProcessing", { $0.training.postProcessing = [.scale] }),
            ("network", { $0.network = .baseline(hidden: [64, 32]) }),
            ("fusion", { $0.isLateFused = true }),
            ("projection", { $0.projection = ProjectionRecipe(width: 8, above: 20) }),
        ]
        for (name, change) in changes {
            let changed = try plan(sweep: { $0.models = [recipe("eaf", change)] })
            for (equal, differences) in compare(plain, changed) {
                #expect(!equal && differences.map(\.name) == [name])
            }
        }
        let words = plain.ingredients(of: plain.trials[0]).settings
            .first { $0.name == "network" }?.value
        #expect(words == "eaf(hidden: 64, layers: 2, gate: feature(scaled: true))")
    }

    @Test("A matrix edited in one recording is named on its side, wherever the key changed")
    func oneRecording() throws {
        let plain = try plan()
        let edited = try plan(corpus: { $0.recordings[3].digests["faus"] = digest("edited") })
        var sides: Set<String> = []
        for (old, new) in zip(plain.trials, edited.trials) {
            let differences = plain.ingredients(of: old)
                .differences(to: edited.ingredients(of: new))
            #expect(differences.isEmpty == (old.key == new.key))
            guard let difference = differences.first else { continue }
            let words = difference.name.split(separator: " ")
            #expect(differences.count == 1 && words.dropFirst() == ["DE_3", "faus"])
            #expect(difference.old == digest("clip 3 faus").description)
            #expect(difference.new == digest("edited").description)
            sides.insert(String(words[0]))
        }
        #expect(sides == ["train", "validation", "test"])
    }

    @Test("A network is named with all of its settings, in words")
    func words() throws {
        let plan = try plan(sweep: {
            $0.models = [
                recipe { $0.network = .aed(hidden: 8, attention: 4, feed: .none, window: 3) }
            ]
        })
        let network = plan.ingredients(of: plan.trials[0]).settings.first { $0.name == "network" }
        #expect(network?.value == "aed(hidden: 8, attention: 4, feed: none, window: 3)")
    }

    @Test("What does not enter the key is no ingredient, but for names")
    func names() throws {
        let plain = try plan()
        let idle = try plan(sweep: { $0.models = [recipe { $0.training.lagChoice = .perTarget }] })
        #expect(compare(plain, idle).allSatisfy { $0.equal && $0.differences.isEmpty })
        let renamed = try plan(sweep: { $0.models = [recipe("another")] })
        let relocated = try plan(corpus: { corpus in
            corpus.dataRoot = "/elsewhere"
            for i in corpus.recordings.indices { corpus.recordings[i].columns["seat"] = "\(i)" }
        })
        for other in [renamed, relocated] {
            #expect(compare(plain, other).allSatisfy { $0.equal && $0.differences.isEmpty })
        }
    }

    @Test("The group by which a recording is held out is an ingredient, by the scheme's column")
    func groups() throws {
        let takes = Scheme.leaveOneRecordingOut(
            group: "take", partner: .exclude, train: .culture)
        func taken(_ prefix: String) throws -> Plan {
            try plan(
                takes,
                corpus: { corpus in
                    for i in corpus.recordings.indices {
                        corpus.recordings[i].columns["take"] = prefix + "\(i % 24 / 3)"
                    }
                })
        }
        for (equal, differences) in try compare(taken(""), taken("x")) {
            #expect(!equal && !differences.isEmpty)
            #expect(differences.allSatisfy { $0.name.hasSuffix(" take") && $0.new?.first == "x" })
        }
    }
}
