import Corpora
import Foundation
import Leasing
import Testing

@testable import Journaling

/// Observers write nothing: neither into files, nor beside them, nor into shared memory.
@Suite("Observers of a store")
struct ObserverTests {
    let scratch = Scratch()

    /// Names, times and bytes of all files of a folder.
    private func state(of folder: String) throws -> [String: [AnyHashable]] {
        var state: [String: [AnyHashable]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) + ["."] {
            var status = stat()
            #expect(stat(folder + "/" + name, &status) == 0)
            let bytes = FileManager.default.contents(atPath: folder + "/" + name)
            state[name] = [
                status.st_mtim.tv_sec, status.st_mtim.tv_nsec, bytes,
            ]
        }
        return state
    }

    /// Reads all that there is; the number of entries.
    private func readAll(_ folder: String) throws -> Int {
        let store = try Store.observe(folder)
        for key in try store.outcomeKeys() { _ = try store.outcome(key) }
        _ = try store.document()
        _ = try store.endpoint()
        #expect(try store.faults() == [])
        return try store.entries().count
    }

    @Test("Observing a store whose coordinator was killed changes no byte of it")
    func killed() async throws {
        let folder = scratch.store
        await #expect(processExitsWith: .success) { [folder = folder as String] in
            try Store.coordinate(folder).append(allEvents, at: 1)
            let store = try Store.coordinate(folder)
            try store.append([.expired(lease(1), worker)], at: 1)
            _exit(0)
        }
        let before = try state(of: folder)
        #expect(before.keys.contains("concord.sqlite-shm"))
        #expect(before.keys.contains("concord.sqlite-wal"))
        #expect(try readAll(folder) == allEvents.count + 1)
        #expect(try state(of: folder) == before)
    }

    @Test("Observing a store that was closed in order changes no byte of it")
    func closed() throws {
        try Store.coordinate(scratch.store).append(allEvents, at: 1)
        let before = try state(of: scratch.store)
        #expect(!before.keys.contains("concord.sqlite-wal"))
        #expect(try readAll(scratch.store) == allEvents.count)
        #expect(try state(of: scratch.store) == before)
    }

    @Test("Observing a store that was copied without its shared memory changes no byte of it")
    func copied() throws {
        let store = try Store.coordinate(scratch.store)
        try store.append(allEvents, at: 1)
        let copy = try scratch.copyStore(to: "copy ü %41?")
        let before = try state(of: copy)
        #expect(try readAll(copy) == allEvents.count)
        #expect(try state(of: copy) == before)
    }

    @Test("What was read while a coordinator began is refused, not believed")
    func began() throws {
        try Store.coordinate(scratch.store).append(allEvents, at: 1)
        let observer = try Store.observe(scratch.store)
        #expect(try observer.entries().count == allEvents.count)
        let store = try Store.coordinate(scratch.store)
        try store.append([.expired(lease(1), worker)], at: 1)
        #expect(message { _ = try observer.entries() }?.contains("Run the command again") == true)
        #expect(try Store.observe(scratch.store).entries().count == allEvents.count + 1)
    }

    @Test("An observer sees the store as it was when it was opened, whatever is written meanwhile")
    func oneMoment() throws {
        let store = try Store.coordinate(scratch.store)
        try store.append(allEvents, at: 1)
        let observer = try Store.observe(scratch.store)
        try store.append(
            [.leased(lease(50), worker), .finished(lease(50), worker, delivery(50))], at: 2)
        #expect(try observer.entries().count == allEvents.count)
        #expect(try observer.outcomeKeys() == [key(1)])
        #expect(try observer.outcome(key(50)) == nil)
        #expect(try Store.observe(scratch.store).outcome(key(50)) == delivery(50))
    }

    @Test("Shared memory that a writer left in disorder disturbs no observer, old or new")
    func disorder() async throws {
        let folder = scratch.store
        await #expect(processExitsWith: .success) { [folder = folder as String] in
            let store = try Store.coordinate(folder)
            try store.append(allEvents, at: 1)
            _exit(0)
        }
        let observer = try Store.observe(folder)
        let file = try FileHandle(forWritingTo: URL(filePath: folder + "/concord.sqlite-shm"))
        try file.write(contentsOf: Data(repeating: 0xA5, count: 96))
        try file.close()
        #expect(try observer.entries().count == allEvents.count)
        #expect(try observer.outcome(key(1)) == delivery(1))
        #expect(try readAll(folder) == allEvents.count)
    }

    @Test("A copy made while a coordinator appends and its log begins anew is whole")
    func copyUnderWrites() throws {
        let store = try Store.coordinate(scratch.store)
        try store.database.script("PRAGMA wal_autocheckpoint = 8")
        let folder = scratch.store
        let done = DispatchSemaphore(value: 0)
        nonisolated(unsafe) let writer = store
        Thread.detachNewThread {
            for number in 0..<400 {
                try? writer.append(StoreCrashTests.batch(number), at: 1)
            }
            done.signal()
        }
        var counts: [Int] = []
        while done.wait(timeout: .now()) == .timedOut {
            let copy = try Store.observeCopy(folder)
            let events = try copy.entries().map(\.event)
            #expect(events.count % 3 == 0)
            #expect(
                events == (0..<events.count / 3).flatMap { StoreCrashTests.batch($0).map(replayed) }
            )
            #expect(try copy.faults() == [])
            counts.append(events.count)
        }
        #expect(counts == counts.sorted())
        #expect(try store.entries().count == 1200)
    }
}
