import Foundation
import Glibc
import Leasing
import Messaging
import Synchronization
import Testing

@testable import Running

/// Strangers in numbers at a real coordinator's port; and where its keys are not.
@Suite(.serialized) struct FloodTests {
    @Test("Garbage, half-open connections and wrong keys in numbers leave admitted workers working")
    func flood() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder, epochs: 60, models: TinySweep.gated)
            #expect(try sweep.run(store: "calm", also: TinySweep.last).status == 0)
            let cluster = try HandCluster(sweep)
            let worker = try cluster.work("a")
            _ = try cluster.trainer(of: worker)
            let key = try KeyFolder(of: folder.path + "/store").credential("owner").coordinator
            let flood = Flood(try Address(cluster.address), key)
            Thread.detachNewThread { flood.run() }
            defer { flood.stop() }
            try #require(eventually { flood.count > 300 })
            let last = try cluster.work("b", TinySweep.last)
            let ended = cluster.coordinator.wait()
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(worker.wait().status == 0)
            #expect(last.wait().status == 0)
            #expect(ended.errors.contains("Connections refused: "), "\(ended.errors)")
            #expect(ended.errors.contains("with an unknown key"), "\(ended.errors)")
            let lines = ended.errors.split(separator: "\n").count { $0.contains("is refused") }
            #expect(lines < 20, "Each kind is told once.")
            #expect(!ended.errors.contains("counts as lost"), "\(ended.errors)")
            #expect(try sweep.report(of: "store") == sweep.report(of: "calm"))
        }
    }

    @Test("No secret stands anywhere but in its key file: logs, store, report, bundle")
    func secretsStayWhereTheyAre() throws {
        try withFolder { folder in
            // Each worker has something to do, whichever begins first.
            let sweep = try TinySweep(in: folder, models: TinySweep.models(needing: "a", "b"))
            let cluster = try HandCluster(sweep)
            let made = try cluster.command("keys", "new", "w")
            let token = try cluster.command("keys", "token", "t").output
                .trimmingCharacters(in: .whitespacesAndNewlines)
            let workers = [
                try cluster.work("a", ["--tag", "a"], credential: ["--token", token]),
                try cluster.work("b", ["--tag", "b"], credential: ["--key", "store/keys/w.key"]),
            ]
            var said = [made.output, made.errors]
            for worker in workers + [cluster.coordinator] {
                let ended = worker.wait()
                #expect(ended.status == 0, "\(ended.errors)")
                said += [ended.output, ended.errors]
            }
            _ = try sweep.report(of: "store")
            for arguments in [
                ["status", "store"], ["keys", "list", "--store", "store"],
                ["store", "check", "store"],
                ["store", "bundle", "store", "--output", "bundle.tar"],
                ["keys", "revoke", "w", "--store", "store"],
                [
                    "run", sweep.spec, "--store", "local", "--workers", "1", "--tag", "a",
                    "--tag", "b",
                ],
            ] {
                let ended = try Command.run(arguments, in: folder)
                #expect(ended.status == 0, "\(arguments): \(ended.errors)")
                said += [ended.output, ended.errors]
            }
            let secrets = try forms(of: secrets(in: folder) + [Array(token.utf8)])
            try #require(secrets.count >= 5 * 4)
            for text in said { #expect(!holds(Data(text.utf8), secrets)) }
            var read = 0
            for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
                let file = folder.appending(path: path)
                // The standard output of `keys token` is where the token is wanted.
                guard !path.hasSuffix(".key"), !path.hasSuffix(".out"),
                    let data = try? Data(contentsOf: file)
                else { continue }
                read += 1
                #expect(!holds(data, secrets), "\(path) holds a secret.")
            }
            #expect(read > 20)
        }
    }

    /// The secret keys of all key files below `folder`.
    private func secrets(in folder: URL) throws -> [[UInt8]] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".key") }
            .map { try Enrolment.credential(file: folder.appending(path: $0).path).secret.bytes }
    }

    /// The ways in which secrets could be written.
    private func forms(of secrets: [[UInt8]]) -> [Data] {
        secrets.flatMap { secret -> [Data] in
            let hex = secret.map { String(format: "%02x", $0) }.joined()
            return [
                Data(secret), Data(hex.utf8), Data(hex.uppercased().utf8),
                Data(Data(secret).base64EncodedString().prefix(40).utf8),
            ]
        }
    }

    private func holds(_ data: Data, _ words: [Data]) -> Bool {
        words.contains { data.range(of: $0) != nil }
    }
}

/// Connections that say garbage, nothing, or come with keys that nobody knows.
private final class Flood: Sendable {
    private let target: Address
    private let coordinator: PublicKey
    private let isStopped = Atomic<Bool>(false)
    private let tried = Atomic<Int>(0)

    init(_ target: Address, _ coordinator: PublicKey) {
        self.target = target
        self.coordinator = coordinator
    }

    /// How many connections were tried.
    var count: Int { tried.load(ordering: .relaxed) }

    func stop() { isStopped.store(true, ordering: .relaxed) }

    /// At most 100 connections of each kind stand at a time, and at most 20,000 are made.
    func run() {
        var open: [Int32] = []
        var clients: [DealerSocket] = []
        while !isStopped.load(ordering: .relaxed), count < 20_000 {
            if let descriptor = connection() {
                if count.isMultiple(of: 2) {
                    let noise = (0..<400).map { _ in UInt8.random(in: 0...255) }
                    _ = send(descriptor, noise, noise.count, Int32(MSG_NOSIGNAL))
                }
                open.append(descriptor)
            }
            if count.isMultiple(of: 10) {
                let client = try? DealerSocket(
                    connecting: target, in: MessagingContext(),
                    as: Credential(name: "x", coordinator: coordinator, secret: .random()))
                if let client { clients.append(client) }
            }
            tried.add(1, ordering: .relaxed)
            if open.count > 100 { close(open.removeFirst()) }
            if clients.count > 20 { clients.removeFirst() }
            usleep(1000)
        }
        open.forEach { close($0) }
    }

    private func connection() -> Int32? {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(target.port ?? 0).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_NONBLOCK, 0)
        guard descriptor >= 0 else { return nil }
        _ = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return descriptor
    }
}
