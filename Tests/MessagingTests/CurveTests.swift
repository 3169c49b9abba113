import CZeroMQ
import Foundation
import Leasing
import Testing

@testable import Messaging

/// Real sockets with keys, over loopback.
@Suite("Encrypted sockets")
struct CurveTests {
    /// A coordinator's socket with its reactor, and the thread of its loop.
    private final class Host {
        let socket: RouterSocket
        let reactor: Reactor
        let secret = SecretKey.random()
        var rule: (RouterSocket.Applicant) -> RouterSocket.Ruling = { _ in .admitted }
        var applicants: [RouterSocket.Applicant] = []
        var broken: [RouterSocket.BrokenHandshake] = []
        var received: [RouterSocket.Received] = []

        init(strangersMax: Int = 512) throws {
            socket = try RouterSocket(
                binding: Address("127.0.0.1:*"), in: MessagingContext(), as: secret,
                strangersMax: strangersMax)
            reactor = try Reactor(socket: socket)
        }

        /// A turn of the loop.
        func turn() throws {
            _ = try reactor.wait(seconds: 0.02)
            broken += socket.watchDoor()
            socket.judge { applicant in
                applicants.append(applicant)
                return rule(applicant)
            }
            while let message = socket.receive() { received.append(message) }
        }

        func until<Value>(_ what: String, _ body: () throws -> Value?) throws -> Value {
            try eventually(what) {
                try turn()
                return try body()
            }
        }

        func client(
            _ secret: SecretKey = .random(), of coordinator: PublicKey? = nil
        ) throws -> DealerSocket {
            try DealerSocket(
                connecting: socket.boundEndpoint, in: MessagingContext(),
                as: Credential(
                    name: "x", coordinator: coordinator ?? self.secret.publicKey, secret: secret))
        }
    }

