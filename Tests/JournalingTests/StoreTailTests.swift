import Foundation
import Leasing
import Testing

@testable import Journaling

/// The journal's tail, cut off at every byte: minutes, so `cluster/test --full` only.
@Suite(
    "Stores whose journal lost its tail",
    .enabled(
        if: getenv("CONCORD_FULL") != nil, "It takes minutes: cluster/test --full runs it."))
struct StoreTailTests {
    /// In memory where there is room: thousands of stores are opened, and each forces its disk.
    let scratch = Scratch(
        in: access("/dev/shm", W_OK) == 0 ? "/dev/shm" : NSTemporaryDirectory())

    @Test("With its log cut off at every byte of the tail, a store holds whole batches")
    func everyByte() throws {
        let store = try Store.coordinate(scratch.store)
        var before = 0
        for number in 0..<12 {
            if number == 10 { before = scratch.size("concord.sqlite-wal") }
            try store.append(StoreCrashTests.batch(number), at: 1)
        }
        let size = scratch.size("concord.sqlite-wal")
        let began = Date()
        var counts: [Int] = []
        // Every byte of the last two pages, and of the rest one in 61.
        let every = max(before, size - 8_300)
        for length in Array(stride(from: before, to: every, by: 61)) + Array(every...size) {
            let folder = try scratch.copyStore(to: "cut", walBytes: length)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let events = try Store.coordinate(folder).entries().map(\.event)
            let count = events.count / 3
            let whole = (0..<count).flatMap { StoreCrashTests.batch($0).map(replayed) }
            if events != whole { Issue.record("log cut at \(length) of \(size)") }
            counts.append(count)
        }
        #expect(Set(counts) == [10, 11, 12], "\(Set(counts))")
        #expect(counts == counts.sorted(), "A longer log holds less.")
        guard let path = getenv("CONCORD_FULL"), let lines = fopen(path, "a") else { return }
        let seconds = Int(Date().timeIntervalSince(began))
        fputs(
            "full: the journal cut at \(counts.count) places of its tail: whole batches, "
                + "\(seconds) s\n", lines)
        fclose(lines)
    }
}
