import Corpora
import Foundation
import Leasing
import Planning
import Testing

@testable import Journaling
@testable import Running

/// What is read out of a store of which the journal is written by the test.
@Suite struct StatusTests {
    private let worker = WorkerID("0b5e1a8e-0000-4000-8000-000000000001")
    private let fault = Failure(cause: .training, message: "not a number")

    /// A store of a sweep of twelve trials, and the trials.
    private func withStore(
        limits: String? = nil, _ body: (URL, [TrialKey]) throws -> Void
    ) throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            try sweep.write(epochs: 3, seeds: 1, limits: limits)
            let loaded = try LoadedSweep(spec: sweep.spec, dataRoot: nil)
            try write(
                [
                    .planned(loaded.document, trials: 12),
                    .joined(worker, name: "node7:12", slots: 2),
                ], in: folder)
            try body(folder, loaded.plan.uniqueKeys)
        }
    }

    /// Writes down what a coordinator would have that is there no more.
    private func write(_ events: [JournalEvent], in folder: URL) throws {
        try Store.coordinate(folder.path + "/store").append(events, at: 1)
    }

    private func lease(_ key: TrialKey, _ attempt: Int = 1) -> LeaseID {
        LeaseID(key: key, attempt: attempt)
    }

    private func status(_ folder: URL) throws -> (text: String, json: [String: Any]) {
        let text = try Command.run("status", "store", in: folder)
        let json = try Command.run("status", "store", "--json", in: folder)
        #expect(text.status == 0 && json.status == 0, "\(text.errors)\(json.errors)")
        let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
        return (text.output, try #require(object as? [String: Any]))
    }

    @Test("Status names trials by digits that other commands take, and workers that are cordoned")
    func names() throws {
        try withStore { folder, keys in
            try write(
                [
                    .leased(lease(keys[0]), worker),
                    .leased(lease(keys[1]), worker), .failed(lease(keys[1]), worker, fault),
                    .abandoned(keys[1], fault),
                    .abandoned(keys[2], Failure(cause: .cancelled, message: "by a person")),
                    .cordoned(worker),
                ], in: folder)
            let (text, json) = try status(folder)
            for key in keys.prefix(3) { #expect(text.contains("\n  \(key.short)  "), "\(text)") }
            #expect(!text.contains(keys[3].short))
            #expect(text.contains("worker: node7:12, 2 slots; cordoned"), "\(text)")
            let leases = try #require(json["leases"] as? [[String: Any]])
            #expect(leases.count == 1 && leases[0]["key"] as? String == "\(keys[0])")
            #expect(leases[0]["worker"] as? String == "node7:12")
            #expect(leases[0]["attempt"] as? Int == 1)
            let failures = try #require(json["failures"] as? [[String: String]])
            #expect(
                failures == [
                    ["key": "\(keys[1])", "cause": "training", "message": "not a number"],
                    ["key": "\(keys[2])", "cause": "cancelled", "message": "by a person"],
                ])
            #expect(json["differing"] as? [String] == [])
        }
    }

    @Test("Retry without a coordinator keeps the sweep's own budgets: no other trial is ended")
    func retry() throws {
        try withStore(limits: "attempts: 10") { folder, keys in
            let attempts = (1...5).flatMap { attempt -> [JournalEvent] in
                let lease = lease(keys[0], attempt)
                return [.leased(lease, worker), .failed(lease, worker, fault)]
            }
            try write(attempts + [.abandoned(keys[1], fault)], in: folder)
            let retried = try Command.run(
                "retry", keys[1].short, "--store", "store", in: folder)
            #expect(retried.status == 0, "\(retried.errors)")
            let json = try status(folder).json
            #expect(json["quarantined"] as? Int == 0)
            #expect(json["queued"] as? Int == 12)
        }
    }

    @Test("A store whose coordinator was killed takes what a person asks")
    func killed() throws {
        try withFolder { folder in
            let cluster = try HandCluster(TinySweep(in: folder))
            cluster.coordinator.signal(SIGKILL)
            _ = cluster.coordinator.wait()
            let log = folder.appending(path: "store/concord.sqlite-shm").path
            #expect(FileManager.default.fileExists(atPath: log))
            let cancelled = try cluster.command("cancel", "--all")
            #expect(cancelled.status == 0, "\(cancelled.errors)")
            #expect(cluster.status.contains("12 cancelled"), "\(cluster.status)")
        }
    }

    @Test("A second outcome of other bytes is told by status, by report and at the end of a run")
    func differing() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            #expect(try sweep.run(store: "store").status == 0)
            let keys = try LoadedSweep(spec: sweep.spec, dataRoot: nil).plan.uniqueKeys
            let equal = try #require(
                try Store.observe(folder.path + "/store").outcomeDigest(keys[0]))
            try write(
                [
                    .repeated(lease(keys[0]), worker, outcome: equal, equal: true),
                    .repeated(lease(keys[5]), worker, outcome: Digest(of: [1]), equal: false),
                ], in: folder)
            let (text, json) = try status(folder)
            #expect(text.contains("of other bytes") && text.contains("\n  \(keys[5].short)  "))
            #expect(json["differing"] as? [String] == ["\(keys[5])"])
            let words = "1 of 12 trials had a second outcome of other bytes"
            #expect(try sweep.run(store: "store").errors.contains(words))
            let report = try Command.run(
                "report", "store", "--format", "csv", "--output", "report", in: folder)
            #expect(report.status == 0 && report.errors.contains(words), "\(report.errors)")
            let provenance = try String(
                contentsOf: folder.appending(path: "report/provenance.csv"), encoding: .utf8)
            #expect(
                provenance.split(separator: "\n").filter { $0.contains(",yes,") }.map {
                    $0.prefix(64)
                } == ["\(keys[5])"])
        }
    }

    @Test("A coordinator is who holds the store's lock, not whoever has the number that is in it")
    func lock() throws {
        try withStore { folder, _ in
            let words = "coordinator: process \(getpid()) on "
            do {
                let store = try Store.coordinate(folder.path + "/store")
                let text = try status(folder).text
                #expect(text.contains(words), "\(text)")
                withExtendedLifetime(store) {}
            }
            #expect(try String(contentsOf: folder.appending(path: "store/lock"), encoding: .utf8)
                .hasPrefix("process \(getpid()) on "))
            let text = try status(folder).text
            #expect(text.contains("coordinator: none runs here"), "\(text)")
        }
    }
}
