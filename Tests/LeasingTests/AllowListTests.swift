import Corpora
import Leasing
import Testing

/// The whole decision on who comes in, as a table.
@Suite struct AllowListTests {
    private func key(_ number: UInt8) -> PublicKey {
        PublicKey(bytes: [UInt8](repeating: number, count: 32))!
    }

    private func token(_ number: UInt8) -> Digest { JoinToken.hash(of: key(number)) }

    private let file = "store/keys/allowed"

    @Test("Nobody is admitted who is not listed, and each who is, as what it is listed")
    func verdicts() throws {
        var list = AllowList()
        #expect(list.verdict(on: key(1)) == .unknown)
        try list.admit("owner", .owner, key(1))
        try list.admit("node7", .worker, key(2))
        try list.invite("node8", token: token(3), until: 1000)
        let table: [(UInt8, AllowList.Verdict)] = [
            (1, .admitted(name: "owner", role: .owner)),
            (2, .admitted(name: "node7", role: .worker)),
            (3, .invited(token: token(3))), (4, .unknown),
        ]
        for (number, verdict) in table { #expect(list.verdict(on: key(number)) == verdict) }
        try list.revoke("node7")
        try list.revoke("node8")
        #expect(list.verdict(on: key(2)) == .revoked(name: "node7"))
        #expect(list.verdict(on: key(3)) == .invited(token: token(3)), "It is to be told why.")
        list.renew("owner", key(9))
        #expect(list.verdict(on: key(1)) == .unknown)
        #expect(list.verdict(on: key(9)) == .admitted(name: "owner", role: .owner))
    }

    @Test("A token enrols one key: again for the same, for no other, not too late, not if revoked")
    func enrolment() throws {
        var list = AllowList()
        try list.admit("owner", .owner, key(9))
        for (number, name) in [(1, "a"), (2, "b"), (3, "c")] as [(UInt8, String)] {
            try list.invite(name, token: token(number), until: 1000)
        }
        #expect(list.enrol(key(11), by: token(1), at: 1000) == .admitted(name: "a"))
        #expect(list.verdict(on: key(11)) == .admitted(name: "a", role: .worker))
        #expect(list.enrol(key(11), by: token(1), at: 5000) == .admitted(name: "a"))
        let refusals: [(UInt8, UInt8, Int, String)] = [
            (12, 1, 900, "used already"), (12, 2, 1061, "expired 2 minutes ago"),
            (9, 2, 900, "listed already"), (11, 2, 900, "listed already"),
            (12, 7, 900, "unknown here"),
        ]
        for (number, by, seconds, part) in refusals {
            let before = list
            guard case .refused(let reason) = list.enrol(key(number), by: token(by), at: seconds)
            else {
                Issue.record("Token \(by) enrolled key \(number).")
                continue
            }
            #expect(reason.contains(part), "\(reason)")
            #expect(list == before)
        }
        try list.revoke("a")
        try list.revoke("c")
        for (number, by) in [(11, 1), (12, 3)] as [(UInt8, UInt8)] {
            guard case .refused(let reason) = list.enrol(key(number), by: token(by), at: 1) else {
                Issue.record("Revoked token \(by) enrolled key \(number).")
                continue
            }
            #expect(reason.contains("revoked"))
        }
        #expect(list.verdict(on: key(11)) == .revoked(name: "a"))
    }

    @Test("Names and keys are taken once, and what cannot be is an error that says so")
    func refusals() throws {
        var list = AllowList()
        try list.admit("a", .worker, key(1))
        try list.invite("b", token: token(2), until: 1)
        let attempts: [(String, (inout AllowList) throws -> Void)] = [
            ("is listed already", { try $0.admit("a", .worker, self.key(3)) }),
            ("is listed already", { try $0.invite("a", token: self.token(3), until: 1) }),
            ("key or token of c", { try $0.admit("c", .worker, self.key(1)) }),
            ("key or token of c", { try $0.invite("c", token: self.token(2), until: 1) }),
            ("is no name", { try $0.admit("", .worker, self.key(3)) }),
            ("is no name", { try $0.admit("../x", .worker, self.key(3)) }),
            ("is no name", { try $0.admit("a b", .worker, self.key(3)) }),
            ("is no name", { try $0.admit("-x", .worker, self.key(3)) }),
            ("is no name", {
                try $0.admit(String(repeating: "x", count: 65), .worker, self.key(3))
            }),
            ("No key or token is called c", { try $0.revoke("c") }),
        ]
        for (part, attempt) in attempts {
            let before = list
            let error = #expect(throws: KeyError.self) { try attempt(&list) }
            #expect("\(error!)".contains(part), "\(error!)")
            #expect(list == before)
        }
        try list.revoke("a")
        #expect(throws: KeyError("a is revoked already.")) { try list.revoke("a") }
        #expect(list.freeName("worker") == "worker-1")
        try list.admit("worker-1", .worker, key(5))
        #expect(list.freeName("worker") == "worker-2")
    }

    @Test("The name of a revoked key is free for a new one, and the old one stays revoked")
    func reuse() throws {
        var list = AllowList()
        try list.admit("a", .worker, key(1))
        try list.revoke("a")
        try list.invite("a", token: token(2), until: 1000)
        #expect(list.verdict(on: key(1)) == .revoked(name: "a"))
        #expect(list.enrol(key(3), by: token(2), at: 0) == .admitted(name: "a"))
        #expect(list.verdict(on: key(3)) == .admitted(name: "a", role: .worker))
        #expect(throws: KeyError.self) { try list.admit("a", .worker, self.key(4)) }
        #expect(throws: KeyError.self, "A revoked key comes back under no name.") {
            try list.admit("b", .worker, self.key(1))
        }
        #expect(try AllowList(text: list.text, file: file) == list)
        try list.revoke("a")
        #expect(list.verdict(on: key(3)) == .revoked(name: "a"))
        try list.admit("a", .worker, key(4))
        #expect(list.verdict(on: key(4)) == .admitted(name: "a", role: .worker))
        #expect(list.entries.map(\.name) == ["a", "a", "a"])
    }

