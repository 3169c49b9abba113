import Testing

@testable import Corpora

/// One way to break the example, where the error says it is, and words that it must hold.
struct Broken: Sendable, CustomTestStringConvertible {
    let old: String
    let new: String
    let place: String
    let words: [String]

    init(_ old: String, _ new: String, at place: String, _ words: String...) {
        self.old = old
        self.new = new
        self.place = place
        self.words = words
    }

    var testDescription: String { "\(old) → \(new)" }
}

@Suite("Errors of a manifest")
struct ManifestErrorTests {
    @Test(
        "What is no manifest is refused with its line",
        arguments: [
            Broken("corpus: toy", "corpus: [toy", at: "toy.yaml:", "is no YAML"),
            Broken("corpus: toy", "corpus: *x", at: "toy.yaml:1", "is no YAML", "alias"),
            Broken("corpus: toy", "\tcorpus: toy", at: "toy.yaml:1", "is no YAML"),
            Broken("corpus: toy", "corpus: toy\ncorpus: b", at: "toy.yaml:", "`corpus` twice"),
            Broken("corpus: toy", "corpus: toy\n---", at: "toy.yaml:2", "another document"),
            Broken("corpus: toy", "corpus: toy\n[a]: b", at: "toy.yaml:2", "is not a word"),
            Broken("corpus: toy", "corpus: [toy]", at: "toy.yaml:1", "`corpus` must be text"),
            Broken("corpus: toy", "corpus: {a: b}", at: "toy.yaml:1", "`corpus` must be text"),
            Broken("corpus: toy", "corpus:", at: "toy.yaml:1", "`corpus` is empty"),
            Broken("corpus: toy", "corpus: null", at: "toy.yaml:1", "`corpus` is empty"),
            Broken("corpus: toy", "corpus: ''", at: "toy.yaml:1", "`corpus` is empty"),
            Broken("corpus: toy", "corpus: \"a\\tb\"", at: "toy.yaml:1", "control character"),
        ])
    func text(_ broken: Broken) { expectRefused(broken) }

    @Test(
        "An unknown key is refused with the nearest known one",
        arguments: [
            Broken("corpus:", "corps:", at: "toy.yaml:1: ", "no key `corps`", "`corpus`"),
            Broken(
                "hop-seconds", "hop_seconds", at: "toy.yaml:2: ", "`hop_seconds`", "`hop-seconds`"),
            Broken("names: [", "name: [", at: "toy.yaml:4: ", "`targets`", "`name`", "`names`"),
            Broken("width: 3", "with: 3", at: "toy.yaml:6: ", "feature set `audio`", "`width`"),
            Broken("modality: video", "modaltiy: video", at: "toy.yaml:7: ", "`modality`"),
            Broken(
                "culture: IT", "cultur: IT", at: "toy.yaml:13: recording IT_1: ", "`cultur`",
                "`culture`", "list it under `columns`"),
            Broken(
                "subject: \"8\"", "gender: f", at: "toy.yaml:13: recording IT_1: ", "`gender`",
                "`columns`"),
            Broken("id: IT_1", "idd: IT_1", at: "toy.yaml:13: ", "`idd`", "nearest is `id`"),
            Broken(
                "video: \(Example.digest("v2"))", "vidio: \(Example.digest("v2"))",
                at: "toy.yaml:13: recording IT_1: ", "`vidio`", "nearest is `video`"),
        ])
    func unknownKey(_ broken: Broken) { expectRefused(broken) }

