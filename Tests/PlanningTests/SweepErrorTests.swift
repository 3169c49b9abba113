import Testing

@testable import Planning

@Suite("Sweeps that are wrong") struct SweepErrorTests {
    /// The sentence that a document is refused with.
    private func refusal(_ yaml: String) -> String? {
        do {
            _ = try Sweep(yaml: yaml, file: "s.yaml")
            return nil
        } catch {
            return error.description
        }
    }

    private let head = "corpora: [a.yaml]\nschemes: [{scheme: pooled}]\n"

    @Test(
        "An unknown key is refused with its line and the nearest known one",
        arguments: [
            ("modles: {}", "s.yaml:3: the sweep has no key `modles`; the nearest is `models`."),
            (
                "training:\n  epochs: 3\n  patiense: 2",
                "s.yaml:5: `training` has no key `patiense`; the nearest is `patience`."
            ),
            (
                "validation: {fration: 0.3}",
                "s.yaml:3: `validation` has no key `fration`; the nearest is `fraction`."
            ),
            (
                "models:\n  a:\n    network: eaf\n    hiden: 3",
                "s.yaml:6: model `a` has no key `hiden`; the nearest is `hidden`."
            ),
            (
                "models: {a: {network: ridge, needs: [a b]}}",
                "s.yaml:3: `needs` of model `a`: `a b` is no tag: 1 to 64 letters"
            ),
            (
                "models: {a: {network: baseline, layers: 2}}",
                "s.yaml:3: model `a` has no key `layers`; the nearest is"
            ),
            (
                "models: {a: {network: eaff}}",
                "s.yaml:3: `network` of model `a` cannot be `eaff`; the nearest is `eaf`. "
                    + "Known are `baseline`, `eaf`, `aed`, `emafn`, `tcn`, "
                    + "`transformer`, `ridge`, `svr`."
            ),
            (
                "models: {a: {network: adv}}",
                "Known are `baseline`, `eaf`, `aed`, `emafn`, `tcn`, `transformer`, `ridge`, `svr`."
            ),
            ("models: {a: {network: ridge, penalties: [1]}}", "the nearest is `penalty`"),
            ("models: {a: {network: ridge, epsilon: 1}}", "has no key `epsilon`"),
            ("models: {a: {network: eaf, fusion: model}}", "Known are `early`, `late`."),
            (
                "models: {a: {network: eaf, adversary: {weigth: 1}}}",
                "`adversary` has no key `weigth`; the nearest is `weight`."
            ),
            ("models: {a: {network: aed, fusion: model}}", "Known are `early`, `late`."),
            ("models: {a: {network: emafn, fusion: l}}", "Known are `early`, `model`, `late`."),
            (
                "models: {a: {network: aed, feed: none, windw: 3}}",
                "has no key `windw`; the nearest is `window`"
            ),
            ("models: {a: {network: aed, gate-scale: true}}", "has no key `gate-scale`"),
            ("models: {a: {network: emafn, layers: 2}}", "has no key `layers`"),
            (
                "models: {a: {network: aed, feed: prev}}",
                "cannot be `prev`"
            ),
            ("training: {loss: cc}", "`loss` of `training` cannot be `cc`; the nearest is `ccc`."),
            ("models: {a: {network: eaf, gate: both}}", "Known are `feature`, `modality`, `none`."),
        ])
    func unknownKeys(_ rest: String, _ sentence: String) throws {
        let refusal = try #require(self.refusal(head + rest))
        #expect(refusal.contains(sentence), "\(refusal)")
    }

