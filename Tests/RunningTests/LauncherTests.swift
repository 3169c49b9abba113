import Foundation
import Glibc
import Testing

/// Workers that a run starts, here and over an ssh that stays on this machine, and what becomes of
/// them when somebody else ends them.
@Suite(.serialized) struct LauncherTests {
    @Test("A worker that a signal ends is started again, one that is drained is not")
    func ended() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder, epochs: 600)
            #expect(try sweep.run(store: "calm").status == 0)
            let run = try sweep.start(store: "store", workers: 1)
            defer { run.signal(SIGKILL) }
            let spool = "store/workers/0"
            try #require(eventually { sweep.finished(in: "store") >= 1 })
            let first = try #require(Processes.children(of: run.id, with: spool).first)
            kill(first, SIGTERM)
            try #require(eventually { !Processes.isAlive(first) })
            try #require(eventually { !Processes.children(of: run.id, with: spool).isEmpty })

            let status = try Command.run("status", "store", in: folder).output
            let name = try #require(status.firstMatch(of: /worker: (\S+),/)?.output.1)
            let drained = try Command.run(
                "drain", "\(name)", "--now", "--store", "store", in: folder)
            #expect(drained.status == 0, "\(drained.errors)")
            try #require(
                eventually {
                    run.errorsSoFar.contains(
                        "store/workers/0 has left in order, and is not started again.")
                })
            let empty = try Command.run("status", "store", in: folder).output
            #expect(empty.contains("worker: none is there; the trials wait for one"), "\(empty)")
            try #require(eventually { run.errorsSoFar.contains("no worker is there") })
            run.signal(SIGINT)
            #expect(run.wait().status == 130)
            #expect(try sweep.run(store: "store").status == 0)
            #expect(try sweep.report(of: "store") == sweep.report(of: "calm"))
        }
    }

    @Test("Over ssh a worker that a signal ends, and those whose key is revoked, are started again")
    func overSSH() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder, epochs: 1000)
            #expect(try sweep.run(store: "calm").status == 0)
            let path = try makeSSH(in: folder)
            try "defaults: {slots: 1, cache: /nowhere}\nhosts: {ash: , birch: }\n".write(
                toFile: folder.path + "/hosts.yaml", atomically: true, encoding: .utf8)
            let run = try Command.Running(
                [
                    "run", sweep.spec, "--store", "store", "--on", "ssh", "--hosts", "hosts.yaml",
                    "--tag", "lent",
                ], in: folder, environment: ["PATH": path])
            defer {
                run.signal(SIGKILL)
                for id in ["ash", "birch"].compactMap({ worker(on: $0, folder) }) {
                    kill(id, SIGKILL)
                }
            }
            try #require(eventually { sweep.finished(in: "store") >= 1 }, "\(run.errorsSoFar)")
            let first = try #require(worker(on: "ash", folder))
            kill(first, SIGTERM)
            let sentence = "ash: its worker was told to leave by a signal there"
            try #require(eventually { run.errorsSoFar.contains(sentence) })
            try #require(eventually { worker(on: "ash", folder).map { $0 != first } ?? false })

            let revoked = try Command.run(
                "keys", "revoke", "launched", "--store", "store", in: folder)
            #expect(revoked.errors == "concord: launched is admitted no more\n")
            let ended = run.wait()
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(ended.errors.contains("A worker is refused: the key launched was revoked."))
            #expect(ended.errors.contains(/ash: the coordinator refused.*revoked.*is tried again/))
            #expect(!ended.errors.contains("not tried again"), "\(ended.errors)")
            let list = try Command.run("keys", "list", "--store", "store", in: folder).output
            #expect(list.contains(/launched +worker +revoked/), "\(list)")
            #expect(list.contains(/launched +worker +admitted/), "\(list)")
            #expect(try sweep.report(of: "store") == sweep.report(of: "calm"))
            let file = try place(on: "ash", folder).appending(path: "command")
            let command = try String(contentsOf: file, encoding: .utf8)
            #expect(command.contains(" --slots 1 --cache=/nowhere --tag lent"), "\(command)")
        }
    }

    @Test("A person's own key that is called much like the launcher's stays the person's")
    func names() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            _ = try Command.run("keys", "new", "launched-x", "--store", "store", in: folder)
            try "hosts: {ash: }\n".write(
                toFile: folder.path + "/hosts.yaml", atomically: true, encoding: .utf8)
            let ran = try Command.run(
                ["run", sweep.spec, "--store", "store", "--on", "ssh", "--hosts", "hosts.yaml"],
                in: folder, environment: ["PATH": try makeSSH(in: folder)])
            #expect(ran.status == 0, "\(ran.errors)")
            let list = try Command.run("keys", "list", "--store", "store", in: folder).output
            #expect(list.contains(/launched +worker +admitted/), "\(list)")
        }
    }

    @Test("A worker at whose coordinator's address nobody answers says so, once, and tries on")
    func silence() throws {
        try withFolder { folder in
            #expect(try Command.run("keys", "new", "w", "--store", "s", in: folder).status == 0)
            let worker = try Command.Running(
                ["work", "tcp://127.0.0.1:1", "--key", "s/keys/w.key"], in: folder)
            defer { worker.signal(SIGKILL) }
            let sentence = "nobody answers at tcp://127.0.0.1:1. Check host and port"
            #expect(eventually { worker.errorsSoFar.contains(sentence) })
            worker.signal(SIGTERM)
            #expect(worker.wait().status == 130)
        }
    }

    @Test(
        "Options of one place are refused at another, and bad ones before anything is started",
        arguments: [
            (["--slots", "2"], "--slots and --sbatch are for --on slurm."),
            (["--sbatch=--partition=x"], "--slots and --sbatch are for --on slurm."),
            (["--cache-gib", "0"], "--cache-gib is in GiB"),
            (["--until", "soon"], "--until soon is no time."),
            (["--tag", "-x"], "--tag: `-x` is no tag"),
            (["--bind", "tcp://192.0.2.1:5555"], "listen at one that it has, or at all: --bind"),
        ])
    func refusals(_ options: [String], _ sentence: String) throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            let refused = try Command.run(["run", sweep.spec] + options, in: folder)
            #expect(refused.status != 0)
            #expect(refused.errors.contains(sentence), "\(refused.errors)")
        }
    }

    /// An `ssh` that runs what it is given on this machine, in a home folder for each host.
    ///
    /// - Returns: the PATH on which it comes first.
    private func makeSSH(in folder: URL) throws -> String {
        let file = folder.appending(path: "bin/ssh")
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try """
        #!/bin/sh
        while [ "$1" != -- ]; do shift; done
        mkdir -p "\(folder.path)/home/$2" && cd "\(folder.path)/home/$2" && exec sh -c "$3"
        """.write(to: file, atomically: true, encoding: .utf8)
        chmod(file.path, 0o755)
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return file.deletingLastPathComponent().path + ":" + path
    }

    /// The folder of the only run on a host.
    private func place(on host: String, _ folder: URL) throws -> URL {
        let runs = folder.appending(path: "home/\(host)/concord/runs")
        let names = try FileManager.default.contentsOfDirectory(atPath: runs.path)
        return runs.appending(path: try #require(names.first))
    }

    /// The living worker of the only run on a host.
    private func worker(on host: String, _ folder: URL) -> pid_t? {
        let text = try? String(
            contentsOf: place(on: host, folder).appending(path: "pid"), encoding: .utf8)
        return text.flatMap { pid_t($0.split(separator: "\n").first ?? "") }
            .flatMap { Processes.isAlive($0) ? $0 : nil }
    }
}
