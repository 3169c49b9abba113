import Foundation
import Glibc
import Testing

/// What is killed goes on, and ends with the bytes of a run that nobody disturbed.
@Suite(.serialized) struct InterruptionTests {
    @Test("kill -9 of coordinator, worker and trainer changes no byte of the report")
    func killsChangeNothing() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder, epochs: 120, seeds: 2, models: TinySweep.gated)
            #expect(try sweep.run(store: "calm", also: TinySweep.last).status == 0)
            let undisturbed = try sweep.report(of: "calm")

            // The trainer dies: its trial is trained again, by the same worker.
            let first = try sweep.start(store: "killed")
            defer { first.signal(SIGKILL) }
            try #require(eventually { sweep.finished(in: "killed") >= 1 })
            let trainers = Processes.children(of: first.id, with: "concord work")
                .flatMap { Processes.children(of: $0, with: "trainer") }
            try #require(!trainers.isEmpty)
            kill(trainers[0], SIGKILL)

            // A worker dies: it is missed, and its trials run elsewhere.
            try #require(eventually { sweep.finished(in: "killed") >= 3 })
            let workers = Processes.children(of: first.id, with: "concord work")
            try #require(!workers.isEmpty)
            kill(workers[0], SIGKILL)

            // The coordinator dies: the same command goes on.
            try #require(eventually { sweep.finished(in: "killed") >= 5 })
            kill(first.id, SIGKILL)
            // Its workers outlive it, and are adopted, without the tag; a third has it.
            try #require(eventually { !Processes.isAlive(first.id) })
            let before = sweep.finished(in: "killed")
            #expect(before < 24)
            let resumed = try sweep.run(store: "killed", workers: 3, also: TinySweep.last)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(try sweep.report(of: "killed") == undisturbed)
        }
    }

    @Test("Ctrl-C ends in order, and the same command goes on")
    func interruptResumes() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder, epochs: 120, seeds: 2, models: TinySweep.gated)
            // The whole path stands in the arguments of workers, by which they are found.
            let store = folder.appending(path: "store").path
            let first = try sweep.start(store: store)
            defer { first.signal(SIGKILL) }
            try #require(eventually { sweep.finished(in: store) >= 2 })
            #expect(Processes.ids(with: "concord work", store).count == 2)
            first.signal(SIGINT)
            let stopped = first.wait()
            #expect(stopped.status == 130)
            #expect(stopped.errors.contains("same command"))
            let kept = sweep.finished(in: store)
            #expect(kept >= 2)
            #expect(eventually { Processes.ids(with: "concord", folder.path).isEmpty })

            let resumed = try sweep.run(store: store, also: TinySweep.last)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(sweep.finished(in: store) == 24)
        }
    }

    @Test("Any number of workers gives the same bytes, by hand or started by run")
    func workersChangeNothing() throws {
        try withFolder { folder in
            // Each worker has something to do, whichever begins first.
            let sweep = try TinySweep(in: folder, models: TinySweep.models(needing: "a", "b"))
            let both = ["--tag", "a", "--tag", "b"]
            #expect(try sweep.run(store: "one", workers: 1, also: both).status == 0)
            let coordinator = try Command.Running(
                ["coordinate", sweep.spec, "--bind", "tcp://127.0.0.1:*", "--store", "hand"],
                in: folder)
            defer { coordinator.signal(SIGKILL) }
            var address: String?
            try #require(
                eventually {
                    address = coordinator.errorsSoFar.firstMatch(of: /tcp:\/\/127\.0\.0\.1:\d+/)
                        .map { String($0.output) }
                    return address != nil
                })
            let workers = try ["a", "b"].map { name in
                try Command.Running(
                    [
                        "work", address!, "--key", "hand/keys/owner.key", "--slots", "2",
                        "--spool", name, "--tag", name,
                    ], in: folder)
            }
            for worker in workers { #expect(worker.wait().status == 0) }
            #expect(coordinator.wait().status == 0)
            #expect(try sweep.report(of: "hand") == sweep.report(of: "one"))
        }
    }

    @Test("A finished sweep that is run again trains nothing")
    func finishedSweepIsDone() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            #expect(try sweep.run(store: "store").status == 0)
            let again = try sweep.run(store: "store")
            #expect(again.status == 0)
            #expect(again.errors.contains("12 of 12 trials finished, 12 of them before"))
            #expect(!again.errors.contains("joined"))
        }
    }
}
