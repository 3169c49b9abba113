import Foundation
import Glibc
import Testing

/// One store, two coordinators: one writes, the other is told so; and those who only look on.
@Suite(.serialized) struct TwoCoordinatorsTests {
    @Test("A second coordinator is refused with who holds the store, and changes nothing")
    func secondIsRefused() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            let first = try coordinate(sweep)
            defer { first.signal(SIGKILL) }
            for arguments in [
                ["run", sweep.spec, "--store", "store"],
                ["coordinate", sweep.spec, "--store", "store", "--bind", "tcp://127.0.0.1:*"],
            ] {
                let second = try Command.run(arguments, in: folder)
                #expect(second.status == 1)
                #expect(second.errors.contains("another coordinator has this store: process "))
                #expect(second.errors.contains("process \(first.id) on "), "\(second.errors)")
            }
            #expect(first.isRunning)
            first.signal(SIGTERM)
            #expect(first.wait().status == 130)
        }
    }

    @Test("A coordinator that hangs is taken over, and ends loudly when it wakes up")
    func hungIsTakenOver() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder, epochs: 120, seeds: 2, models: TinySweep.gated)
            #expect(try sweep.run(store: "calm", also: TinySweep.last).status == 0)
            let first = try sweep.start(store: "store")
            defer { first.signal(SIGKILL) }
            try #require(eventually { sweep.finished(in: "store") >= 2 })
            first.signal(SIGSTOP)
            let finished = sweep.finished(in: "store")
            let second = try sweep.start(store: "store", also: ["--take-over"] + TinySweep.last)
            defer { second.signal(SIGKILL) }
            try #require(eventually { sweep.finished(in: "store") >= finished + 2 })
            first.signal(SIGCONT)
            let ended = first.wait()
            #expect(ended.status == 1)
            #expect(
                ended.errors.contains("taken this store over: process \(second.id) on "),
                "\(ended.errors)")
            let resumed = second.wait()
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(try sweep.report(of: "store") == sweep.report(of: "calm"))
        }
    }

    @Test("A coordinator with nothing to do notices that its store was taken over")
    func idleIsTakenOver() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            let first = try coordinate(sweep)
            defer { first.signal(SIGKILL) }
            let second = try Command.run(
                "run", sweep.spec, "--store", "store", "--workers", "1", "--take-over", in: folder)
            #expect(second.status == 0, "\(second.errors)")
            let ended = first.wait()
            #expect(ended.status == 1)
            #expect(ended.errors.contains("taken this store over"), "\(ended.errors)")
        }
    }

    @Test("Observers change nothing of a store, its coordinator alive, stopped or killed")
    func observersWriteNothing() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            #expect(try sweep.run(store: "store").status == 0)
            try observe("ended in order", sweep, state(of: "store", sweep))
            // It has nothing to write: all is done, and it says so only to workers.
            try sweep.write(epochs: 4, seeds: 1)
            let coordinator = try coordinate(sweep)
            defer { coordinator.signal(SIGKILL) }
            try observe("alive", sweep, state(of: "store", sweep))
            coordinator.signal(SIGSTOP)
            try observe("stopped", sweep, state(of: "store", sweep))
            coordinator.signal(SIGKILL)
            _ = coordinator.wait()
            try observe("killed", sweep, state(of: "store", sweep))
        }
    }

    @Test(
        "Observers work on a read-only file system",
        .enabled(if: TwoCoordinatorsTests.canMount, "needs the right to mount, in a namespace"))
    func readOnlyFileSystem() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            #expect(try sweep.run(store: "store").status == 0)
            try sweep.write(epochs: 4, seeds: 1)
            let coordinator = try coordinate(sweep)
            defer { coordinator.signal(SIGKILL) }
            let mount = [
                "-m", "sh", "-c",
                """
                mount --make-rprivate / && mount --bind store store && \
                mount -o remount,bind,ro store && ! touch store/x 2>/dev/null && \"$@\"
                """, "sh", Command.concord.path,
            ]
            for state in ["alive", "killed"] {
                if state == "killed" {
                    coordinator.signal(SIGKILL)
                    _ = coordinator.wait()
                }
                for (arguments, words) in observations(sweep) {
                    let process = Process()
                    process.executableURL = URL(filePath: "/usr/bin/unshare")
                    process.arguments = mount + arguments
                    process.currentDirectoryURL = folder
                    let pipe = Pipe()
                    process.standardOutput = pipe
                    try process.run()
                    let output = String(
                        decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                    process.waitUntilExit()
                    #expect(process.terminationStatus == 0, "\(arguments), \(state)")
                    #expect(output.contains(words), "\(arguments), \(state): \(output)")
                }
            }
        }
    }

    // MARK: Help

    /// Whether this user may mount in a namespace of its own.
    static let canMount: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/unshare")
        process.arguments = ["-m", "sh", "-c", "mount --make-rprivate / && mount --bind /tmp /tmp"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    /// A coordinator without workers, which has opened the store `store`.
    private func coordinate(_ sweep: TinySweep) throws -> Command.Running {
        let coordinator = try Command.Running(
            ["coordinate", sweep.spec, "--bind", "tcp://127.0.0.1:*", "--store", "store"],
            in: sweep.folder)
        try #require(eventually { coordinator.errorsSoFar.contains("start workers with") })
        return coordinator
    }

    /// What can be asked of a store, each with words of its answer.
    private func observations(_ sweep: TinySweep) -> [([String], String)] {
        [
            (["status", "store"], "12 trials"), (["status", "store", "--json"], "\"planned\":12"),
            (["plan", sweep.spec, "--store", "store"], "12 trials: 0 reused, 12 changed"),
            (["report", "store", "--partial"], "tiny"),
        ]
    }

    private func observe(
        _ state: Comment, _ sweep: TinySweep, _ before: [String: [AnyHashable]]
    ) throws {
        #expect(before.keys.contains("concord.sqlite"))
        for arguments in [
            ["status", "store"], ["plan", sweep.spec, "--store", "store"],
            ["report", "store", "--partial", "--format", "json"], ["why", "0", "--store", "store"],
        ] {
            _ = try Command.run(arguments, in: sweep.folder)
            #expect(try self.state(of: "store", sweep) == before, "\(arguments), \(state)")
        }
    }

    /// Names, times and bytes of all files of the store.
    private func state(of store: String, _ sweep: TinySweep) throws -> [String: [AnyHashable]] {
        let root = sweep.folder.appending(path: store).path
        var state: [String: [AnyHashable]] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: root) + ["."] {
            var status = stat()
            #expect(stat(root + "/" + name, &status) == 0)
            let bytes = FileManager.default.contents(atPath: root + "/" + name)
            state[name] = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec, bytes]
        }
        return state
    }
}
