import Foundation
import Glibc
import Testing

/// Leases between real processes: what is handed on, given up, asked for and compared.
@Suite(.serialized) struct LeaseTests {
    /// Trials that take a while, so that there is something to hand on.
    ///
    /// - Parameter limits: The default has every trial soon leave a checkpoint.
    private func longSweep(
        in folder: URL, limits: String = "checkpoint-seconds: 0.05"
    ) throws -> TinySweep {
        let sweep = try TinySweep(in: folder)
        try sweep.write(
            epochs: 1000, seeds: 1, models: [TinySweep.models[0]], limits: limits)
        return sweep
    }

    @Test("A preempted worker's checkpoint travels, and another ends with the same bytes")
    func preemption() throws {
        try withFolder { folder in
            let sweep = try longSweep(in: folder)
            #expect(try sweep.run(store: "calm").status == 0)
            let cluster = try HandCluster(sweep)
            let first = try cluster.work("a")
            try #require(eventually { cluster.checkpoints(in: "a") == 1 })
            first.signal(SIGUSR1)
            let left = first.wait()
            #expect(left.status == 0, "\(left.errors)")
            // What it said last may be on its way.
            #expect(eventually { cluster.checkpoints(in: "store/checkpoints") == 1 })
            #expect(eventually { cluster.status.contains(" 0 leased") }, "\(cluster.status)")

            let second = try cluster.work("b")
            #expect(second.wait().status == 0)
            let ended = cluster.coordinator.wait()
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(cluster.checkpoints(in: "store/checkpoints") == 0)
            #expect(try sweep.report(of: "store") == sweep.report(of: "calm"))
        }
    }

