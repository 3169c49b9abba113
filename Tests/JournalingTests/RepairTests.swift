import Corpora
import Foundation
import Leasing
import Planning
import Testing

@testable import Journaling

/// Damage to a store: found, named, and mended as far as it can be.
@Suite("Checks and repairs of a store")
struct RepairTests {
    let scratch = Scratch()

    /// A closed store of `count` finished trials.
    private func makeStore(_ count: Int = 200) throws {
        let store = try Store.coordinate(scratch.store)
        try store.append([.planned(document, trials: count)], at: 1)
        try store.append([.joined(worker, name: "w", slots: 1)], at: 1)
        for number in 0..<count {
            try store.append(
                [
                    .leased(lease(number), worker),
                    .finished(lease(number), worker, delivery(number)),
                ],
                at: 2)
        }
    }

    private func faults() throws -> [String] {
        try Store.observe(scratch.store).check().map(\.description)
    }

    /// Changes the store with its guards off.
    private func damage(_ sql: String) throws {
        let database = try Database(scratch.store + "/concord.sqlite", .write)
        for trigger in ["events_are_not_changed", "events_are_not_removed"] {
            try database.script("DROP TRIGGER IF EXISTS \(trigger)")
        }
        try database.script("DROP TRIGGER IF EXISTS outcomes_are_not_changed")
        try database.script(sql)
    }

    private func blob(_ key: TrialKey) -> String { "x'\(key)'" }

