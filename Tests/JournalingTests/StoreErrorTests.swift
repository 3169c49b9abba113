import Corpora
import Foundation
import Leasing
import Planning
import Testing

@testable import Journaling

@Suite("Stores that cannot be opened or written")
struct StoreErrorTests {
    let scratch = Scratch()

    @Test("A second coordinator is refused with the holder's process and host")
    func twoCoordinators() throws {
        var first: Store? = try Store.coordinate(scratch.store)
        let text = message { _ = try Store.coordinate(scratch.store) }
        #expect(text?.contains("another coordinator") == true)
        #expect(text?.contains("process \(getpid()) on ") == true)
        try first!.append(allEvents, at: 1)
        first = nil
        #expect(try Store.coordinate(scratch.store).entries().count == allEvents.count)
    }

    @Test("The kinds of events are those of the schema: a new one raises it")
    func kinds() {
        let known = """
            abandoned announced copied cordoned differed discarded expired explained \
            failed finished joined leased left lost planned released reopened repeated returned
            """
        #expect(EventKind.allCases.map(\.rawValue).sorted().joined(separator: " ") == known)
        #expect(Schema.steps.count == 3)
    }

    @Test("A store that a newer Concord wrote is refused, by coordinators and observers")
    func newerSchema() throws {
        do {
            let store = try Store.coordinate(scratch.store)
            try store.database.script("PRAGMA user_version = 99")
        }
        let error = JournalError.newerSchema(
            path: scratch.store + "/concord.sqlite", version: 99, known: 3)
        #expect(throws: error) { try Store.coordinate(scratch.store) }
        #expect(throws: error) { try Store.observe(scratch.store) }
        #expect("\(error)".contains("newer Concord"))
    }

    @Test("Network file systems are refused by name, local ones are not")
    func networks() throws {
        let networks: [UInt: String] = [
            0x6969: "NFS", 0x517B: "SMB", 0xFF53_4D42: "CIFS", 0xFFFF_FFFF_FF53_4D42: "CIFS",
            0x0BD0_0BD0: "Lustre", 0x4750_4653: "GPFS", 0x00C3_6400: "Ceph",
        ]
        for (type, name) in networks {
            let text = message { try Store.refuseNetwork(type: type, folder: "/home/a/store") }
            #expect(text?.contains("/home/a/store") == true)
            #expect(text?.contains("(\(name))") == true)
            #expect(text?.contains("local disk") == true)
        }
        // ext4, XFS, btrfs, tmpfs, overlayfs, ZFS, and one that could not be asked.
        for type: UInt in [
            0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994, 0x794C_7630, 0x2FC1_2FC1, 0,
        ] {
            #expect(message { try Store.refuseNetwork(type: type, folder: "/a") } == nil)
        }
        #expect(FileSystem.type(of: "/proc") == 0x9FA0)
        #expect(FileSystem.type(of: scratch.path + "/nothing") == 0)
    }

    @Test("A full disk stops the append, writes nothing of it, and harms nothing")
    func full() throws {
        let store = try Store.coordinate(scratch.store)
        try store.append(allEvents, at: 1)
        let pages = try store.database.integer("PRAGMA page_count")
        _ = try store.database.integer("PRAGMA max_page_count = \(pages + 2)")
        let large = Delivery(outcome: [UInt8](repeating: 1, count: 50_000), provenance: [])
        let text = message {
            try store.append(
                [.expired(lease(50), worker), .finished(lease(51), worker, large)], at: 2)
        }
        #expect(text?.contains("The disk is full: make room") == true)
        #expect(text?.contains("concord.sqlite") == true)
        #expect(try store.entries().count == allEvents.count)
        #expect(try store.outcome(key(51)) == nil)
        _ = try store.database.integer("PRAGMA max_page_count = 100000")
        try store.append([.finished(lease(51), worker, large)], at: 3)
        #expect(try store.outcome(key(51)) == large)
        #expect(try store.faults() == [])
    }

    @Test("A file that is no database, and a folder without a store, are named")
    func notAStore() throws {
        #expect(throws: JournalError.missing(folder: scratch.store)) {
            try Store.observe(scratch.store)
        }
        try FileManager.default.createDirectory(
            atPath: scratch.store, withIntermediateDirectories: true)
        #expect(throws: JournalError.missing(folder: scratch.store)) {
            try Store.observe(scratch.store)
        }
        let path = scratch.store + "/concord.sqlite"
        try Data(repeating: 65, count: 10_000).write(to: URL(fileURLWithPath: path))
        for body in [
            { _ = try Store.observe(scratch.store) },
            { _ = try Store.coordinate(scratch.store) },
        ] {
            let text = message(body)
            #expect(text?.contains(path) == true)
            #expect(text?.contains("damaged") == true)
        }
        try Data().write(to: URL(fileURLWithPath: path))
        #expect(throws: JournalError.missing(folder: scratch.store)) {
            try Store.observe(scratch.store)
        }
    }

    @Test("A folder that cannot be made is named with the reason")
    func noFolder() throws {
        let file = scratch.path + "/file"
        try Data().write(to: URL(fileURLWithPath: file))
        let text = message { _ = try Store.coordinate(file + "/store") }
        #expect(text?.contains(file) == true)
        #expect(text?.contains("Not a directory") == true)
        #expect(try Store.coordinate(scratch.path + "/a//b/c/").entries().isEmpty)
    }

    @Test("Unknown kinds, causes and short digests in the journal are damage, not a trap")
    func contradictions() throws {
        let store = try Store.coordinate(scratch.store)
        for (values, part) in [
            ("'dreamt', NULL, NULL", "unknown kind \"dreamt\""),
            ("'leased', x'0102', NULL", "2 bytes instead of 32"),
            ("'abandoned', zeroblob(32), 'boredom'", "unknown cause \"boredom\""),
            ("'planned', NULL, NULL", "no document"),
        ] {
            try store.database.script(
                "INSERT INTO events (time, kind, trial, cause) VALUES (1, \(values))")
            let text = message { _ = try store.lastEntries(1) }
            #expect(text?.contains(part) == true, "\(text ?? "")")
            #expect(text?.contains("damaged") == true)
        }
    }

    @Test("Damage to the file is found by the integrity check")
    func integrity() throws {
        let path = scratch.store + "/concord.sqlite"
        do {
            let store = try Store.coordinate(scratch.store)
            try store.append(
                (0..<2000).map { .finished(lease($0), worker, delivery($0)) }, at: 1)
            #expect(try store.faults() == [])
        }
        var data = try Data(contentsOf: URL(fileURLWithPath: path))
        let middle = data.count / 2 / 4096 * 4096
        for offset in 0..<200 { data[middle + offset] = 0xAA }
        try data.write(to: URL(fileURLWithPath: path))
        var found: [String] = []
        let text = message { found = try Store.observe(scratch.store).faults() }
        #expect(!found.isEmpty || text?.contains("damaged") == true)
    }

    @Test("A statement that is wrong is in its error")
    func wrongStatement() throws {
        let database = try Database(scratch.path + "/a.sqlite", .write)
        let text = message { _ = try Statement("SELECT a FROM nowhere", in: database) }
        #expect(text?.contains("no such table: nowhere") == true, "\(text ?? "none")")
        #expect(text?.contains("SELECT a FROM nowhere") == true)
        #expect(text?.contains(scratch.path + "/a.sqlite") == true)
    }
}