    @Test(
        "A scheme's keys and words are checked",
        arguments: [
            ("[{scheme: poled}]", "`scheme` of a scheme cannot be `poled`; the nearest is `poole"),
            ("[{folds: 3}]", "an entry of `schemes` lacks `scheme`."),
            ("[{scheme: pooled, partner: keep}]", "has no key `partner`"),
            ("[{scheme: leave-one-recording-out, folds: 3}]", "has no key `folds`"),
            ("[{scheme: pooled, folds: 1}]", "is `1`; it must be a whole number from 2"),
            ("[{scheme: leave-one-recording-out, partner: drop}]", "cannot be `drop`"),
            ("[{scheme: leave-one-recording-out, train: none}]", "Known are `culture`, `all`."),
            ("[{scheme: pooled}, {scheme: pooled, folds: 5}]", "lists pooled(folds=5) twice"),
            ("[{scheme: leave-one-dyad-out, partner: keep}]", "has no key `partner`"),
            ("[{scheme: k-fold, repeats: 0}]", "is `0`; it must be a whole number from 1"),
            ("[{scheme: few-shot, shots: [1, 2, 1]}]", "`shots` of a scheme lists a number twice"),
            ("[{scheme: few-shot, test: 1}]", "must be a number above 0 and below 1"),
            ("[{scheme: size-matched, size: 1}]", "it must be a whole number from 2"),
            ("[{scheme: partition, from: devel}]", "must name different partitions"),
            ("[{scheme: pooled, selection: train}]", "Known are `validation`, `test`."),
            ("[]", "`schemes` of the sweep is empty. Give at least one scheme."),
            ("[pooled]", "a scheme must be a mapping"),
            ("{scheme: pooled}", "`schemes` of the sweep must be a list"),
        ])
    func schemes(_ schemes: String, _ sentence: String) throws {
        let refusal = try #require(self.refusal("corpora: [a.yaml]\nschemes: \(schemes)\n"))
        #expect(refusal.hasPrefix("s.yaml:2: "), "\(refusal)")
        #expect(refusal.contains(sentence), "\(refusal)")
    }