    /// The trials that the journal's story ends with as finished, and the outcomes that are there.
    private func finished(_ count: Int) throws -> [TrialKey] {
        let store = try Store.observe(scratch.store)
        var history = Dispatcher.History(trials: (0..<count).map(key))
        for entry in try store.entries() {
            switch entry.event {
            case .finished(let lease, _, let outcome):
                try history.replayFinished(lease, outcome: outcome)
            case .other(let event): try history.replay(event)
            }
        }
        #expect(try store.outcomeKeys() == history.finishedKeys.sorted { $0.digest < $1.digest })
        for key in history.finishedKeys { #expect(try store.outcome(key) != nil) }
        return history.finishedKeys
    }

    @Test("A sound store has no faults; neither has an empty one")
    func sound() throws {
        #expect(try Store.coordinate(scratch.store).check() == [])
        try makeStore(20)
        #expect(try faults() == [])
    }

    @Test(
        "Missing, changed and foreign outcomes are named, and after a repair their trials are open",
        arguments: [
            ("DELETE FROM outcomes WHERE trial = KEY", "it is missing"),
            ("UPDATE outcomes SET outcome = x'00' WHERE trial = KEY", "its bytes are not those"),
            (
                "UPDATE outcomes SET outcome = x'00', digest = x'\(Digest(of: [0]))' "
                    + "WHERE trial = KEY", "the journal recorded another one"
            ),
        ])
    func outcomes(sql: String, words: String) throws {
        try makeStore(20)
        try damage(sql.replacingOccurrences(of: "KEY", with: blob(key(7))))
        let found = try faults()
        #expect(found.count == 1)
        #expect(found[0].contains("trial \(key(7)): \(words)"), "\(found)")
        let repair = try Store.repair(scratch.store, at: 3)
        #expect(repair.reopened == [key(7)] && repair.linesLost == 0)
        #expect(try faults() == [])
        #expect(try finished(20) == (0..<20).filter { $0 != 7 }.map(key))
        // It is trained again, and all is as if nothing had been.
        let store = try Store.coordinate(scratch.store)
        try store.append([.finished(lease(7, 2), worker, delivery(7))], at: 4)
        #expect(store.check() == [])
        #expect(FileManager.default.fileExists(atPath: repair.damaged))
    }

    @Test("An outcome that the journal lost is written down again, and no training is lost")
    func unknownOutcome() throws {
        try makeStore(20)
        try damage("DELETE FROM events WHERE kind = 'finished' AND trial = \(blob(key(7)))")
        let found = try faults()
        #expect(found.contains { $0.contains("lines 18 to 18 are missing") }, "\(found)")
        #expect(found.contains { $0.contains("the journal does not know it") }, "\(found)")
        let repair = try Store.repair(scratch.store, at: 3)
        #expect(repair.reopened == [] && repair.linesLost == 1)
        #expect(try faults() == [])
        #expect(try finished(20) == (0..<20).map(key))
    }

    @Test("Lines that tell an impossible story are left out, and all outcomes stay")
    func impossible() throws {
        try makeStore(20)
        try damage(
            "UPDATE events SET attempt = 9 WHERE kind = 'leased' AND trial = \(blob(key(3)));"
                + "UPDATE events SET kind = 'dreamt' WHERE sequence = 2")
        let repair = try Store.repair(scratch.store, at: 3)
        #expect(repair.reopened == [] && repair.linesLost == 2)
        #expect(try faults() == [])
        #expect(try finished(20) == (0..<20).map(key))
    }

    @Test("With any page of the file overwritten, a repair saves the rest or says that it cannot")
    func pages() throws {
        try makeStore()
        let path = scratch.store + "/concord.sqlite"
        let whole = try Data(contentsOf: URL(filePath: path))
        let pages = whole.count / 4096
        #expect(pages > 20)
        var (saved, refused, roots) = (0, 0, 0)
        for page in 0..<pages {
            var data = whole
            data.replaceSubrange(
                page * 4096 + 8..<(page + 1) * 4096, with: repeatElement(0xA5, count: 4088))
            for end in ["-wal", "-shm", ".damaged", ".damaged-wal", ".repaired"] {
                try? FileManager.default.removeItem(atPath: path + end)
            }
            try data.write(to: URL(filePath: path))
            let refusal = message { _ = try Store.repair(scratch.store, at: 3) }
            if let refusal {
                refused += 1
                #expect(refusal.contains(path), "\(refusal)")
                #expect(try Data(contentsOf: URL(filePath: path)).count == whole.count)
            } else {
                saved += 1
                #expect(try faults() == [], "page \(page)")
                // A page holds few outcomes, or lines of which the outcomes do not need any, or it
                // is the root of a table: then its trials are open again.
                let count = try finished(200).count
                if count == 0 { roots += 1 } else { #expect(count >= 150, "page \(page)") }
            }
        }
        #expect(roots <= 1)
        // The sweep's texts and SQLite's own tables stand on few pages.
        #expect(saved >= pages * 3 / 4, "\(saved) of \(pages) pages, \(refused) refused")
        print("journaling: \(saved) of \(pages) overwritten pages repaired, \(refused) refused")
    }

    @Test("A store that somebody holds is not repaired; a folder without one is named")
    func held() throws {
        let store = try Store.coordinate(scratch.store)
        #expect(
            message { _ = try Store.repair(scratch.store, at: 1) }?
                .contains("another coordinator has this store") == true)
        try store.append([.expired(lease(1), worker)], at: 1)
        #expect(throws: JournalError.missing(folder: "/nowhere")) {
            try Store.repair("/nowhere", at: 1)
        }
    }

    @Test("With the log cut at every byte of its tail, all turns before the cut are there")
    func everyByteOfTheTail() throws {
        // Without a disk that waits: thousands of stores are opened.
        let memory =
            FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : scratch.path
        let folder = memory + "/journaling-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try Store.coordinate(scratch.store)
        var ends: [Int] = []
        for number in 0..<4 {
            try store.append(StoreCrashTests.batch(number), at: 1)
            ends.append(scratch.size("concord.sqlite-wal"))
        }
        let path = scratch.store + "/concord.sqlite"
        let file = try Data(contentsOf: URL(filePath: path))
        let log = try Data(contentsOf: URL(filePath: path + "-wal"))
        #expect(log.count == ends[3] && ends[1] < ends[2] && ends[2] < ends[3])
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let copy = folder + "/concord.sqlite"
        for length in ends[1]...ends[3] {
            for end in ["-wal", "-shm"] { unlink(copy + end) }
            try file.write(to: URL(filePath: copy))
            try log.prefix(length).write(to: URL(filePath: copy + "-wal"))
            let whole = ends.count { $0 <= length }
            let database = try Database(copy, .write)
            let count = try database.integer("SELECT count(*) FROM events")
            #expect(count == whole * 3, "log cut at \(length) of \(log.count)")
        }
    }
}
