import Foundation
import Glibc
import Leasing
import Messaging
import Testing

@testable import Running

/// Who is let in by a real coordinator, and what happens to those who are not.
@Suite(.serialized) struct SecurityTests {
    /// A sweep that takes a while, with what it should report.
    private func stage(
        _ folder: URL, epochs: Int = 3, models: [String] = TinySweep.models
    ) throws -> (HandCluster, calm: [String: Data]) {
        let sweep = try TinySweep(in: folder, epochs: epochs, models: models)
        #expect(try sweep.run(store: "calm", also: TinySweep.last).status == 0)
        return (try HandCluster(sweep), try sweep.report(of: "calm"))
    }

    /// A connection over which ZMTP 3.0's greeting with the mechanism NULL was sent.
    private func plainGreeting(to address: String) throws -> Int32 {
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        let port = address.split(separator: ":").last.flatMap { UInt16($0) }
        place.sin_port = try #require(port).bigEndian
        place.sin_addr.s_addr = inet_addr("127.0.0.1")
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let code = withUnsafePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(code == 0)
        let greeting: [UInt8] =
            [0xFF] + Array(repeating: 0, count: 8) + [0x7F, 3, 0] + Array("NULL".utf8)
            + Array(repeating: 0, count: 48)
        _ = send(descriptor, greeting, greeting.count, Int32(MSG_NOSIGNAL))
        return descriptor
    }

    private func token(_ cluster: HandCluster, _ name: String) throws -> String {
        let made = try cluster.command("keys", "token", name)
        #expect(made.status == 0, "\(made.errors)")
        return made.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test("A token enrols one worker, which needs it no more; replayed, both sides refuse it")
    func tokens() throws {
        try withFolder { folder in
            let (cluster, calm) = try stage(folder, epochs: 60, models: TinySweep.gated)
            let token = try token(cluster, "node7")
            let first = try cluster.work("a", credential: ["--token", token])
            try #require(eventually { first.errorsSoFar.contains("joined \(cluster.address)") })
            let second = try cluster.work("b", credential: ["--token", token]).wait()
            #expect(second.status == 4)
            #expect(
                second.errors.contains("refused this worker: The token node7 was used already"),
                "\(second.errors)")
            // The same worker, started again by the same command, needs the token no more.
            first.signal(SIGKILL)
            _ = first.wait()
            let again = try cluster.work("a", credential: ["--token", token])
            let late = try cluster.work(
                "c", TinySweep.last, credential: ["--token", try self.token(cluster, "c")])
            #expect(again.wait().status == 0, "\(again.errorsSoFar)")
            #expect(late.wait().status == 0, "\(late.errorsSoFar)")
            let ended = cluster.coordinator.wait()
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(ended.errors.contains("The key node7 was enrolled by its token."))
            #expect(ended.errors.contains("came with a token is refused: The token node7 was used"))
            // A client that waits long for its answer comes again, and is judged again.
            #expect(ended.errors.contains(/\d with a token that is not good/), "\(ended.errors)")
            let list = try cluster.command("keys", "list")
            #expect(list.output.contains(/node7 +worker +admitted/), "\(list.output)")
            #expect(try cluster.sweep.report(of: "store") == calm)
        }
    }

    @Test("A token that is unknown, cut off, expired or of another store enrols nobody")
    func badTokens() throws {
        try withFolder { folder in
            let (cluster, _) = try stage(folder)
            let token = try token(cluster, "node7")
            let keys = try KeyFolder(of: folder.path + "/store")
            let expired = try keys.makeToken("late", until: Int(Date().timeIntervalSince1970) - 10)
            let other = try Command.run("keys", "token", "--store", "other", in: folder).output
            let forged = JoinToken(
                coordinator: try JoinToken(text: token).coordinator, secret: .random()
            ).text
            for (name, text, status, part) in [
                ("cut", String(token.dropLast()), 1, /135 of 136 characters/),
                ("typo", String(token.reversed()), 1, /mistyped/),
                ("late", expired.token.text, 4, /The token late expired \d+ minutes ago/),
                ("forged", forged, 4, /does not admit this key or token/),
            ] as [(String, String, Int32, Regex<Substring>)] {
                let worker = try cluster.work(name, credential: ["--token", text]).wait()
                #expect(worker.status == status, "\(name): \(worker.errors)")
                #expect(worker.errors.contains(part), "\(name): \(worker.errors)")
                let isQuoted = worker.errors.contains(String(text.prefix(20)))
                #expect(!isQuoted, "The token stands in the message.")
            }
            let stranger = try cluster.work(
                "other", ["--orphan-seconds", "4"], credential: ["--token", other]
            ).wait()
            #expect(stranger.status == 1)
            #expect(stranger.errors.contains("may be of another store"), "\(stranger.errors)")
            #expect(try cluster.work("a").wait().status == 0)
            let ended = cluster.coordinator.wait()
            #expect(ended.errors.contains(/\d with a token that is not good/))
            #expect(ended.errors.contains("that expect another coordinator"), "\(ended.errors)")
            #expect(ended.errors.contains(/\d with an unknown key/), "\(ended.errors)")
        }
    }

