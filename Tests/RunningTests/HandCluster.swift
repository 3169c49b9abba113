import Foundation
import Glibc
import Testing

/// A coordinator and workers that are started by hand, each a process of its own.
final class HandCluster {
    let sweep: TinySweep
    let store: String
    private(set) var coordinator: Command.Running
    private(set) var address = ""
    private var workers: [Command.Running] = []

    init(_ sweep: TinySweep, store: String = "store") throws {
        self.sweep = sweep
        self.store = store
        coordinator = try Self.coordinate(sweep, store, at: "tcp://127.0.0.1:*")
        let coordinator = self.coordinator
        var found: String?
        try #require(
            eventually {
                found = coordinator.errorsSoFar.firstMatch(of: /tcp:\/\/127\.0\.0\.1:\d+/)
                    .map { String($0.output) }
                return found != nil
            })
        address = try #require(found)
    }

    deinit {
        // One that a test has stopped would outlive its worker.
        for worker in workers where worker.isRunning {
            for trainer in trainers(of: worker) { kill(trainer, SIGKILL) }
        }
        for process in workers + [coordinator] { process.signal(SIGKILL) }
    }

    private static func coordinate(
        _ sweep: TinySweep, _ store: String, at address: String
    ) throws -> Command.Running {
        try Command.Running(
            ["coordinate", sweep.spec, "--bind", address, "--store", store], in: sweep.folder)
    }

    /// Starts a worker; the same spool makes it the same worker.
    ///
    /// - Parameters:
    ///   - options: What else it is told.
    ///   - credential: Options that say who it is; the default is the store's owner.
    func work(
        _ spool: String, _ options: [String] = [], credential: [String]? = nil
    ) throws -> Command.Running {
        let credential = credential ?? ["--key", "\(store)/keys/owner.key"]
        let worker = try Command.Running(
            ["work", address, "--slots", "1", "--spool", spool] + credential + options,
            in: sweep.folder)
        workers.append(worker)
        return worker
    }

    /// Kills the coordinator and starts it again at the same address.
    func restart() throws {
        coordinator.signal(SIGKILL)
        _ = coordinator.wait()
        coordinator = try Self.coordinate(sweep, store, at: address)
    }

    /// A command about the store.
    func command(_ arguments: String...) throws -> Command.Result {
        try Command.run(arguments + ["--store", store], in: sweep.folder)
    }

    /// What `concord status` says.
    var status: String {
        (try? Command.run("status", store, in: sweep.folder))?.output ?? ""
    }

    /// The trainers of a worker.
    func trainers(of worker: Command.Running) -> [pid_t] {
        Processes.children(of: worker.id, with: "trainer")
    }

    /// A worker's trainer, once it has one: it has a lease then.
    func trainer(of worker: Command.Running) throws -> pid_t {
        var trainer: pid_t?
        try #require(
            eventually {
                trainer = trainers(of: worker).first
                return trainer != nil
            }, "\(worker.errorsSoFar)")
        return try #require(trainer)
    }

    /// How many checkpoints lie in the folder, relative to the sweep's.
    func checkpoints(in folder: String) -> Int {
        let path = sweep.folder.appending(path: folder).path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.count { $0.hasSuffix(".checkpoint") }
    }
}
