import Foundation
import Leasing
import Messaging
import Synchronization
import Testing

/// The descriptor that the signal handler of a test wakes: a handler can capture nothing.
private let signalled = Atomic<Int32>(-1)
private let handled = Atomic<Int>(0)

@Suite("Reactor", .timeLimit(.minutes(1)))
struct ReactorTests {
    let context = MessagingContext()

    private func pipe() -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        precondition(Glibc.pipe(&ends) == 0)
        return (ends[0], ends[1])
    }

    private func elapsed(_ body: () throws -> Void) rethrows -> Double {
        let clock = ContinuousClock()
        let duration = try clock.measure(body)
        return Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    @Test("Without anything ready it waits as long as it was told")
    func timeout() throws {
        let reactor = try Reactor()
        var ready: [Reactor.Source] = [.wake]
        #expect(try elapsed { ready = try reactor.wait(seconds: 0.05) } >= 0.05)
        #expect(ready == [])
        for none in [0, -1, -Double.infinity] {
            #expect(try reactor.wait(seconds: none) == [])
        }
        #expect(try elapsed { _ = try reactor.wait(seconds: 0.0001) } >= 0.0001)
    }

    @Test("Wake-ups before the wait end it once")
    func wakeBefore() throws {
        let reactor = try Reactor()
        reactor.waker.wake()
        reactor.waker.wake()
        #expect(try reactor.wait(seconds: 20) == [.wake])
        #expect(try reactor.wait(seconds: 0) == [])
        reactor.waker.wake()
        #expect(try reactor.wait(seconds: nil) == [.wake])
    }

    @Test("A wake-up from another thread ends the wait")
    func wakeFromThread() throws {
        let reactor = try Reactor(
            socket: RouterSocket(binding: Address("127.0.0.1:*"), in: context))
        let waker = reactor.waker
        for _ in 0..<20 {
            Thread.detachNewThread {
                usleep(2000)
                waker.wake()
            }
            #expect(try reactor.wait(seconds: 20) == [.wake])
        }
    }

    @Test("A pipe is ready when it has bytes and when its other end is closed")
    func pipes() throws {
        let reactor = try Reactor()
        let (first, second) = (pipe(), pipe())
        reactor.watch(first.read)
        reactor.watch(second.read)
        #expect(reactor.descriptors == [first.read, second.read])
        #expect(try reactor.wait(seconds: 0) == [])
        #expect(write(second.write, [1], 1) == 1)
        #expect(try reactor.wait(seconds: 20) == [.descriptor(second.read)])
        #expect(write(first.write, [1], 1) == 1)
        #expect(
            try reactor.wait(seconds: 20)
                == [.descriptor(first.read), .descriptor(second.read)])
        reactor.unwatch(second.read)
        #expect(try reactor.wait(seconds: 20) == [.descriptor(first.read)])
        var byte: UInt8 = 0
        #expect(read(first.read, &byte, 1) == 1)
        #expect(try reactor.wait(seconds: 0) == [])
        close(first.write)
        #expect(try reactor.wait(seconds: 20) == [.descriptor(first.read)])
        #expect(read(first.read, &byte, 1) == 0)
        [first.read, second.read, second.write].forEach { close($0) }
    }

    @Test("A socket is ready when messages come, beside pipes and wake-ups")
    func sockets() throws {
        let router = try RouterSocket(binding: Address("127.0.0.1:*"), in: context)
        let coordinator = try Reactor(socket: router)
        let dealer = try DealerSocket(connecting: router.boundEndpoint, in: context)
        let worker = try Reactor(socket: dealer)
        #expect(try worker.wait(seconds: 20) == [.link])
        #expect(dealer.linkEvents() == [.connected])
        #expect(try worker.wait(seconds: 20, sending: true) == [.sendable])
        #expect(dealer.send([[1], [2]]))
        #expect(try coordinator.wait(seconds: 20) == [.socket])
        coordinator.waker.wake()
        #expect(try coordinator.wait(seconds: 20) == [.wake, .socket])
        let received = try #require(router.receive())
        #expect(received.frames == [[1], [2]])
        #expect(router.receive() == nil)
        #expect(try coordinator.wait(seconds: 0.01) == [])
        #expect(router.send(received.frames, to: received.from) == .sent)
        #expect(try worker.wait(seconds: 20) == [.socket])
        #expect(dealer.receive() == [[1], [2]])
        worker.socket = nil
        #expect(try worker.wait(seconds: 0.01) == [])
    }

    @Test("A worker without a connection cannot send, and is not told that it can")
    func notSendable() throws {
        let dealer = try DealerSocket(connecting: Address("127.0.0.1:9"), in: context)
        let reactor = try Reactor(socket: dealer)
        #expect(try !reactor.wait(seconds: 0.05, sending: true).contains(.sendable))
        #expect(!dealer.send([[1]]))
    }

    @Test("A signal does not end the wait; its handler does when it wakes")
    func signals() throws {
        let reactor = try Reactor()
        let waiting = pthread_self()
        // The threads that tests run on have all signals blocked.
        var (mask, before) = (sigset_t(), sigset_t())
        sigemptyset(&mask)
        sigaddset(&mask, SIGUSR2)
        pthread_sigmask(SIG_UNBLOCK, &mask, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        signal(SIGUSR2) { _ in
            let descriptor = signalled.load(ordering: .relaxed)
            handled.add(1, ordering: .relaxed)
            if descriptor >= 0 { Waker.wake(descriptor) }
        }
        // The thread must be there when it is signalled: each kick is waited for.
        let kicked = DispatchSemaphore(value: 0)
        let kick = { @Sendable in
            Thread.detachNewThread {
                usleep(10_000)
                pthread_kill(waiting, SIGUSR2)
                kicked.signal()
            }
        }
        kick()
        var ready: [Reactor.Source] = [.wake]
        #expect(try elapsed { ready = try reactor.wait(seconds: 0.1) } >= 0.1)
        #expect(ready == [])
        kicked.wait()
        #expect(handled.load(ordering: .relaxed) == 1)
        signalled.store(reactor.waker.descriptor, ordering: .relaxed)
        kick()
        #expect(try reactor.wait(seconds: 20) == [.wake])
        kicked.wait()
        signalled.store(-1, ordering: .relaxed)
    }

    @Test("Messages arrive whole, in order, and are answered")
    func roundTrips() throws {
        let router = try RouterSocket(binding: Address("127.0.0.1:*"), in: context)
        let coordinator = try Reactor(socket: router)
        let dealer = try DealerSocket(connecting: router.boundEndpoint, in: context)
        let worker = try Reactor(socket: dealer)
        _ = try eventually("connection") { dealer.linkEvents().contains(.connected) ? true : nil }
        /// Waits as a shell does: as often as it takes until what is expected is there.
        func take<Value>(_ reactor: Reactor, _ receive: () -> Value?) throws -> Value {
            for _ in 0..<60 {
                if let value = receive() { return value }
                _ = try reactor.wait(seconds: 1)
            }
            return try #require(receive())
        }
        for number in 0..<2000 {
            let message = WireCodec.encode(WorkerMessage.heartbeat, sequence: UInt64(number))
            #expect(dealer.send(message))
            let received = try take(coordinator) { router.receive() }
            #expect(try WireCodec.decodeWorker(received.frames).sequence == UInt64(number))
            #expect(router.send(received.frames, to: received.from) == .sent)
            #expect(try take(worker) { dealer.receive() } == message)
        }
    }
}