    @Test("Wrong, revoked and missing keys are refused alone, with a sentence on both sides")
    func refusals() throws {
        try withFolder { folder in
            let (cluster, calm) = try stage(folder)
            #expect(try cluster.command("keys", "new", "old", "wrong").status == 0)
            try FileManager.default.copyItem(
                at: folder.appending(path: "store/keys/old.key"),
                to: folder.appending(path: "old.key"))
            #expect(try cluster.command("keys", "revoke", "old").status == 0)
            let wrong = try Enrolment.credential(
                file: folder.appending(path: "store/keys/wrong.key").path)
            let unknown = Credential(
                name: "made-up", coordinator: wrong.coordinator, secret: .random())
            try SecretFile.write(unknown.text, to: folder.appending(path: "unknown.key").path)
            for (name, part) in [
                ("old", "does not admit the key old"), ("unknown", "key made-up"),
            ] {
                let worker = try cluster.work(name, credential: ["--key", "\(name).key"]).wait()
                #expect(worker.status == 4, "\(worker.errors)")
                #expect(worker.errors.contains(part), "\(worker.errors)")
                #expect(worker.errors.contains("Ask whoever owns the store"))
            }
            let none = try cluster.work("none", credential: []).wait()
            #expect(none.status == 1)
            #expect(none.errors.contains("a worker needs a key: --key FILE"), "\(none.errors)")
            // One that does not encrypt, as versions before did; and one that has only greeted, so
            // that it is the coordinator who must notice.
            let greeting = try plainGreeting(to: cluster.address)
            defer { close(greeting) }
            let plain = try DealerSocket(
                connecting: try Address(cluster.address), in: MessagingContext())
            #expect(
                eventually {
                    let events = plain.linkEvents()
                    return events.contains(.incompatible) || events.contains(.broken)
                })
            #expect(
                eventually { cluster.coordinator.errorsSoFar.contains("it does not encrypt") })

