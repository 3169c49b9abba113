import Corpora
import Foundation
import Leasing
import Planning
import Testing

@testable import Journaling

@Suite("Store")
struct StoreTests {
    let scratch = Scratch()

    @Test("Every kind of event is read back as it was written, with number and time")
    func events() throws {
        let store = try Store.coordinate(scratch.store)
        #expect(try store.entries().isEmpty)
        #expect(try store.document() == nil)
        try store.append(Array(allEvents.prefix(5)), at: 1000.25)
        try store.append([], at: 1)
        try store.append(Array(allEvents.dropFirst(5)), at: 2000.5)
        let entries = try store.entries()
        #expect(entries.map(\.event) == allEvents.map(replayed))
        #expect(entries.map(\.sequence) == Array(1...allEvents.count))
        #expect(entries.map(\.seconds) == allEvents.indices.map { $0 < 5 ? 1000.25 : 2000.5 })
        #expect(try store.entries(after: 10) == Array(entries.dropFirst(10)))
        #expect(try store.lastEntries(3) == Array(entries.suffix(3)))
        #expect(try store.lastEntries(0) == [])
        #expect(try store.lastEntries(1000) == entries)
        #expect(try store.faults() == [])
    }

    @Test("What was appended is there when the store is opened again")
    func reopen() throws {
        try Store.coordinate(scratch.store).append(allEvents, at: 1)
        let store = try Store.coordinate(scratch.store)
        #expect(try store.entries().map(\.event) == allEvents.map(replayed))
        try store.append([.expired(lease(9), worker)], at: 2)
        #expect(try store.entries().last?.sequence == allEvents.count + 1)
    }

    @Test("A store serves sweeps of any name; the one that was planned last is spoken of")
    func sweeps() throws {
        try Store.coordinate(scratch.store).append(allEvents, at: 1)
        let other = SweepDocument(spec: "sweep: b\n", manifests: [], folders: [])
        for last in [other, document] {
            let store = try Store.coordinate(scratch.store)
            try store.append([.planned(last, trials: 1)], at: 2)
            #expect(try store.document() == last)
        }
    }

    @Test("Outcomes are kept with their provenance, and found by key")
    func outcomes() throws {
        let store = try Store.coordinate(scratch.store)
        try store.append((0..<20).map { .finished(lease($0), worker, delivery($0)) }, at: 1)
        let bare = Delivery(outcome: [0, 255], provenance: [])
        try store.append([.finished(lease(20), worker, bare)], at: 2)
        for number in 0..<20 {
            #expect(try store.outcome(key(number)) == delivery(number))
            #expect(try store.outcomeDigest(key(number)) == Digest(of: delivery(number).outcome))
        }
        #expect(try store.outcome(key(20)) == bare)
        #expect(try store.outcome(key(21)) == nil)
        #expect(try store.outcomeDigest(key(21)) == nil)
        #expect(try store.outcomeKeys() == (0...20).map(key).sorted())
    }

    @Test("A second outcome of a trial is an error, and the first stays")
    func secondOutcome() throws {
        let store = try Store.coordinate(scratch.store)
        try store.append([.finished(lease(1), worker, delivery(1))], at: 1)
        let text = message {
            try store.append(
                [.expired(lease(2), worker), .finished(lease(1, 2), worker, delivery(2))], at: 2)
        }
        #expect(text?.contains("UNIQUE") == true)
        #expect(try store.outcome(key(1)) == delivery(1))
        #expect(try store.entries().count == 1, "Nothing of the failed call is written.")
    }

    @Test("An outcome whose bytes were changed on the disk is not given out")
    func changedOutcome() throws {
        let store = try Store.coordinate(scratch.store)
        try store.append([.finished(lease(1), worker, delivery(1))], at: 1)
        try store.database.script("DROP TRIGGER outcomes_are_not_changed")
        try store.database.script("UPDATE outcomes SET outcome = x'00'")
        let text = message { _ = try store.outcome(key(1)) }
        #expect(text?.contains("trial \(key(1)) is not the one that was written") == true)
    }

    @Test("Events and outcomes can only be added")
    func appendOnly() throws {
        let store = try Store.coordinate(scratch.store)
        try store.append(allEvents, at: 1)
        for sql in [
            "DELETE FROM events", "UPDATE events SET kind = 'left'",
            "UPDATE outcomes SET outcome = x'00'",
        ] {
            #expect(message { try store.database.script(sql) }?.contains("only added") == true)
        }
    }

    @Test("The last planned document is the current one; the same is kept once")
    func documents() throws {
        let store = try Store.coordinate(scratch.store)
        var moved = document
        moved.folders[0] = "/elsewhere"
        var other = document
        other.spec += "seeds: 5\n"
        let none = SweepDocument(spec: "", manifests: [], folders: [])
        let planned = [document, moved, other, document, none, other, moved]
        for (index, each) in planned.enumerated() {
            try store.append([.planned(each, trials: index)], at: 1)
            #expect(try store.document() == each)
        }
        #expect(
            try store.entries().map(\.event)
                == planned.enumerated().map { .other(.planned($1, trials: $0)) })
        #expect(try store.database.integer("SELECT count(*) FROM documents") == 4)
    }

    @Test("The endpoint is kept, replaced as a whole, and read by observers")
    func endpoint() throws {
        let store = try Store.coordinate(scratch.store)
        #expect(try store.endpoint() == nil)
        try store.saveEndpoint("tcp://127.0.0.1:5555")
        try store.saveEndpoint("tcp://127.0.0.1:66")
        #expect(try store.endpoint() == "tcp://127.0.0.1:66")
        #expect(try Store.observe(scratch.store).endpoint() == "tcp://127.0.0.1:66")
    }

    @Test("Commits a second and the time to open 100,000 outcomes, printed")
    func speed() throws {
        let clock = ContinuousClock()
        let store = try Store.coordinate(scratch.store)
        let single = try clock.measure {
            for number in 0..<500 { try store.append([.leased(lease(number), worker)], at: 1) }
        }
        let bulk = [UInt8](repeating: 7, count: 1000)
        let grouped = try clock.measure {
            for batch in 0..<1000 {
                let numbers = batch * 100..<(batch + 1) * 100
                try store.append(
                    numbers.flatMap { number -> [JournalEvent] in
                        let outcome = Array("\(number)".utf8) + bulk
                        return [
                            .leased(lease(number), worker),
                            .finished(
                                lease(number), worker, Delivery(outcome: outcome, provenance: [])),
                        ]
                    }, at: 1)
            }
        }
        var entries = 0
        var keys = 0
        let open = try clock.measure {
            let observer = try Store.observe(scratch.store)
            entries = try observer.entries().count
            keys = try observer.outcomeKeys().count
        }
        #expect(entries == 200_500)
        #expect(keys == 100_000)
        print(
            "journaling: \(Int(500 / (single / .seconds(1)))) commits/s of one event,",
            "\(Int(200_000 / (grouped / .seconds(1)))) events/s in commits of 200;",
            "100,000 outcomes of 1 kB with \(entries) events open in \(open / .seconds(1)) s")
    }
}
