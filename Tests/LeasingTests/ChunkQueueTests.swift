import Corpora
import Testing

@testable import Leasing

@Suite("ChunkQueue: what the coordinator sends next")
struct ChunkQueueTests {
    private let start = Instant(seconds: 0)

    private func request(_ offset: Int, received: Int = 0) -> ChunkRequest {
        ChunkRequest(
            digest: Digest(of: "A".utf8), offset: offset, count: ChunkRequest.bytesMax,
            received: received)
    }

    private func connection(_ number: Int) -> ConnectionID {
        ConnectionID(bytes: [UInt8(number)])
    }

    @Test("Workers are served in turns")
    func turns() {
        var queue = ChunkQueue()
        for offset in 0..<3 { queue.ask(request(offset), from: connection(1), at: start) }
        queue.ask(request(9), from: connection(2), at: start)
        var served: [Int] = []
        while let next = queue.next(at: start) { served.append(next.request.offset) }
        #expect(served == [0, 9, 1, 2])
        #expect(queue.count == 4)
    }

    @Test("A worker has few chunks waiting and on their way, until it says that they came")
    func each() {
        var queue = ChunkQueue()
        for offset in 0..<20 {
            let isTaken = queue.ask(request(offset), from: connection(1), at: start)
            #expect(isTaken == (offset < ChunkQueue.eachMax))
            _ = queue.next(at: start)
        }
        #expect(queue.count == ChunkQueue.eachMax)
        var isTaken = queue.ask(request(20, received: 3), from: connection(1), at: start)
        #expect(isTaken && queue.count == ChunkQueue.eachMax - 3)
        // On a connection that is known nobody can have received more than was sent.
        isTaken = queue.ask(request(21, received: 900), from: connection(1), at: start)
        #expect(isTaken)
        #expect(queue.count == 0)
    }

    @Test("Who was forgotten and asks again has no more on its way than anybody")
    func forgotten() {
        var queue = ChunkQueue()
        queue.ask(request(0), from: connection(1), at: start)
        queue.drop(connection(1))
        for offset in 0..<20 {
            queue.ask(request(offset, received: 100), from: connection(1), at: start)
            _ = queue.next(at: start)
        }
        #expect(queue.count == ChunkQueue.eachMax)
    }

    @Test("However many workers ask, little is on its way; who is silent does not hold it up")
    func all() {
        var queue = ChunkQueue()
        for worker in 0..<200 {
            for offset in 0..<4 { queue.ask(request(offset), from: connection(worker), at: start) }
        }
        var served: [ConnectionID: Int] = [:]
        while let next = queue.next(at: start) { served[next.connection, default: 0] += 1 }
        #expect(queue.count == ChunkQueue.allMax)
        #expect(served.values.allSatisfy { $0 == 1 }, "in turns")
        queue.drop(connection(0))
        #expect(queue.count == ChunkQueue.allMax - 1)
        let one = queue.next(at: start)?.connection
        let another = queue.next(at: start)?.connection
        #expect(one != nil && another == nil)
        // Those who were served everything and say nothing any more are forgotten after a while.
        var small = ChunkQueue()
        for worker in 0..<ChunkQueue.allMax {
            small.ask(request(0), from: connection(worker), at: start)
            _ = small.next(at: start)
        }
        small.ask(request(0), from: connection(100), at: start + 1)
        let early = small.next(at: start + 1)?.connection
        let late = small.next(at: start + 60)
        #expect(early == nil)
        #expect(late?.connection == connection(100))
        #expect(small.count == 1)
    }

    @Test("A request with nothing to ask for only says what has come")
    func thanks() {
        var queue = ChunkQueue()
        queue.ask(request(0), from: connection(1), at: start)
        _ = queue.next(at: start)
        var thanks = request(0, received: 1)
        thanks.count = 0
        queue.ask(thanks, from: connection(1), at: start)
        let next = queue.next(at: start)?.connection
        #expect(queue.count == 0 && next == nil)
    }
}
