import Corpora
import Foundation
import Leasing
import Planning
import Testing

@testable import Journaling

/// Two coordinators that both believe to hold one store: only the last one to open it writes.
@Suite("Epochs of a store")
struct StoreEpochTests {
    let scratch = Scratch()

    /// Whether `store`'s writes and questions are refused, with who has the store now.
    private func isSuperseded(_ store: Store) throws -> Bool {
        let before = try store.entries().count
        let refusals = [
            message { try store.append([.expired(lease(9), worker)], at: 1) },
            message { try store.checkEpoch() },
        ]
        #expect(try store.entries().count == before, "A refused append wrote something.")
        return refusals.allSatisfy {
            $0?.contains("has taken this store over: process \(getpid()) on ") == true
        }
    }

    @Test("After a take-over the first one's appends are refused, the second one's are not")
    func takeOver() throws {
        let first = try Store.coordinate(scratch.store)
        try first.append([.leased(lease(1), worker)], at: 1)
        try first.checkEpoch()
        let second = try Store.coordinate(scratch.store, takeOver: true)
        #expect(try isSuperseded(first))
        try second.append([.finished(lease(1), worker, delivery(1))], at: 2)
        try second.checkEpoch()
        #expect(try second.entries().count == 2)
        // Taken over again, by the very one that had lost it: it is a third one.
        let third = try Store.coordinate(scratch.store, takeOver: true)
        #expect(try isSuperseded(first) && isSuperseded(second))
        try third.append([.expired(lease(2), worker)], at: 3)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: scratch.store)
                .filter { $0.hasPrefix("lock") } == ["lock"])
    }

    @Test("The second one's lock holds against a third, also when the first one ends")
    func lockFollows() throws {
        var first: Store? = try Store.coordinate(scratch.store)
        var second: Store? = try Store.coordinate(scratch.store, takeOver: true)
        #expect(
            message { _ = try Store.coordinate(scratch.store) }?
                .contains("another coordinator has this store") == true)
        _ = first
        first = nil
        #expect(
            message { _ = try Store.coordinate(scratch.store) }?
                .contains("--take-over") == true)
        try second!.append([.expired(lease(1), worker)], at: 1)
        second = nil
        #expect(try Store.coordinate(scratch.store).entries().count == 1)
    }

    @Test("Taking over what nobody holds is opening it")
    func nothingToTakeOver() throws {
        let store = try Store.coordinate(scratch.store, takeOver: true)
        try store.append(allEvents, at: 1)
        #expect(message { _ = try Store.coordinate(scratch.store) } != nil)
    }

    @Test("With its lock file removed or replaced, the first coordinator is still fenced")
    func lostLock() throws {
        let first = try Store.coordinate(scratch.store)
        unlink(scratch.store + "/lock")
        let second = try Store.coordinate(scratch.store)
        #expect(try isSuperseded(first))
        try second.append([.expired(lease(1), worker)], at: 1)
        try Data("process 1 on elsewhere".utf8).write(
            to: URL(filePath: scratch.store + "/lock"), options: .atomic)
        let third = try Store.coordinate(scratch.store)
        #expect(try isSuperseded(second))
        try third.append([.expired(lease(2), worker)], at: 1)
    }

    @Test("A copied folder, lock and all, is a store of its own")
    func copied() throws {
        let first = try Store.coordinate(scratch.store)
        try first.append([.expired(lease(1), worker)], at: 1)
        let copy = try scratch.copyStore(to: "copy")
        try FileManager.default.copyItem(atPath: scratch.store + "/lock", toPath: copy + "/lock")
        let other = try Store.coordinate(copy)
        try other.append([.expired(lease(2), worker)], at: 1)
        try first.append([.expired(lease(3), worker), .expired(lease(4), worker)], at: 1)
        #expect(try first.entries().count == 3)
        #expect(try other.entries().count == 2)
    }

    @Test("One that hangs in the middle of a transaction cannot be passed, and keeps its lock")
    func hangsInTransaction() throws {
        let first = try Store.coordinate(scratch.store)
        try first.database.script("BEGIN IMMEDIATE")
        let text = message {
            _ = try Store.coordinate(scratch.store, takeOver: true)
        }
        #expect(text?.contains("Another program holds the file: end it") == true)
        try first.database.script("COMMIT")
        try first.append([.expired(lease(1), worker)], at: 1)
        #expect(message { _ = try Store.coordinate(scratch.store) } != nil)
    }

    @Test("A store of the first version is brought to this one, and read as it is by observers")
    func firstVersion() throws {
        do {
            let store = try Store.coordinate(scratch.store)
            try store.append(allEvents, at: 1)
            try store.database.script(
                """
                DELETE FROM facts; INSERT INTO facts VALUES ('sweep', 'a'); PRAGMA user_version = 1
                """)
        }
        let observer = try Store.observe(scratch.store)
        #expect(try observer.entries().map(\.event) == allEvents.map(replayed))
        #expect(
            try Database(scratch.store + "/concord.sqlite", .readStill)
                .integer("PRAGMA user_version") == 1, "An observer migrated the store.")
        let store = try Store.coordinate(scratch.store)
        try store.append([.expired(lease(1), worker)], at: 2)
        #expect(try store.entries().count == allEvents.count + 1)
        #expect(try store.database.integer("PRAGMA user_version") == 3)
    }
}
