import CZeroMQ
import Foundation
import Leasing
import Messaging
import Testing

/// What `body` yields as soon as it is not nil; the sockets' own threads work meanwhile.
func eventually<Value>(_ what: String, _ body: () throws -> Value?) throws -> Value {
    let end = Date().addingTimeInterval(20)
    while Date() < end {
        if let value = try body() { return value }
        usleep(500)
    }
    throw NotInTime(what: what)
}

/// Something that should have happened within 20 seconds.
struct NotInTime: Error {
    var what: String
}

@Suite("Sockets over loopback")
struct SocketTests {
    let context = MessagingContext()

    private func router() throws -> RouterSocket {
        try RouterSocket(binding: Address("tcp://127.0.0.1:*"), in: context)
    }

    private func connected(to router: RouterSocket) throws -> DealerSocket {
        let dealer = try DealerSocket(connecting: router.boundEndpoint, in: context)
        _ = try eventually("connection") { dealer.linkEvents().contains(.connected) ? true : nil }
        return dealer
    }

    @Test("Messages of any shape go to and fro, and empty frames stay empty")
    func roundTrip() throws {
        let router = try router()
        let dealer = try connected(to: router)
        let shapes: [[[UInt8]]] = [
            [[]], [[1]], [[1, 2], [], [3]], [[UInt8](repeating: 7, count: 3_000_000), [9], []],
        ]
        for frames in shapes {
            #expect(dealer.send(frames))
            let received = try eventually("message") { router.receive() }
            #expect(received.frames == frames)
            #expect(received.user == nil)
            #expect(router.send(received.frames, to: received.from) == .sent)
            #expect(try eventually("answer") { dealer.receive() } == frames)
        }
        #expect(router.receive() == nil)
        #expect(dealer.receive() == nil)
    }

    @Test("Each connection has its own name, and answers go to the right one")
    func twoWorkers() throws {
        let router = try router()
        let dealers = [try connected(to: router), try connected(to: router)]
        var names: [ConnectionID] = []
        for (index, dealer) in dealers.enumerated() {
            #expect(dealer.send([[UInt8(index)]]))
            let received = try eventually("message") { router.receive() }
            #expect(received.frames == [[UInt8(index)]])
            names.append(received.from)
        }
        #expect(names[0] != names[1])
        for index in [1, 0] {
            #expect(router.send([[UInt8(10 + index)]], to: names[index]) == .sent)
            #expect(try eventually("answer") { dealers[index].receive() } == [[UInt8(10 + index)]])
        }
    }

    @Test("A message to a connection that is gone, or never was, is unreachable")
    func unreachable() throws {
        let router = try router()
        #expect(router.send([[1]], to: ConnectionID(bytes: [0, 1, 2, 3, 4])) == .unreachable)
        #expect(router.send([[1]], to: ConnectionID(bytes: [])) == .unreachable)
        var dealer: DealerSocket? = try connected(to: router)
        #expect(dealer!.send([[1]]))
        let name = try eventually("message") { router.receive() }.from
        #expect(router.send([[2]], to: name) == .sent)
        dealer = nil
        _ = try eventually("end of the connection") {
            router.send([[3]], to: name) == .unreachable ? true : nil
        }
    }

    @Test("A worker that does not read fills its queue; when it reads, messages go again")
    func full() throws {
        let router = try router()
        let dealer = try connected(to: router)
        #expect(dealer.send([[1]]))
        let name = try eventually("message") { router.receive() }.from
        let frame = [UInt8](repeating: 1, count: 4096)
        var sent = 0
        while sent < 100_000, router.send([frame], to: name) == .sent { sent += 1 }
        #expect(sent >= 1000 && sent < 100_000)
        #expect(router.send([frame], to: name) == .full)
        _ = try eventually("room") { () -> Bool? in
            _ = dealer.receive()
            return router.send([frame], to: name) == .sent ? true : nil
        }
    }

    @Test("A worker finds its coordinator again at the same port")
    func reconnect() throws {
        var router: RouterSocket? = try router()
        let address = router!.boundEndpoint
        let dealer = try connected(to: router!)
        #expect(dealer.send([[1]]))
        let first = try eventually("message") { router!.receive() }.from
        router = nil
        _ = try eventually("loss") { dealer.linkEvents().contains(.disconnected) ? true : nil }
        _ = try eventually("end of its queue") { dealer.send([[2]]) ? nil : true }
        router = try eventually("port") { try? RouterSocket(binding: address, in: context) }
        _ = try eventually("connection") { dealer.linkEvents().contains(.connected) ? true : nil }
        #expect(dealer.send([[3]]))
        let second = try eventually("message") { router!.receive() }
        #expect(second.frames == [[3]], "What was queued for the lost connection does not come.")
        #expect(second.from != first)
        #expect(router!.send([[4]], to: first) == .unreachable)
    }

    @Test("A worker may start before its coordinator")
    func early() throws {
        let address = try Address("127.0.0.1:\(Int.random(in: 10_000...19_999))")
        let dealer = try DealerSocket(connecting: address, in: context)
        usleep(20_000)
        #expect(!dealer.send([[1]]))
        let router = try RouterSocket(binding: address, in: context)
        _ = try eventually("sent") { dealer.send([[1]]) ? true : nil }
        #expect(try eventually("message") { router.receive() }.frames == [[1]])
    }

