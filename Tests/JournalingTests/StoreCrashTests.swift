import Corpora
import Foundation
import Leasing
import Planning
import Synchronization
import Testing

@testable import Journaling

@Suite("Stores after crashes, and while others look on")
struct StoreCrashTests {
    let scratch = Scratch()

    /// The events of the nth call of append: three, of which one has an outcome.
    static func batch(_ number: Int) -> [JournalEvent] {
        [
            .leased(lease(number), worker), .finished(lease(number), worker, delivery(number)),
            .joined(worker, name: "\(number)", slots: 1),
        ]
    }

    /// How many whole batches `store` holds; anything else in it is an issue.
    private func wholeBatches(_ store: Store, _ comment: Comment) throws -> Int {
        let events = try store.entries().map(\.event)
        let count = events.count / 3
        #expect(events == (0..<count).flatMap { Self.batch($0).map(replayed) }, comment)
        #expect(try store.outcomeKeys() == (0..<count).map(key).sorted(), comment)
        #expect(try store.faults() == [], comment)
        return count
    }

    @Test("Killed while it appends, a store holds all that was acknowledged, and whole batches")
    func killed() async throws {
        for round in 0..<5 {
            let folder = scratch.path + "/round\(round)"
            let milliseconds = UInt32(20 + 37 * round)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [folder = folder as String, milliseconds = milliseconds as UInt32] in
                let store = try Store.coordinate(folder)
                let acknowledged = open(folder + "/acknowledged", O_WRONLY | O_CREAT, 0o666)
                Thread.detachNewThread {
                    usleep(milliseconds * 1000)
                    kill(getpid(), SIGKILL)
                }
                for number in 0..<1_000_000 {
                    try store.append(StoreCrashTests.batch(number), at: Double(number))
                    _ = write(acknowledged, [1], 1)
                }
            }
            let acknowledged =
                FileManager.default.contents(atPath: folder + "/acknowledged")?.count ?? 0
            let observed = try wholeBatches(Store.observe(folder), "observer, round \(round)")
            let store = try Store.coordinate(folder)
            let count = try wholeBatches(store, "round \(round)")
            #expect(count == observed)
            #expect((acknowledged...acknowledged + 1).contains(count), "round \(round)")
            try store.append(Self.batch(count), at: 1)
            #expect(try wholeBatches(store, "round \(round)") == count + 1)
        }
    }

    @Test("With the log cut off at any byte, a store opens with a prefix of whole batches")
    func cutLog() throws {
        let store = try Store.coordinate(scratch.store)
        for number in 0..<40 { try store.append(Self.batch(number), at: 1) }
        let bytes = scratch.size("concord.sqlite-wal")
        #expect(bytes > 40 * 4096)
        var generator = SystemRandomNumberGenerator()
        var lengths = (0..<40).map { _ in Int.random(in: 0...bytes, using: &generator) }
        lengths += [bytes, bytes - 1, 32, 31]
        var seen: Set<Int> = []
        for (index, length) in lengths.enumerated() {
            let folder = try scratch.copyStore(to: "cut\(index)", walBytes: length)
            // So short that not even the tables are there: a new store.
            let cut = try Store.coordinate(folder)
            let count = try wholeBatches(cut, "log cut at \(length) of \(bytes)")
            if length == bytes { #expect(count == 40) } else { #expect(count < 40) }
            seen.insert(count)
            try cut.append(Self.batch(count), at: 1)
            #expect(try wholeBatches(cut, "log cut at \(length)") == count + 1)
        }
        #expect(seen.count > 5)
    }

    @Test("A copy made between two appends opens with all that was appended")
    func copied() throws {
        let store = try Store.coordinate(scratch.store)
        for number in 0..<30 {
            try store.append(Self.batch(number), at: 1)
            let copy = try Store.observe(scratch.copyStore(to: "copy"))
            #expect(try wholeBatches(copy, "copy \(number)") == number + 1)
        }
    }

    @Test("An observer sees what was appended, and the coordinator's end changes nothing for it")
    func observer() throws {
        var store: Store? = try Store.coordinate(scratch.store)
        for number in 0..<20 {
            try store!.append(Self.batch(number), at: 1)
            let observer = try Store.observe(scratch.store)
            #expect(try observer.entries(after: number * 3).count == 3)
            #expect(try observer.outcome(key(number)) == delivery(number))
        }
        let observer = try Store.observe(scratch.store)
        store = nil
        #expect(try wholeBatches(observer, "after the coordinator's end") == 20)
        #expect(try wholeBatches(Store.observe(scratch.store), "opened after it") == 20)
    }

    @Test("An observer that may not write beside the store reads it, alive, dead or crashed")
    func readOnlyFolder() throws {
        var store: Store? = try Store.coordinate(scratch.store)
        for number in 0..<10 { try store!.append(Self.batch(number), at: 1) }
        let crashed = try scratch.copyStore(to: "crashed")
        try asNobody(reading: [scratch.store, crashed]) {
            #expect(open(crashed + "/x", O_WRONLY | O_CREAT, 0o666) < 0)
            let alive = try wholeBatches(Store.observe(scratch.store), "alive")
            let dead = try wholeBatches(Store.observe(crashed), "crashed")
            #expect(alive == 10 && dead == 10)
        }
        store = nil
        let before = try FileManager.default.contentsOfDirectory(atPath: scratch.store).sorted()
        try asNobody(reading: [scratch.store]) {
            let closed = try wholeBatches(Store.observe(scratch.store), "closed")
            #expect(closed == 10)
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: scratch.store).sorted() == before)
    }

    @Test("The copy that an observer reads is as the store was, and is removed")
    func copyOfStore() throws {
        let store = try Store.coordinate(scratch.store)
        for number in 0..<10 { try store.append(Self.batch(number), at: 1) }
        var observer: Store? = try Store.observeCopy(scratch.store)
        let path = observer!.database.path
        #expect(path != scratch.store + "/concord.sqlite")
        try store.append(Self.batch(10), at: 1)
        #expect(try wholeBatches(observer!, "copy") == 10)
        observer = nil
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(!FileManager.default.fileExists(atPath: path.dropLast(15) + ""))
    }

    /// Runs `body` with the file rights of somebody who may only read `folders`.
    ///
    /// Root may write everywhere; but a thread of root's can put its rights to files away.
    private func asNobody(reading folders: [String], _ body: () throws -> Void) throws {
        let files = FileManager.default
        try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: scratch.path)
        for folder in folders {
            for name in try files.contentsOfDirectory(atPath: folder) {
                try files.setAttributes(
                    [.posixPermissions: 0o444], ofItemAtPath: folder + "/" + name)
            }
            try files.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder)
        }
        typealias SetUser = @convention(c) (uid_t) -> Int32
        let symbol = try #require(dlsym(nil, "setfsuid"))
        let setUser = unsafeBitCast(symbol, to: SetUser.self)
        let root = geteuid() == 0
        if root { _ = setUser(65_534) }
        defer {
            if root { _ = setUser(0) }
            for folder in folders { chmod(folder, 0o755) }
        }
        try body()
    }
}