    @Test(
        "A missing or malformed value is refused with its key",
        arguments: [
            Broken("corpus: toy\n", "", at: "toy.yaml:1: ", "lacks the key `corpus`"),
            Broken("hop-seconds: 0.1\n", "", at: "toy.yaml:1: ", "lacks the key `hop-seconds`"),
            Broken(
                "hop-seconds: 0.1\n", "hop-seconds: fast\n", at: "toy.yaml:2: ", "`fast`", "seconds"
            ),
            Broken(
                "hop-seconds: 0.1\n", "hop-seconds: 0\n", at: "toy.yaml: ", "0.0", "more than 0"),
            Broken("hop-seconds: 0.1\n", "hop-seconds: nan\n", at: "toy.yaml: ", "nan"),
            Broken("[arousal, valence]", "[]", at: "toy.yaml:4: ", "`names` is an empty list"),
            Broken("[arousal, valence]", "arousal", at: "toy.yaml:4: ", "must be a list"),
            Broken("[arousal, valence]", "[a, b, a]", at: "toy.yaml:4: ", "lists `a` twice"),
            Broken("[arousal, valence]", "[a, []]", at: "toy.yaml:4: ", "must be text"),
            Broken(
                ", dataset: \"{clip}/labels\"", "", at: "toy.yaml:4: ", "lacks the key `dataset`"),
            Broken("width: 3", "width: 0", at: "toy.yaml:6: ", "`audio`", "width 0", "at least 1"),
            Broken("width: 3", "width: 2.5", at: "toy.yaml:6: ", "`2.5`", "whole number"),
            Broken("modality: audio, ", "", at: "toy.yaml:6: ", "lacks the key `modality`"),
            Broken(
                "hop-seconds: 0.1,", "hop-seconds: 0.2,", at: "toy.yaml:7: ", "0.2", "0.1",
                "Resample"),
            Broken("  video: {", "  targets: {", at: "toy.yaml:7: ", "cannot be called `targets`"),
            Broken("  video: {", "  a.mask: {", at: "toy.yaml:7: ", "cannot be called `a.mask`"),
            Broken("groups: [run]", "groups: []", at: "toy.yaml:8: ", "`groups` is an empty list"),
            Broken(
                "columns: [age]", "columns: [age, sex]", at: "toy.yaml:9: ", "`sex`", "no recording"
            ),
            Broken(
                "columns: [age]", "columns: [age, id]", at: "toy.yaml:9: ", "`id`", "no recording"),
        ])
    func head(_ broken: Broken) { expectRefused(broken) }

    @Test(
        "A wrong recording is refused with its id and line",
        arguments: [
            Broken("id: IT_1, ", "", at: "toy.yaml:13: ", "lacks the key `id`"),
            Broken("id: IT_1", "id: DE_1", at: "toy.yaml:13: recording DE_1: ", "twice", "line 11"),
            Broken(
                "culture: IT, ", "", at: "toy.yaml:13: recording IT_1: ", "lacks the key `culture`"
            ),
            Broken(
                "frames: 20", "frames: 0", at: "toy.yaml:11: recording DE_1: ", "is 0", "at least 1"
            ),
            Broken("frames: 20", "frames: many", at: "toy.yaml:11: recording DE_1: ", "`many`"),
            Broken(
                "run: 1, subject: 0", "subject: 0", at: "toy.yaml:11: recording DE_1: ",
                "group `run`"),
            Broken("subject: 007, ", "", at: "toy.yaml:11: recording DE_1: ", "`subject`", "IT_1"),
            Broken(
                "clip: c1, ", "", at: "toy.yaml:11: recording DE_1: ", "`clip`",
                "id, culture, age, run"),
            Broken("digests: {", "digests: [{", at: "toy.yaml:", "no YAML"),
            Broken(
                "age: 41", "age: [41]", at: "toy.yaml:11: recording DE_1: ", "`age` must be text"),
            Broken(
                "audio: \(Example.digest("a")), ", "", at: "toy.yaml:11: recording DE_1: ",
                "no digest of `audio`", "concord data index"),
            Broken(
                ", targets: \(Example.digest("t1"))", "", at: "toy.yaml:11: recording DE_1: ",
                "no digest of `targets`"),
            Broken(
                Example.digest("v1"), "ABC", at: "toy.yaml:12: recording DE_1: ",
                "digest of `video` is `ABC`", "64 lower-case hexadecimal digits"),
        ])
    func recording(_ broken: Broken) { expectRefused(broken) }