            #expect(try cluster.work("a").wait().status == 0)
            let ended = cluster.coordinator.wait()
            #expect(ended.status == 0)
            for part in [
                "is refused: the key old was revoked",
                "is refused: its key is not on the allow-list",
                "it does not encrypt",
            ] {
                #expect(ended.errors.contains(part), "\(part) is missing: \(ended.errors)")
            }
            #expect(
                ended.errors.contains(/\d with an unknown key, \d+ with a revoked key/),
                "\(ended.errors)")
            #expect(try cluster.sweep.report(of: "store") == calm)
        }
    }

    @Test("A worker whose key is revoked while it trains leaves; rotation needs no restart")
    func revocation() throws {
        try withFolder { folder in
            let (cluster, calm) = try stage(folder, epochs: 50)
            #expect(try cluster.command("keys", "new", "first").status == 0)
            let first = try cluster.work("a", credential: ["--key", "store/keys/first.key"])
            // Stopped, it is in the middle of a trial until it is ended.
            kill(try cluster.trainer(of: first), SIGSTOP)
            // The key files of the first are gone with it.
            #expect(try cluster.command("keys", "revoke", "first").status == 0)
            let left = first.wait()
            #expect(left.status == 4, "\(left.errors)")
            #expect(left.errors.contains("the key first was revoked"), "\(left.errors)")
            #expect(try cluster.command("keys", "new", "second").status == 0)
            let second = try cluster.work("b", credential: ["--key", "store/keys/second.key"])
            #expect(second.wait().status == 0, "\(second.errorsSoFar)")
            let ended = cluster.coordinator.wait()
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(ended.errors.contains("A worker is refused: the key first was revoked."))
            #expect(ended.errors.contains("The allow-list has changed and is in force."))
            #expect(
                !ended.errors.contains("counts as lost"), "Its trials were given back, not lost.")
            #expect(try cluster.sweep.report(of: "store") == calm)
        }
    }

    @Test("A worker's key trains, and changes nothing of the sweep")
    func roles() throws {
        try withFolder { folder in
            let (cluster, calm) = try stage(folder)
            #expect(try cluster.command("keys", "new", "w").status == 0)
            let key = folder.appending(path: "store/keys/w.key").path
            let line = try CoordinatorLine(
                try Address(cluster.address), as: try Enrolment.credential(file: key))
            let document = try LoadedSweep(spec: cluster.sweep.spec, dataRoot: nil).document
            let frames = WireCodec.encode(.cancel([]), sweep: document.digest)
            let answer = try #require(try line.ask(frames, seconds: 120))
            #expect(!answer.isDone)
            #expect(answer.text.contains("Only the store's owner"))
            let worker = try cluster.work("a", credential: ["--key", "store/keys/w.key"])
            #expect(worker.wait().status == 0)
            #expect(cluster.coordinator.wait().errors.contains("1 beyond what its key allows"))
            #expect(try cluster.sweep.report(of: "store") == calm)
        }
    }

    @Test("Keys that others can read are refused, by whoever would use them")
    func openKeys() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            let made = try Command.run("keys", "new", "w", "--store", "store", in: folder)
            #expect(made.output == "store/keys/w.key\n")
            let keys = folder.appending(path: "store/keys")
            #expect(try mode(keys) == 0o700)
            for name in ["coordinator.key", "owner.key", "w.key", "allowed"] {
                #expect(try mode(keys.appending(path: name)) == 0o600, "\(name)")
            }
            let run = ["run", sweep.spec, "--store", "store", "--workers", "1"]
            for (name, arguments) in [
                ("coordinator.key", run), ("owner.key", run), ("allowed", run),
                ("w.key", ["work", "tcp://127.0.0.1:1", "--key", "store/keys/w.key"]),
            ] {
                let path = keys.appending(path: name).path
                chmod(path, 0o640)
                let refused = try Command.run(arguments, in: folder)
                #expect(refused.status == 1)
                #expect(refused.errors.contains("\(name): others than its owner"), "\(refused)")
                #expect(refused.errors.contains("(mode 640)"))
                #expect(refused.errors.contains("chmod 600 "))
                chmod(path, 0o600)
            }
            // As systemd lends a credential to a service: the group's bit is its access list.
            let lent = keys.appending(path: "w.key").path
            chmod(lent, 0o440)
            for (credentials, isRead) in [
                (keys.path, geteuid() == 0), (folder.path + "/x", false),
            ] {
                let worker = try Command.Running(
                    ["work", "tcp://127.0.0.1:1", "--key", lent], in: folder,
                    environment: ["CREDENTIALS_DIRECTORY": credentials])
                try #require(
                    eventually {
                        !worker.isRunning || worker.errorsSoFar.contains("connects to")
                    })
                worker.signal(SIGKILL)
                let ended = worker.wait()
                #expect(ended.status == (isRead ? -SIGKILL : 1), "\(ended.errors)")
            }
            chmod(lent, 0o600)
            for (arguments, part) in [
                (["keys", "list", "--store", "none"], "there are no keys"),
                (["keys", "new", "coordinator", "--store", "store"], "the store's own key"),
                (["keys", "token", "coordinator", "--store", "store"], "the store's own key"),
                (["keys", "new", "w", "--store", "store"], "w is listed already"),
                (["keys", "new", "../w", "--store", "store"], "is no name"),
                (["keys", "revoke", "x", "--store", "store"], "No key or token is called x"),
                (["work", "127.0.0.1:1", "--key", "none.key"], "does not exist"),
                (["work", "127.0.0.1:1", "--key", sweep.spec], "others than its owner"),
            ] {
                let refused = try Command.run(arguments, in: folder)
                #expect(refused.status == 1)
                #expect(refused.errors.contains(part), "\(arguments): \(refused.errors)")
            }
            try "nonsense\n".write(
                toFile: "\(keys.path)/allowed", atomically: false, encoding: .utf8)
            let damaged = try Command.run(run, in: folder)
            #expect(damaged.status == 1)
            #expect(damaged.errors.contains("allowed:1: this is no entry"), "\(damaged.errors)")
        }
    }

    @Test("The owner's key can be replaced while a sweep runs, and its commands go on")
    func ownerRotation() throws {
        try withFolder { folder in
            let (cluster, calm) = try stage(folder, epochs: 100)
            let file = folder.path + "/store/keys/owner.key"
            let before = try String(contentsOfFile: file, encoding: .utf8)
            #expect(try cluster.command("keys", "revoke", "owner").status == 0)
            let after = try String(contentsOfFile: file, encoding: .utf8)
            #expect(before != after)
            try #require(eventually { cluster.coordinator.errorsSoFar.contains("is in force") })
            let drained = try cluster.command("drain", "nobody")
            #expect(drained.status == 1)
            #expect(!drained.errors.contains("does not answer"), "\(drained.errors)")
            #expect(try cluster.work("a").wait().status == 0)
            #expect(try cluster.sweep.report(of: "store") == calm)
        }
    }

    private func mode(_ file: URL) throws -> Int {
        let traits = try FileManager.default.attributesOfItem(atPath: file.path)
        return try #require(traits[.posixPermissions] as? Int)
    }
}