    @Test("The list is read as it was written, in every state")
    func text() throws {
        var list = AllowList()
        try list.admit("owner", .owner, key(1))
        for (number, name) in [(2, "a"), (3, "b"), (4, "c"), (5, "d")] as [(UInt8, String)] {
            try list.invite(name, token: token(number), until: 1_764_160_000)
        }
        _ = list.enrol(key(12), by: token(2), at: 0)
        _ = list.enrol(key(13), by: token(3), at: 0)
        try list.revoke("b")
        try list.revoke("c")
        #expect(try AllowList(text: list.text, file: file) == list)
        #expect(
            list.text == """
                # Whom the coordinator admits. `concord keys` changes it, while it runs too.
                owner owner admitted key=\(key(1))
                a worker admitted key=\(key(12)) token=\(token(2))
                b worker revoked key=\(key(13)) token=\(token(3))
                c worker revoked token=\(token(4))
                d worker invited token=\(token(5)) until=1764160000

                """)
        #expect(try AllowList(text: "", file: file) == AllowList())
    }

    @Test("A damaged list admits nobody: the line is named")
    func damagedText() throws {
        let good = "a worker admitted key=\(key(1))"
        for line in [
            "a", "a worker", "a worker admitted", "a king admitted key=\(key(1))",
            "a worker welcome key=\(key(1))", "a worker admitted key=\(key(1))0",
            "a worker admitted key=zz", "a worker invited token=\(token(2))",
            "a worker invited key=\(key(2)) token=\(token(2)) until=1", "a worker revoked",
            "a worker admitted key=\(key(2)) key=\(key(2))", good,
            "b worker admitted key=\(key(1))",
            "b worker admitted key=\(key(2)) token=12", "\u{0}",
        ] {
            let error = #expect(throws: KeyError.self) {
                try AllowList(text: "# head\n\(good)\n\(line)\n", file: self.file)
            }
            #expect(error!.description.hasPrefix("\(file):3: "), "\(line): \(error!)")
        }
    }

    @Test("A token is read as it was written; cut off, mistyped or spaced out, it says so")
    func tokenText() throws {
        let token = JoinToken(
            coordinator: key(7), secret: SecretKey(bytes: [UInt8](repeating: 8, count: 32))!)
        let text = token.text
        #expect(text.count == 136)
        #expect(try JoinToken(text: " \(text)\n") == token)
        let cut = #expect(throws: KeyError.self) { try JoinToken(text: String(text.dropLast(3))) }
        #expect("\(cut!)".contains("133 of 136"))
        for place in [0, 64, 128, 135] {
            var letters = Array(text)
            letters[place] = letters[place] == "a" ? "b" : "a"
            let wrong = #expect(throws: KeyError.self) { try JoinToken(text: String(letters)) }
            #expect("\(wrong!)".contains("mistyped"))
            #expect(!"\(wrong!)".contains(String(letters.prefix(16))), "It is not quoted.")
        }
        #expect(throws: KeyError.self) { try JoinToken(text: "") }
        #expect(throws: KeyError.self) { try JoinToken(text: text.uppercased()) }
    }

    @Test("A key file is read as it was written, and another text is refused without quoting it")
    func keyFiles() throws {
        let secret = SecretKey(bytes: [UInt8](repeating: 0xAB, count: 32))!
        for token in [nil, token(1)] {
            let credential = Credential(
                name: "node7", coordinator: key(7), secret: secret, token: token)
            #expect(try Credential(text: credential.text, file: "f") == credential)
        }
        let text = Credential(name: "node7", coordinator: key(7), secret: secret).text
        let hex = String(repeating: "ab", count: 32)
        #expect(text.contains(hex))
        for damaged in [
            "", "# only this", String(text.dropLast(9)), text + "secret \(hex)\n",
            text.replacing("name node7", with: "name a/b"), "-----BEGIN PRIVATE KEY-----\n\(hex)",
        ] {
            let error = #expect(throws: KeyError.self) {
                try Credential(text: damaged, file: "x.key")
            }
            #expect("\(error!)".hasPrefix("x.key: "))
            #expect(!"\(error!)".contains("abab"))
        }
        for shown in ["\(secret)", String(reflecting: secret), dumped(secret)] {
            #expect(!shown.contains("171") && !shown.contains("ab"), "\(shown)")
        }
    }

    private func dumped(_ secret: SecretKey) -> String {
        var text = ""
        dump(secret, to: &text)
        return text
    }
}
