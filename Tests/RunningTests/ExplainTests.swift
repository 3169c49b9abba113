import Foundation
import Testing

/// A store asked about single trials: `plan --store`, `why`, `diff`.
@Suite struct ExplainTests {
    @Test("After one recording was edited, what used it is new, and why names the matrix")
    func editedRecording() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            #expect(try sweep.run(store: "store").status == 0)
            let calm = try Command.run("plan", sweep.spec, "--store", "store", in: folder)
            #expect(calm.output.contains("12 trials: 12 reused, 0 changed, 0 new"))

            let before = try keys(sweep)
            try editOneDigest(in: folder)
            let after = try keys(sweep)
            let edited = try Command.run("plan", sweep.spec, "--store", "store", in: folder)
            #expect(edited.status == 0, "\(edited.errors)")
            // DE_S001_P001 is of no trial within HU; all others use it.
            #expect(edited.output.contains("12 trials: 4 reused, 8 changed, 0 new"))

            let states = try states(sweep)
            #expect(states["reused"]?.count == 4 && states["changed"]?.count == 8)
            #expect(states["reused"]?.allSatisfy { $0 == 0 } == true)
            #expect(states["changed"]?.allSatisfy { ($0 ?? 0) > 0 } == true)

            let index = try #require(after.indices.first { before[$0] != after[$0] })
            let seen = ["--store", "store", "--sweep", sweep.spec]
            let why = try Command.run(["why", String(after[index].prefix(9))] + seen, in: folder)
            #expect(why.status == 0, "\(why.errors)")
            #expect(why.output.contains("New: of its name, \(before[index].prefix(12))"))
            #expect(why.output.contains("DE_S001_P001 audio  "))
            let diff = try Command.run(
                ["diff", before[index], after[index].uppercased()] + seen, in: folder)
            #expect(diff.output.split(separator: "\n").count == 4, "\(diff.output)")
            #expect(diff.output.contains(" → 000000000000"))

            let old = try Command.run("why", before[index], "--store", "store", in: folder)
            #expect(old.output.contains("Reused: it has its outcome and is not trained again."))
            #expect(old.output.contains("attempt 1, ") && old.output.contains(": finished"))
            #expect(old.output.contains("\"seconds\""))
            let former = try Command.run(["why", before[index]] + seen, in: folder)
            #expect(
                former.output.contains(
                    "Of an earlier plan: it has its outcome, and is not reported."))
        }
    }

    @Test("A key that no trial has, or several, is refused with what to do")
    func unknownTrial() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            #expect(try sweep.run(store: "store").status == 0)
            let none = try Command.run("why", "xyz", "--store", "store", in: folder)
            #expect(none.status == 1 && none.errors.contains("No trial's key begins with `xyz`"))
            let many = try Command.run("diff", "", "", "--store", "store", in: folder)
            #expect(many.status == 1 && many.errors.contains("12 trials' keys begin with ``"))
            let store = try Command.run("why", "a", "--store", "nowhere", in: folder)
            #expect(store.status == 1 && store.errors.contains("nowhere"))
        }
    }

    /// The keys of the plan, trial by trial.
    private func keys(_ sweep: TinySweep) throws -> [String] {
        try Command.run("plan", sweep.spec, "--json", in: sweep.folder).output
            .matches(of: /"key":"([0-9a-f]{64})"/).map { String($0.output.1) }
    }

    /// The seconds that each trial will take, by its state against the store.
    private func states(_ sweep: TinySweep) throws -> [String: [Double?]] {
        let said = try Command.run(
            "plan", sweep.spec, "--store", "store", "--json", in: sweep.folder)
        try #require(said.status == 0, "\(said.errors)")
        let json = try JSONSerialization.jsonObject(with: Data(said.output.utf8))
        let trials = try #require((json as? [String: Any])?["trials"] as? [[String: Any]])
        #expect(trials.allSatisfy { $0["test"] is [String] })
        return Dictionary(grouping: trials) { $0["state"] as? String ?? "" }
            .mapValues { $0.map { $0["seconds"] as? Double } }
    }

    /// Gives the first recording's audio another digest, as an index of edited data would.
    private func editOneDigest(in folder: URL) throws {
        let manifest = folder.appending(path: "corpus.yaml")
        var text = try String(contentsOf: manifest, encoding: .utf8)
        let digest = try #require(text.firstMatch(of: /audio: ([0-9a-f]{64})/))
        let zeros = String(repeating: "0", count: 64)
        text.replaceSubrange(digest.1.startIndex..<digest.1.endIndex, with: zeros)
        try text.write(to: manifest, atomically: true, encoding: .utf8)
    }
}