    @Test(
        "A path pattern that cannot be filled is refused",
        arguments: [
            Broken(
                "\"{clip}/audio\"", "\"{clop}/audio\"", at: "toy.yaml:11: recording DE_1: ",
                "`clop`"),
            Broken(
                "\"{clip}/audio\"", "\"{clip/audio\"", at: "toy.yaml:1: ", "malformed",
                "{clip/audio"),
            Broken("\"{clip}/audio\"", "\"clip}/audio\"", at: "toy.yaml:1: ", "malformed"),
            Broken("\"{clip}/audio\"", "\"{}/audio\"", at: "toy.yaml:1: ", "malformed"),
            Broken("\"{clip}/audio\"", "\"{{clip}}/audio\"", at: "toy.yaml:1: ", "malformed"),
            Broken(
                "file: \"v.h5\"", "file: \"../v.h5\"", at: "toy.yaml:11: recording DE_1: ",
                "outside"),
            Broken(
                "file: \"v.h5\"", "file: \"/v.h5\"", at: "toy.yaml:11: recording DE_1: ", "outside"
            ),
        ])
    func pattern(_ broken: Broken) { expectRefused(broken) }

    @Test("Equal features under two ids are refused unless the two share a group")
    func equalContent() throws {
        let problem = try #require(
            Example.problem("run: 1, subject: \"8\"", "run: 2, subject: \"8\""))
        #expect(problem.hasPrefix("toy.yaml:13: recording IT_1: "))
        for word in ["`audio`", "DE_1", "declare a group"] { #expect(problem.contains(word)) }
        // A subject, session or dyad in common keeps them together as well.
        #expect(
            Example.problem("run: 1, subject: \"8\"", "run: 2, subject: \"007\"") == nil)
    }

    @Test("One place with two digests is refused")
    func equalPlace() throws {
        let problem = try #require(Example.problem("dataset: \"{id}\"", "dataset: \"all\""))
        #expect(problem.hasPrefix("toy.yaml:13: recording IT_1: "))
        for word in ["`video`", "DE_1", "v.h5 at all"] { #expect(problem.contains(word)) }
    }

    @Test("A part that is no mapping, and nothing at all, are refused")
    func shapes() {
        #expect(message("") == "toy.yaml: the manifest is empty. Describe a corpus.")
        #expect(message("# nothing\n") == "toy.yaml: the manifest is empty. Describe a corpus.")
        #expect(message("- a\n").contains("the manifest must be a mapping"))
        let head = "corpus: a\nhop-seconds: 1\ntargets: {names: [a], file: f, dataset: d}\n"
        #expect(message(head).hasPrefix("toy.yaml:1: the manifest lacks the key `features`"))
        #expect(message(head + "features: {}").hasPrefix("toy.yaml:4: `features` is empty"))
        #expect(message(head + "features: [a]").contains("`features` must be a mapping"))
        #expect(message(head + "features: {a: b}").contains("feature set `a` must be a mapping"))
        let set = "features: {a: {modality: a, width: 1, file: f, dataset: d}}\n"
        #expect(message(head + set).contains("lacks the key `recordings`"))
        #expect(message(head + set + "recordings: []").hasPrefix("toy.yaml:5: `recordings` is an"))
        #expect(message(head + set + "recordings: [a]").contains("a recording must be a mapping"))
        #expect(
            message(head + set + "recordings: [{id: x, digests: 1}]")
                .hasPrefix("toy.yaml:5: recording x: `digests` must be a mapping"))
    }

    private func message(_ text: String) -> String {
        do {
            _ = try Manifest.parse(text, file: "toy.yaml")
            return "accepted"
        } catch {
            return error.description
        }
    }

    private func expectRefused(
        _ broken: Broken, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let problem = Example.problem(broken.old, broken.new) ?? "accepted"
        #expect(problem.hasPrefix(broken.place), sourceLocation: sourceLocation)
        for word in broken.words {
            #expect(problem.contains(word), sourceLocation: sourceLocation)
        }
    }
}