    @Test("A trainer that was killed, and a worker, go on from what is in the spool's folder")
    func spooledCheckpoint() throws {
        try withFolder { folder in
            let sweep = try longSweep(in: folder)
            #expect(try sweep.run(store: "calm").status == 0)
            let cluster = try HandCluster(sweep)
            let first = try cluster.work("a")
            try #require(eventually { cluster.checkpoints(in: "a") == 1 })
            kill(try cluster.trainer(of: first), SIGKILL)
            try #require(
                eventually { cluster.coordinator.errorsSoFar.contains("failed on worker") })
            try #require(eventually { cluster.checkpoints(in: "a") == 1 })
            first.signal(SIGKILL)
            _ = first.wait()
            let again = try cluster.work("a")
            #expect(again.wait().status == 0)
            #expect(cluster.coordinator.wait().status == 0)
            #expect(cluster.checkpoints(in: "a") == 0)
            #expect(try sweep.report(of: "store") == sweep.report(of: "calm"))
        }
    }

    @Test("A trainer that is stopped is ended by the step limit, and one that takes too long")
    func stepLimit() throws {
        try withFolder { folder in
            let sweep = try longSweep(in: folder)
            #expect(try sweep.run(store: "calm").status == 0)
            try sweep.write(
                epochs: 1000, seeds: 1, models: [TinySweep.models[0]],
                limits: "step-seconds: 5, attempts: 9")
            let cluster = try HandCluster(sweep)
            let worker = try cluster.work("a")
            kill(try cluster.trainer(of: worker), SIGSTOP)
            #expect(worker.wait().status == 0)
            let ended = cluster.coordinator.wait()
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(ended.errors.contains("made no progress for 5.0 s"), "\(ended.errors)")
            #expect(try sweep.report(of: "store") == sweep.report(of: "calm"))

            try sweep.write(
                epochs: 200_000, seeds: 1, models: [TinySweep.models[0]],
                limits: "trial-seconds: 0.5, attempts: 1")
            let late = try sweep.run(store: "late", workers: 1)
            #expect(late.status == 3)
            #expect(late.errors.contains("an attempt may take 0.5 s"), "\(late.errors)")
        }
    }

    @Test("A trial that outgrows its memory is given more, and ends with the same bytes")
    func memory() throws {
        try withFolder { folder in
            let sweep = try longSweep(in: folder)
            #expect(try sweep.run(store: "calm").status == 0)
            let cluster = try HandCluster(sweep)
            #expect(try cluster.work("a", ["--memory", "0.004"]).wait().status == 0)
            let ended = cluster.coordinator.wait()
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(ended.errors.contains("Its cap was 4 MiB; it is given more"))
            #expect(try sweep.report(of: "store") == sweep.report(of: "calm"))
        }
    }

    @Test("After its coordinator's death a worker is back, with the same attempt")
    func restartedCoordinator() throws {
        try withFolder { folder in
            // No trial is copied because it takes long.
            let sweep = try longSweep(in: folder, limits: "copy-seconds: 1000")
            let cluster = try HandCluster(sweep)
            let workers = try ["a", "b"].map { try cluster.work($0) }
            let trainers = try workers.map { try cluster.trainer(of: $0) }
            // Stopped, they are in the middle of their trials, however long a start takes.
            for trainer in trainers { kill(trainer, SIGSTOP) }
            try cluster.restart()
            try #require(
                eventually {
                    cluster.coordinator.errorsSoFar.split(separator: "is back").count >= 3
                })
            #expect(workers.flatMap { cluster.trainers(of: $0) } == trainers)
            for trainer in trainers { kill(trainer, SIGCONT) }
            for worker in workers { #expect(worker.wait().status == 0) }
            #expect(cluster.coordinator.wait().status == 0)
            _ = try sweep.report(of: "store")
            let provenance = try String(
                contentsOf: folder.appending(path: "report-store/provenance.csv"), encoding: .utf8)
            let attempts = provenance.split(separator: "\n").map { $0.split(separator: ",")[2] }
            #expect(attempts == ["attempt"] + Array(repeating: "1", count: 6), "\(provenance)")
        }
    }

    @Test("A dead worker is noticed, and its trial runs elsewhere")
    func deadWorker() throws {
        try withFolder { folder in
            let sweep = try longSweep(in: folder)
            let cluster = try HandCluster(sweep)
            let first = try cluster.work("a")
            _ = try cluster.trainer(of: first)
            first.signal(SIGKILL)
            let second = try cluster.work("b")
            try #require(
                eventually { cluster.coordinator.errorsSoFar.contains("counts as lost") })
            #expect(second.wait().status == 0)
            #expect(cluster.coordinator.wait().status == 0)
        }
    }

    @Test("Cancel, retry and drain reach a running coordinator, and a store without one")
    func control() throws {
        try withFolder { folder in
            let sweep = try longSweep(in: folder)
            let cluster = try HandCluster(sweep)
            let cancelled = try cluster.command("cancel", "--cell", "cross-culture")
            #expect(cancelled.status == 0, "\(cancelled.errors)")
            #expect(cancelled.errors.contains("2 trials are cancelled"), "\(cancelled.errors)")
            #expect(cluster.status.contains("2 cancelled"), "\(cluster.status)")
            let first = try cluster.work("a")
            try #require(eventually { cluster.checkpoints(in: "a") == 1 })
            // Stopped, it is still in the middle of a trial when it is asked for its state.
            let trainer = try cluster.trainer(of: first)
            kill(trainer, SIGSTOP)
            let name = try #require(
                cluster.status.firstMatch(of: /attempt 1: (\S+)/)
            ).output.1
            let drained = try cluster.command("drain", String(name), "--now")
            kill(trainer, SIGCONT)
            #expect(drained.status == 0, "\(drained.errors)")
            #expect(first.wait().status == 0)
            #expect(eventually { cluster.checkpoints(in: "store/checkpoints") == 1 })
            let unknown = try cluster.command("drain", "nobody")
            #expect(unknown.status == 1)
            #expect(unknown.errors.contains("No connected worker"), "\(unknown.errors)")

            #expect(try cluster.work("b").wait().status == 0)
            let ended = cluster.coordinator.wait()
            #expect(ended.status == 3, "\(ended.errors)")
            #expect(ended.errors.contains("2 of 6 trials were cancelled"), "\(ended.errors)")

            // No coordinator runs now: the store itself is changed.
            let nothing = try cluster.command("retry")
            #expect(nothing.status == 1, "\(nothing.errors)")
            let retried = try cluster.command("retry", "--all")
            #expect(retried.status == 0, "\(retried.errors)")
            #expect(cluster.status.contains("2 queued"), "\(cluster.status)")
            #expect(try sweep.run(store: "store").status == 0)
            #expect(sweep.finished(in: "store") == 6)
        }
    }
}
