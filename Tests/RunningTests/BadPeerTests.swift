import Corpora
import Foundation
import Kernels
import Leasing
import Messaging
import Planning
import Testing

@testable import Running

/// A peer that says what it must not: each message is refused alone, and the sweep goes on.
@Suite(.serialized) struct BadPeerTests {
    /// A socket that says anything.
    private final class Peer {
        private let socket: DealerSocket
        private let reactor: Reactor

        init(_ cluster: HandCluster) throws {
            let store = cluster.sweep.folder.appending(path: cluster.store).path
            socket = try DealerSocket(
                connecting: try Address(cluster.address), in: MessagingContext(),
                as: try KeyFolder(of: store).credential("owner"))
            reactor = try Reactor(socket: socket)
            let socket = self.socket
            let reactor = self.reactor
            try #require(
                eventually {
                    _ = try? reactor.wait(seconds: 0.1)
                    return socket.linkEvents().contains(.connected)
                })
        }

        func say(_ frames: [[UInt8]]) { #expect(socket.send(frames)) }

        func say(_ message: WorkerMessage, _ sequence: UInt64) {
            say(WireCodec.encode(message, sequence: sequence))
        }

        /// The next message that `isWanted`.
        func hear(_ isWanted: (CoordinatorMessage) -> Bool) throws -> CoordinatorMessage {
            var found: CoordinatorMessage?
            try #require(
                eventually {
                    while found == nil, let frames = socket.receive() {
                        if let message = try? WireCodec.decodeCoordinator(frames).message,
                            isWanted(message)
                        {
                            found = message
                        }
                    }
                    return found != nil
                })
            return try #require(found)
        }
    }

    private let hello = WorkerMessage.hello(
        .init(
            worker: WorkerID("bad-peer"), name: "bad", slots: 1,
            protocolVersion: WorkerMessage.protocolVersion, numericsVersion: Numerics.version,
            numericClass: Numerics.numericClass, sweep: nil, leases: []))

    @Test("Garbage, other versions, stale sessions, replays and wrong outcomes disturb nothing")
    func everything() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            #expect(try sweep.run(store: "calm").status == 0)
            let cluster = try HandCluster(sweep)
            let peer = try Peer(cluster)

            for length in 1...40 { peer.say([[UInt8](repeating: 0xA5, count: length)]) }
            var old = WireCodec.encode(WorkerMessage.heartbeat, sequence: 1)
            old[0][1] = 99
            peer.say(old)
            _ = try peer.hear { if case .refused = $0 { true } else { false } }
            peer.say(.heartbeat, 1)
            _ = try peer.hear { $0 == .sayHello }

            peer.say(hello, 2)
            let given = try peer.hear { if case .train = $0 { true } else { false } }
            guard case .train(let lease, _) = given else { return }
            for _ in 0..<5 { peer.say(hello, 2) }
            let nobody = LeaseID(key: TrialKey(digest: Digest(of: [1])), attempt: 1)
            peer.say(.finished(nobody, Delivery(outcome: [1], provenance: [])), 3)
            _ = try peer.hear { $0 == .abandon(nobody) }
            peer.say(.finished(lease, Delivery(outcome: [1, 2, 3], provenance: [])), 4)
            _ = try peer.hear { $0 == .abandon(lease) }
            peer.say(.goodbye, 5)

            #expect(try cluster.work("a").wait().status == 0)
            let ended = cluster.coordinator.wait()
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(
                ended.errors.contains(
                    """
                    Messages refused: 40 malformed, 1 of another version, 5 replayed, 1 with an \
                    outcome that is none of its trial, 1 about trials that are not planned, \
                    1 from a worker that has not said hello.
                    """), "\(ended.errors)")
            let told = ended.errors.split(separator: "A message malformed is refused").count
            #expect(told == 2, "A kind is told once a peer.")
            #expect(try sweep.report(of: "store") == sweep.report(of: "calm"))
        }
    }

    @Test("What is remembered of peers stays bounded, and each is told of once")
    func ledger() {
        var ledger = RefusalLedger()
        let one = ConnectionID(bytes: [1])
        #expect(ledger.summary == nil)
        let told = [
            ledger.count(.malformed, from: one), ledger.count(.malformed, from: one),
            ledger.count(.replayed, from: one),
        ]
        #expect(told == [true, false, true])
        let isNew = [3, 3, 2, 4].map { ledger.isNew($0, from: one) }
        #expect(isNew == [true, false, false, true])
        for number in 0..<100_000 {
            let bytes = withUnsafeBytes(of: number) { Array($0) }
            _ = ledger.count(.malformed, from: ConnectionID(bytes: bytes))
        }
        #expect(ledger.remembered <= 4096)
        #expect(ledger.summary == "Messages refused: 100002 malformed, 1 replayed.")
        let doors = [
            ledger.count(.unknown, of: "10.0.0.7"), ledger.count(.unknown, of: "10.0.0.7"),
            ledger.count(.unknown, of: "10.0.0.8"), ledger.count(.noise, of: ""),
        ]
        #expect(doors == [true, false, true, true])
        #expect(
            ledger.summary == """
                Messages refused: 100002 malformed, 1 replayed. Connections refused: 3 with an \
                unknown key, 1 that speak no ZMTP.
                """)
    }

    @Test("A connection may say ten seconds' worth at once, then its rate, and others are not hit")
    func rates() {
        var ledger = RefusalLedger()
        let (one, other) = (ConnectionID(bytes: [1]), ConnectionID(bytes: [2]))
        func said(_ count: Int, at seconds: Double) -> Int {
            (0..<count).count { _ in ledger.allows(one, rate: 20, at: seconds) }
        }
        #expect(said(500, at: 100) == 200)
        #expect(said(500, at: 100) == 0)
        #expect((19...20).contains(said(500, at: 101)))
        let isOtherAllowed = ledger.allows(other, rate: 20, at: 101)
        #expect(isOtherAllowed)
        #expect((199...200).contains(said(500, at: 1000)))
    }

    @Test("Beyond the most connections a worker is to come later; the owner always comes in")
    func connections() throws {
        try withFolder { folder in
            let keys = try KeyFolder(making: folder.path)
            let gatekeeper = try Gatekeeper(keys: keys, connectionsMax: 10)
            let table: [(AllowList.Verdict, Int, RouterSocket.Ruling)] = [
                (.admitted(name: "a", role: .worker), 10, .admitted),
                (.admitted(name: "a", role: .worker), 11, .later),
                (.invited(token: Digest(of: [1])), 11, .later),
                (.admitted(name: "owner", role: .owner), 11, .admitted),
                (.revoked(name: "a"), 0, .refused), (.unknown, 0, .refused),
            ]
            for (verdict, connections, ruling) in table {
                #expect(gatekeeper.ruling(on: verdict, connections: connections) == ruling)
            }
        }
    }

    @Test("A first attempt's memory is doubled as often as it was too little, up to the machine's")
    func memoryCaps() {
        #expect(MemoryCap(first: 100, raises: 0, machine: 1000).bytes == 100)
        #expect(MemoryCap(first: 100, raises: 3, machine: 1000).bytes == 800)
        #expect(!MemoryCap(first: 100, raises: 3, machine: 1000).isWhole)
        let most = MemoryCap(first: 100, raises: 4, machine: 1000)
        #expect(most.bytes == 1000 && most.isWhole)
        // Predicted 300, of a share of 100: what was set aside then is twice that, and no more.
        #expect(MemoryCap(first: 100, raises: 0, setAside: 300, machine: 1000).bytes == 300)
        #expect(MemoryCap(first: 100, raises: 1, setAside: 600, machine: 1000).bytes == 600)
        #expect(MemoryCap(first: 1 << 50, raises: 64, machine: 1 << 60).isWhole)
        #expect(Memory.machineBytes > 1 << 28)
        #expect((Memory.ownBytes(of: getpid()) ?? 0) > 1 << 20)
        #expect(Memory.ownBytes(of: 1 << 30) == nil)
    }

    @Test(
        "A Slurm job has the memory that Slurm granted it on its node",
        arguments: [
            ([:], nil), (["SLURM_MEM_PER_NODE": "4096"], 4 << 30),
            (["SLURM_MEM_PER_CPU": "512", "SLURM_CPUS_ON_NODE": "6"], 3 << 30),
            (["SLURM_MEM_PER_NODE": "0"], nil), (["SLURM_MEM_PER_NODE": "-1"], nil),
            (["SLURM_MEM_PER_CPU": "9223372036854775807", "SLURM_CPUS_ON_NODE": "9"], 9 << 50),
        ] as [([String: String], Int?)])
    func jobMemory(_ environment: [String: String], _ bytes: Int?) {
        let (group, limit) = Memory.jobLimit(
            environment.merging(["SLURM_JOB_ID": "7"]) { $1 })
        #expect(group == "job 7")
        #expect(limit == bytes)
    }

    @Test("A process's control groups are found, in both versions")
    func controlGroups() {
        let text = "12:pids:/p\n9:cpu,memory:/slurm/job_7/step_0\n1:name=systemd:/\n0::/user/x:y\n"
        #expect(
            Machine.groups(in: text, of: "memory", under: "/m")
                == ["/m/slurm/job_7/step_0", "/m/slurm/job_7", "/m/slurm", "/m"])
        #expect(Machine.groups(in: text, of: "", under: "/g") == ["/g/user/x:y", "/g/user", "/g"])
        #expect(Machine.groups(in: "0::/\n", of: "memory", under: "/m") == ["/m"])
        #expect(Machine.groups(in: "", of: "", under: "/g") == ["/g"])
    }
}