    @Test("Keys are random, and the public half is that of the secret one")
    func keys() {
        let (a, b) = (SecretKey.random(), SecretKey.random())
        #expect(a != b)
        #expect(a.publicKey != b.publicKey)
        #expect(a.publicKey == SecretKey(bytes: a.bytes)!.publicKey)
        // RFC 7748, section 5.2, the first iteration.
        let nine = SecretKey(bytes: [9] + [UInt8](repeating: 0, count: 31))!
        #expect(
            "\(nine.publicKey)"
                == "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079")
    }

    @Test("An admitted client's messages come under its key, and are answered")
    func admitted() throws {
        let host = try Host()
        let secret = SecretKey.random()
        let client = try host.client(secret)
        let message = try host.until("message") {
            _ = client.send([[1], [], [UInt8](repeating: 2, count: 100_000)])
            return host.received.first
        }
        #expect(message.user == secret.publicKey)
        #expect(message.frames[2].count == 100_000)
        #expect(host.applicants.first?.key == secret.publicKey)
        #expect(host.applicants.first?.address == "127.0.0.1")
        #expect(host.socket.send([[9]], to: message.from) == .sent)
        #expect(try eventually("answer") { client.receive() } == [[9]])
        #expect(host.socket.connectionCount == 1)
        #expect(host.socket.strangerCount == 0)
    }

    @Test("A refused key is told so and says nothing; one that is to come later comes by itself")
    func rulings() throws {
        let host = try Host()
        let (good, bad, early) = (SecretKey.random(), SecretKey.random(), SecretKey.random())
        var tries = 0
        host.rule = { applicant in
            if applicant.key == bad.publicKey { return .refused }
            if applicant.key == good.publicKey { return .admitted }
            tries += 1
            return tries < 3 ? .later : .admitted
        }
        let refused = try host.client(bad)
        let late = try host.client(early)
        let admitted = try host.client(good)
        var seen: [DealerSocket.LinkEvent] = []
        try host.until("refusal") {
            seen += refused.linkEvents()
            return seen.contains(.refused) ? true : nil
        }
        #expect(!seen.contains(.connected))
        #expect(!refused.send([[1]]))
        try host.until("both others") {
            _ = late.send([[2]])
            _ = admitted.send([[3]])
            return Set(host.received.map(\.user)).count == 2 ? true : nil
        }
        #expect(tries == 3)
        #expect(!host.received.contains { $0.user == bad.publicKey })
    }

    @Test("A client of another coordinator, one without a key and noise come to nothing")
    func broken() throws {
        let host = try Host()
        let other = try host.client(of: SecretKey.random().publicKey)
        let plain = try DealerSocket(
            connecting: host.socket.boundEndpoint, in: MessagingContext())
        let noise = try plainConnection(to: host.socket.boundEndpoint)
        defer { close(noise) }
        _ = send(noise, [UInt8](repeating: 0x47, count: 200), 200, Int32(MSG_NOSIGNAL))
        // ZMTP 3.0's greeting with the mechanism NULL, and no word more: the host must notice.
        let patient = try plainConnection(to: host.socket.boundEndpoint)
        defer { close(patient) }
        let greeting: [UInt8] =
            [0xFF] + Array(repeating: 0, count: 8) + [0x7F, 3, 0] + Array("NULL".utf8)
            + Array(repeating: 0, count: 48)
        _ = send(patient, greeting, greeting.count, Int32(MSG_NOSIGNAL))
        var (otherSaw, plainSaw): ([DealerSocket.LinkEvent], [DealerSocket.LinkEvent]) = ([], [])
        try host.until("ends") {
            otherSaw += other.linkEvents()
            plainSaw += plain.linkEvents()
            // Which of the two it sees is chance: who notices first.
            let plainFailed = plainSaw.contains(.incompatible) || plainSaw.contains(.broken)
            return otherSaw.contains(.broken) && plainFailed
                && Set(host.broken).isSuperset(of: [.otherCoordinator, .unencrypted])
                && host.socket.connectionCount < 3 ? true : nil
        }
        #expect(!otherSaw.contains(.connected) && !plainSaw.contains(.connected))
        #expect(host.applicants.isEmpty)
        #expect(host.received.isEmpty)
    }

    @Test("Too many strangers close the door, those who are in go on, and it opens by itself")
    func flood() throws {
        let host = try Host(strangersMax: 8)
        let client = try host.client()
        try host.until("message") { client.send([[0]]) ? true : nil }
        try host.until("arrival") { host.received.isEmpty ? nil : true }
        var strangers: [Int32] = []
        defer { strangers.forEach { close($0) } }
        for _ in 0..<8 { strangers.append(try plainConnection(to: host.socket.boundEndpoint)) }
        try host.until("closed door") { host.socket.isDoorOpen ? nil : true }
        #expect(host.socket.strangerCount >= 8)
        let late = try host.client()
        let before = host.received.count
        for number in 1...5 {
            #expect(client.send([[UInt8(number)]]))
            _ = try host.until("message") { host.received.count == before + number ? true : nil }
        }
        #expect(host.received.dropFirst(before).map(\.frames) == (1...5).map { [[UInt8($0)]] })
        #expect(!late.send([[7]]), "Nobody new has come in.")
        strangers.forEach { close($0) }
        strangers = []
        try host.until("open door") { host.socket.isDoorOpen ? true : nil }
        try host.until("newcomer") {
            _ = late.send([[7]])
            return host.received.contains { $0.frames == [[7]] } ? true : nil
        }
    }

    @Test("Half-open connections are given up after the time for handshakes")
    func halfOpen() throws {
        let host = try Host()
        let stranger = try plainConnection(to: host.socket.boundEndpoint)
        defer { close(stranger) }
        try host.until("arrival") { host.socket.strangerCount == 1 ? true : nil }
        let began = Date()
        try host.until("end") { host.socket.connectionCount == 0 ? true : nil }
        #expect((3...12).contains(Date().timeIntervalSince(began)))
    }

    @Test("A connection that is cut is gone; its client comes again and is judged again")
    func cut() throws {
        let host = try Host()
        let client = try host.client()
        let message = try host.until("message") {
            _ = client.send([[1]])
            return host.received.first
        }
        _ = client.linkEvents()
        host.rule = { _ in .refused }
        host.socket.cut(message)
        var seen: [DealerSocket.LinkEvent] = []
        try host.until("refusal") {
            seen += client.linkEvents()
            return seen.contains(.refused) ? true : nil
        }
        #expect(seen.first == .disconnected)
    }

    @Test("What passes over the wire is not what was said")
    func encrypted() throws {
        let host = try Host()
        let relay = try Relay(to: host.socket.boundEndpoint)
        let word = Array("a secret of the study, said many times".utf8)
        let client = try DealerSocket(
            connecting: relay.address, in: MessagingContext(),
            as: Credential(name: "x", coordinator: host.secret.publicKey, secret: .random()))
        let message = try host.until("message") {
            relay.pass()
            _ = client.send([word])
            return host.received.first
        }
        #expect(message.frames == [word])
        #expect(relay.seen.count > 200)
        #expect(!relay.seen.contains(word))
    }

    @Test("A context has one door")
    func oneDoor() throws {
        let context = MessagingContext()
        let first = try RouterSocket(
            binding: Address("127.0.0.1:*"), in: context, as: .random())
        #expect(throws: MessagingError.self) {
            try RouterSocket(binding: Address("127.0.0.1:*"), in: context, as: .random())
        }
        #expect(first.isDoorOpen)
    }

    @Test("With a key, other machines' addresses can be bound")
    func everyInterface() throws {
        let socket = try RouterSocket(
            binding: Address("tcp://0.0.0.0:*"), in: MessagingContext(), as: .random())
        #expect(socket.boundEndpoint.isEveryInterface)
        #expect(socket.boundEndpoint.local.host == "127.0.0.1")
        #expect(socket.boundEndpoint.local.port == socket.boundEndpoint.port)
    }

    @Test("The door closes at its limit and opens when half are gone, in any order of events")
    func doorway() {
        var way = Doorway(strangersMax: 4)
        for descriptor in 1...3 as ClosedRange<Int32> { way.came(descriptor) }
        #expect(way.isOpen)
        way.spoke(1)
        way.came(4)
        #expect(way.isOpen)
        way.came(5)
        #expect(!way.isOpen && way.strangers == [2, 3, 4, 5] && way.present.count == 5)
        way.left(2)
        #expect(!way.isOpen)
        way.left(1)
        #expect(!way.isOpen, "One who was in is no stranger.")
        way.spoke(3)
        #expect(way.isOpen)
        way.left(77)
        way.spoke(77)
        #expect(way.present == [3, 4, 5] && way.strangers == [4, 5])
    }
}

