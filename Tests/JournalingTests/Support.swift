import Corpora
import Foundation
import Journaling
import Leasing
import Planning

/// A folder that is there for one test.
final class Scratch {
    let path: String

    init(in folder: String = NSTemporaryDirectory()) {
        var template = Array((folder + "/journaling.XXXXXX").utf8CString)
        precondition(mkdtemp(&template) != nil)
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a store in it.
    var store: String { path + "/store" }

    /// Copies the database files of the store to a new store called `name`, without SQLite's shared
    /// memory: what a machine finds after a power cut.
    func copyStore(to name: String, walBytes: Int? = nil) throws -> String {
        let target = path + "/" + name
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        for file in ["concord.sqlite", "concord.sqlite-wal"] {
            let source = store + "/" + file
            guard var data = FileManager.default.contents(atPath: source) else { continue }
            if file.hasSuffix("-wal"), let walBytes { data = data.prefix(walBytes) }
            try data.write(to: URL(fileURLWithPath: target + "/" + file))
        }
        return target
    }

    func size(_ file: String) -> Int {
        FileManager.default.contents(atPath: store + "/" + file)?.count ?? 0
    }
}

let worker = WorkerID("0b5e1a8e-0000-4000-8000-000000000001")

func key(_ number: Int) -> TrialKey { TrialKey(digest: Digest(of: "trial \(number)".utf8)) }

func lease(_ number: Int, _ attempt: Int = 1) -> LeaseID {
    LeaseID(key: key(number), attempt: attempt)
}

func delivery(_ number: Int) -> Delivery {
    Delivery(
        outcome: Array("outcome \(number)".utf8), provenance: Array("{\"n\":\(number)}".utf8))
}

let document = SweepDocument(
    spec: "sweep: a\n", manifests: ["one: 1\n", "zwei: ü\n"], folders: ["/data/a", "b"])

/// One event of every case, and of both truth values.
let allEvents: [JournalEvent] = [
    .planned(document, trials: 7),
    .joined(worker, name: "häst:1", slots: 3),
    .announced(
        worker,
        Resources(
            cores: 8, memoryBytes: 7 << 30, memoryPool: "m/slice", machine: "m",
            instructionSet: "avx2", tags: ["fast", "node7"])),
    .announced(worker, Resources(tags: ["alone"])),
    .announced(worker, Resources()),
    .leased(lease(1), worker),
    .finished(lease(1), worker, delivery(1)),
    .leased(lease(2, 2), worker),
    .repeated(lease(1, 2), worker, outcome: Digest(of: [1]), equal: true),
    .repeated(lease(1, 3), worker, outcome: Digest(of: [2]), equal: false),
    .failed(lease(2, 2), worker, Failure(cause: .memory, message: "too\nlarge \0 ü")),
    .expired(lease(3), worker),
    .returned(lease(4, 9), worker),
    .copied(lease(1, 2), worker),
    .explained(lease(3), worker),
    .cordoned(worker),
    .released(worker),
    .abandoned(key(5), Failure(cause: .data, message: "")),
    .reopened(key(5)),
    .discarded(key(1), outcome: Digest(of: delivery(1).outcome)),
    .left(worker, lost: false),
    .left(worker, lost: true),
]

/// What `event` is when it is read back.
func replayed(_ event: JournalEvent) -> ReplayedEvent {
    if case .finished(let lease, let worker, let delivery) = event {
        return .finished(lease, worker, outcome: Digest(of: delivery.outcome))
    }
    return .other(event)
}

/// The error that `body` throws, as text; nil when it throws none.
func message(_ body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch { return "\(error)" }
}