    @Test("A port in use is refused with its address and what to do")
    func portInUse() throws {
        let first = try router()
        let address = first.boundEndpoint
        #expect(address.port != nil)
        let error = #expect(throws: MessagingError.portInUse(address)) {
            try RouterSocket(binding: address, in: context)
        }
        #expect("\(error!)".contains("\(address) is in use"))
        #expect("\(error!)".contains("choose another port"))
    }

    @Test("Without a key, an address that other machines reach is refused")
    func notLoopback() throws {
        for text in ["tcp://*:5999", "tcp://0.0.0.0:*", "tcp://node7:5999", "tcp://[::]:5999"] {
            let address = try Address(text)
            let error = #expect(throws: MessagingError.notLoopback(address)) {
                try RouterSocket(binding: address, in: context)
            }
            #expect("\(error!)".contains("would not be encrypted"))
        }
        let local = try RouterSocket(binding: Address("localhost:*"), in: context)
        #expect(local.boundEndpoint.host == "127.0.0.1")
        #expect((20_000...32_000).contains(try #require(local.boundEndpoint.port)))
        #expect(throws: MessagingError.self) {
            try DealerSocket(connecting: Address("localhost:*"), in: context)
        }
    }

    @Test("A message of too many frames is dropped and counted, and the next one is read")
    func manyFrames() throws {
        let router = try router()
        let dealer = try connected(to: router)
        #expect(dealer.send([[UInt8]](repeating: [1], count: WireCodec.workerFramesMax + 1)))
        #expect(dealer.send([[UInt8]](repeating: [2], count: WireCodec.workerFramesMax)))
        let frames = try eventually("message") { router.receive() }.frames
        #expect(frames == [[UInt8]](repeating: [2], count: WireCodec.workerFramesMax))
        #expect(router.malformedCount == 1)
    }

    @Test("A frame that is too large cuts off its sender alone")
    func largeFrame() throws {
        let router = try RouterSocket(
            binding: Address("127.0.0.1:*"), in: context, messageBytesMax: 1000)
        let good = try connected(to: router)
        let bad = try connected(to: router)
        #expect(bad.send([[UInt8](repeating: 1, count: 1001)]))
        _ = try eventually("cut") { bad.linkEvents().contains(.disconnected) ? true : nil }
        #expect(good.send([[UInt8](repeating: 2, count: 1000)]))
        #expect(try eventually("message") { router.receive() }.frames[0].count == 1000)
    }

    @Test("A coordinator that wants what this worker does not speak is incompatible")
    func incompatible() throws {
        let context = try #require(zmq_ctx_new())
        let server = try #require(zmq_socket(context, ZMQ_ROUTER))
        defer {
            zmq_close(server)
            zmq_ctx_term(context)
        }
        var (open, secret) = ([CChar](repeating: 0, count: 41), [CChar](repeating: 0, count: 41))
        #expect(zmq_curve_keypair(&open, &secret) == 0)
        var yes: Int32 = 1
        #expect(zmq_setsockopt(server, ZMQ_CURVE_SERVER, &yes, 4) == 0)
        #expect(zmq_setsockopt(server, ZMQ_CURVE_SECRETKEY, secret, 40) == 0)
        #expect(zmq_bind(server, "tcp://127.0.0.1:*") == 0)
        var text = [UInt8](repeating: 0, count: 256)
        var size = text.count
        #expect(zmq_getsockopt(server, ZMQ_LAST_ENDPOINT, &text, &size) == 0)
        let address = try Address(String(decoding: text.prefix { $0 != 0 }, as: UTF8.self))
        let dealer = try DealerSocket(connecting: address, in: self.context)
        var seen: [DealerSocket.LinkEvent] = []
        _ = try eventually("refusal") { () -> Bool? in
            seen += dealer.linkEvents()
            return seen.contains(.incompatible) ? true : nil
        }
        #expect(!seen.contains(.connected))
        #expect(!dealer.send([[1]]))
    }

    @Test("A stranger's bytes on the port disturb nobody")
    func stranger() throws {
        let router = try router()
        let dealer = try connected(to: router)
        var numbers = SeededNumbers(seed: 11)
        for _ in 0..<50 {
            let stranger = try plainConnection(to: router.boundEndpoint)
            defer { close(stranger) }
            let noise = numbers.bytes(1...2000)
            // The other side may have hung up: no signal for that.
            _ = send(stranger, noise, noise.count, Int32(MSG_NOSIGNAL))
        }
        #expect(dealer.send([[42]]))
        let frames = try eventually("message") {
            router.receive().flatMap { $0.frames == [[42]] ? $0.frames : nil }
        }
        #expect(frames == [[42]])
    }

    /// libzmq ends the process (errno_assert in process_routing_id_msg, 4.3.4) when a connection of
    /// these protocols is given up while it introduces itself; so none may come in at all.
    @Test(
        "A peer of a protocol before ZMTP 3 is cut off, and nothing that it says is received",
        arguments: [
            [0x01, 0x00, 0x02, 0x00, 0x41],
            [0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 0x01, 0x05, 0x00, 0x00, 0x00, 0x01, 0x41],
        ])
    func oldProtocol(greeting: [UInt8]) throws {
        let router = try router()
        let old = try plainConnection(to: router.boundEndpoint)
        defer { close(old) }
        #expect(send(old, greeting, greeting.count, Int32(MSG_NOSIGNAL)) == greeting.count)
        // Its own greeting comes first; 0 bytes or a reset say that it has hung up.
        try eventually("hang-up") { () -> Bool? in
            var bytes = [UInt8](repeating: 0, count: 64)
            let count = recv(old, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            return count == 0 || count < 0 && errno == ECONNRESET ? true : nil
        }
        #expect(router.receive() == nil)
    }
}