/// A TCP connection that ZeroMQ knows nothing of; the caller closes it.
func plainConnection(to endpoint: Address) throws -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(try #require(endpoint.port)).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let code = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    try #require(code == 0)
    return descriptor
}

/// Passes bytes on between one client and a server, and keeps them.
private final class Relay {
    let address: Address
    private let target: Address
    private let listener: Int32
    private var ends: (client: Int32, server: Int32)?
    private(set) var seen = Data()

    init(to target: Address) throws {
        self.target = target
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_NONBLOCK, 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = self.listener
        let code = withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) | listen(listener, 8) | getsockname(listener, $0, &size)
            }
        }
        try #require(code == 0)
        address = try Address("127.0.0.1:\(UInt16(bigEndian: name.sin_port))")
    }

    deinit {
        close(listener)
        if let ends {
            close(ends.client)
            close(ends.server)
        }
    }

    /// Passes on what waits.
    func pass() {
        if ends == nil {
            let client = accept(listener, nil, nil)
            guard client >= 0, let server = try? plainConnection(to: target) else { return }
            ends = (client, server)
        }
        guard let ends else { return }
        for (from, to) in [(ends.client, ends.server), (ends.server, ends.client)] {
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = recv(from, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            guard count > 0 else { continue }
            seen.append(contentsOf: bytes.prefix(count))
            _ = send(to, bytes, count, Int32(MSG_NOSIGNAL))
        }
    }
}

extension Data {
    fileprivate func contains(_ word: [UInt8]) -> Bool { range(of: Data(word)) != nil }
}
