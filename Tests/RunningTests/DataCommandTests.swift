import Foundation
import Testing

/// Corpora from the command line.
@Suite struct DataCommandTests {
    @Test("The same parameters write the same bytes, another seed others")
    func deterministic() throws {
        try withFolder { folder in
            func make(_ name: String, seed: String) throws -> Data {
                let made = try Command.run(
                    "data", "synthesize", "--output", name, "--dyads", "1", "--shortest", "40",
                    "--longest", "60", "--seed", seed, in: folder)
                try #require(made.status == 0, "\(made.errors)")
                return try Data(contentsOf: folder.appending(path: "\(name)/corpus.h5"))
            }
            let first = try make("a", seed: "1")
            #expect(try make("b", seed: "1") == first)
            #expect(try make("c", seed: "2") != first)
        }
    }

    @Test("An index of the embedded corpus's file describes the same corpus, and checks")
    func indexRoundTrip() throws {
        try withFolder { folder in
            _ = try TinySweep(in: folder)
            let indexed = try Command.run(
                "data", "index", "corpus.h5", "--name", "embedded", "--output", "again.yaml",
                in: folder)
            #expect(indexed.status == 0, "\(indexed.errors)")
            let checked = try Command.run("data", "check", "again.yaml", in: folder)
            #expect(checked.status == 0, "\(checked.errors)")
            func digests(_ name: String) throws -> [String] {
                let text = try String(
                    contentsOf: folder.appending(path: name), encoding: .utf8)
                return text.matches(of: /[0-9a-f]{64}/).map { String($0.output) }.sorted()
            }
            #expect(try digests("again.yaml") == digests("corpus.yaml"))
        }
    }

    @Test("Where a manifest names no people and no groups, check and plan say what that means")
    func nobody() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            let words = "names no subject, session, dyad or group"
            let named = try Command.run("data", "check", "corpus.yaml", in: folder)
            #expect(named.status == 0 && !named.errors.contains(words), "\(named.errors)")
            let url = folder.appending(path: "corpus.yaml")
            try String(contentsOf: url, encoding: .utf8)
                .replacing(#/(subject|session|dyad): [^,]*, /#, with: "")
                .write(to: url, atomically: true, encoding: .utf8)
            let checked = try Command.run("data", "check", "corpus.yaml", in: folder)
            #expect(checked.status == 0 && checked.errors.contains(words), "\(checked.errors)")
            try """
            sweep: nobody
            corpora: [corpus.yaml]
            models: {ridge: {network: ridge}}
            schemes: [{scheme: within-culture, folds: 2}]
            seeds: 1
            """.write(toFile: sweep.spec, atomically: true, encoding: .utf8)
            let planned = try Command.run("plan", sweep.spec, in: folder)
            #expect(planned.status == 0 && planned.output.contains(words), "\(planned.errors)")
        }
    }

    @Test("Plan prints every trial with its three disjoint lists")
    func planJSON() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            let planned = try Command.run("plan", sweep.spec, "--json", in: folder)
            #expect(planned.status == 0)
            let object = try JSONSerialization.jsonObject(with: Data(planned.output.utf8))
            let trials = try #require((object as? [String: Any])?["trials"] as? [[String: Any]])
            #expect(trials.count == 12)
            for trial in trials {
                let lists = ["train", "validation", "test"].map { trial[$0] as? [String] ?? [] }
                #expect(lists.allSatisfy { !$0.isEmpty })
                #expect(Set(lists.joined()).count == lists.joined().count)
                #expect((trial["key"] as? String)?.count == 64)
                #expect(trial["fold"] as? Int ?? 0 >= 1 && trial["seed"] as? Int == 0)
            }
        }
    }
}