    @Test(
        "Wrong types and numbers out of range are refused with the value",
        arguments: [
            ("seeds: 0", "`seeds` of the sweep is `0`; it must be a whole number from 1 to 10000."),
            ("seeds: two", "is `two`; it must be a whole number"),
            ("seeds: 1.5", "is `1.5`; it must be a whole number"),
            ("seeds: [1]", "`seeds` of the sweep must be a word or a number."),
            ("seeds:", "`seeds` of the sweep is empty."),
            ("targets: arousal", "`targets` of the sweep must be a list"),
            ("targets: []", "`targets` of the sweep is empty. Give at least one target."),
            ("targets: [a, b, a]", "`targets` of the sweep lists `a` twice."),
            ("targets: [{a: b}]", "must be a word or a number"),
            ("validation: 0.2", "`validation` must be a mapping"),
            ("validation: {fraction: 0}", "is `0`; it must be a number above 0 and below 1."),
            ("validation: {fraction: 1}", "is `1`; it must be a number above 0 and below 1."),
            ("validation: {fraction: nan}", "is `nan`; it must be a number"),
            ("training: {epochs: 0}", "`epochs` of `training` is `0`"),
            ("training: {patience: -1}", "is `-1`"),
            ("training: {batch: 0}", "`batch` of `training` is `0`"),
            ("training: {chunk: 0}", "`chunk` of `training` is `0`"),
            ("training: {hop: 201}", "is 201, beyond a chunk of 200 frames"),
            ("training: {chunk: 20, hop: 21}", "is 21, beyond a chunk of 20 frames"),
            ("training: {chunk: whole, hop: 3}", "has no chunks to stand between"),
            ("training: {learning-rate: 0}", "it must be a number above 0."),
            ("training: {learning-rate: fast}", "is `fast`; it must be a number above 0."),
            ("training: {learning-rate: 1e999}", "is `1e999`; it must be a number above 0."),
            ("training: {clip: -1}", "it must be a number above 0."),
            ("training: {lag-seconds: -1}", "it must be a number of 0 or more."),
            ("training: {lag-seconds: [1, 2, 1]}", "lists a number twice. Remove one."),
            ("training: {lag-seconds: []}", "is empty. Give at least one number."),
            ("training: {optimiser: adm}", "the nearest is `adam`"),
            ("training: {weight-decay: 0.1}", "needs `optimiser: adamw`; leave it out."),
            (
                "training: {plateau-epochs: 3}",
                "needs `learning-rate-schedule: plateau`; leave it out."
            ),
            (
                "training: {learning-rate-schedule: plateau, learning-rate: 1e-6}",
                "is below the minimum of its schedule"
            ),
            ("training: {recurrent-dropout: 1}", "from 0 to below 1"),
            ("training: {epoch-choice: per-traget}", "the nearest is `per-target`"),
            ("training: {post-processing: [center]}", "the nearest is `centre`"),
            ("training: {post-processing: [scale, scale]}", "lists `scale` twice"),
            ("training: {lag-edges: drop}", "Known are `hold`, `zero`."),
            ("training: {input-dropout: 1}", "it must be a number from 0 to below 1."),
            ("training: {weight-averaging: 1}", "it must be a number from 0 to below 1."),
            (
                "models: {a: {network: baseline, hidden: 64}}",
                "`hidden` of model `a` must be a list of layers; the network has two, such as "
                    + "`[64, 32]`."
            ),
            ("models: {a: {network: baseline, hidden: [64]}}", "lists 1 layers; the network has"),
            ("models: {a: {network: baseline, hidden: [64, 0]}}", "is `0`; it must be a whole"),
            ("models: {a: {network: eaf, hidden: [64, 32]}}", "must be a word or a number"),
            ("models: {a: {network: eaf, layers: 9}}", "it must be a whole number from 1 to 8."),
            ("models: {a: {network: eaf, gate-scale: maybe}}", "it must be true or false."),
            ("models: {a: {network: eaf, attention: 3}}", "needs `gate: modality`"),
            ("models: {a: {network: eaf, gate: none, gate-scale: true}}", "needs a gate"),
            (
                "models: {a: {network: eaf, adversary: {weight: 0}}}",
                "`weight` of `adversary` is `0`; it must be a number above 0."
            ),
            ("models: {a: {network: eaf, adversary: 0.3}}", "`adversary` must be a mapping"),
            (
                "models: {a: {network: eaf, fusion: late, adversary: {weight: 1}}}",
                "`adversary` of model `a` does not apply to `fusion: late`"
            ),
            (
                "models: {a: {network: ridge, adversary: {weight: 1}}}",
                "`adversary` does not apply to model `a`: `network: ridge` is solved"
            ),
            ("models: {a: {network: aed, hidden: [64]}}", "must be a word or a number"),
            ("models: {a: {network: aed, attention: 0}}", "it must be a whole number from 1 to 4"),
            (
                "models: {a: {network: aed, window: all}}",
                "`window` of model `a` is `all`; it must be `none`, or a whole number of frames "
                    + "from 0 to 10000000."
            ),
            ("models: {a: {network: emafn, window: -1}}", "is `-1`; it must be `none`, or a whole"),
            ("models: {a: {network: emafn, gate-scale: 2}}", "it must be true or false."),
            ("models: {a: {network: emafn, feed: previous}}", "Take `fusion: early`, or"),
            (
                "models: {a: {network: tcn, kernel: 4}}",
                "`kernel` of model `a` is 4; it must be odd"
            ),
            (
                "models: {a: {network: tcn, recurrent-dropout: 0.1}}",
                "`recurrent-dropout` does not apply to model `a`: `network: tcn` has no recurrent"
            ),
            ("models: {a: {network: tcn, dilations: 2}}", "must be a list"),
            ("models: {a: {network: tcn, dilations: [0]}}", "is `0`; it must be a whole number"),
            (
                "models: {a: {network: transformer, heads: 5}}",
                "does not divide the 64 hidden units"
            ),
            ("models: {a: {network: transformer, window: 1.5}}", "it must be `none`, or a whole"),
            (
                "models: {a: {network: eaf, projection: wide}}",
                "is `wide`; it must be a whole number"
            ),
            (
                "models: {a: {network: eaf, projection: none, projection-above: 9}}",
                "`projection-above` of model `a` needs a projection; leave it out."
            ),
            ("models: {a: {network: ridge, penalty: 3}}", "`penalty` of model `a` must be a list"),
            ("models: {a: {network: ridge, penalty: []}}", "Give at least one number."),
            ("models: {a: {network: ridge, penalty: [1, 0]}}", "is `0`; it must be a number above"),
            ("models: {a: {network: ridge, rescale: 2}}", "it must be true or false."),
            ("models: {a: {network: svr, complexity: [x]}}", "is `x`; it must be a number above 0"),
            ("models: {a: {network: svr, epsilon: -1}}", "it must be a number of 0 or more."),
            ("models: {a: {network: svr, every: 0}}", "`every` of model `a` is `0`"),
            (
                "models: {a: {network: ridge, epochs: 3}}",
                "`epochs` does not apply to model `a`: `network: ridge` is solved, not trained in "
                    + "steps. Leave it out."
            ),
            (
                "models: {a: {network: svr, fusion: late}}",
                "`fusion` does not apply to model `a`: `network: svr` is one linear model of all "
                    + "modalities together. Leave it out."
            ),
            ("models: {a: {network: svr, chunk: 9}}", "`chunk` does not apply to model `a`"),
            ("models: {a: {hidden: 3}}", "model `a` lacks `network`. Known are `baseline`, `eaf`,"),
            ("models: {a: eaf}", "model `a` must be a mapping"),
            ("models: {}", "`models` is empty. Give at least one model."),
            ("models: {a b: {network: eaf}}", "must be a word of at most 64 bytes"),
            ("models: {a/b: {network: eaf}}", "must be a word of at most 64 bytes"),
            ("models: {a: {network: eaf}, a: {network: baseline}}", "has the key `a` twice"),
            ("models: {[a]: {network: eaf}}", "a key of `models` is not a word."),
            ("features: {}", "`features` is empty. Give at least one choice of features."),
            ("features: {av: {}}", "choice of features `av` is empty. Give it a modality."),
            ("features: {av: {audio: []}}", "is empty. Give at least one feature set."),
            ("features: {av: {audio: [a, a]}}", "lists `a` twice"),
            ("features: {av: [a]}", "choice of features `av` must be a mapping"),
            ("sweep: \"a\\nb\"", "`sweep` of the sweep holds a control character."),
            ("sweep: ~", "`sweep` of the sweep is empty."),
        ])
    func values(_ rest: String, _ sentence: String) throws {
        let refusal = try #require(self.refusal(head + rest))
        #expect(refusal.hasPrefix("s.yaml:3: "), "\(refusal)")
        #expect(refusal.contains(sentence), "\(refusal)")
    }

    @Test(
        "A document that is no sweep at all is refused in one sentence",
        arguments: [
            ("", "the sweep is empty"), ("# nothing", "the sweep is empty"),
            ("- a", "the sweep must be a mapping"), ("word", "the sweep must be a mapping"),
            ("a: [b", "the sweep is no YAML"), ("a: b: c", "the sweep is no YAML"),
            ("a: *b", "the sweep is no YAML"),
            ("schemes: [{scheme: pooled}]", "the sweep lacks `corpora`"),
            ("corpora: [a.yaml]", "the sweep lacks `schemes`"),
            ("corpora: [a.yaml, a.yaml]\nschemes: [{scheme: pooled}]", "lists `a.yaml` twice"),
        ])
    func documents(_ yaml: String, _ sentence: String) throws {
        let refusal = try #require(self.refusal(yaml))
        #expect(refusal.contains(sentence), "\(refusal)")
        #expect(!refusal.contains("\n"))
    }
}
