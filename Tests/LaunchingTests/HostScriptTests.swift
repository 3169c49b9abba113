import Corpora
import Foundation
import Glibc
import Testing

@testable import Launching

/// The scripts that run on hosts, run by a shell here, with a program that is a script too.
@Suite struct HostScriptTests {
    @Test("A host without the program says so, gets it, and has it; a damaged one is copied anew")
    func install() throws {
        try withHost { host in
            #expect(try host.run(host.script().check).status == HostFleet.Status.absent)
            #expect(try host.install(host.program) == 0)
            #expect(try host.run(host.script().check).status == 0)
            let file = host.home + "/con cord/programs/\(host.program.digest)/concord"
            try "rotten".write(toFile: file, atomically: false, encoding: .utf8)
            #expect(try host.run(host.script().check).status == HostFleet.Status.absent)
            #expect(try host.install(host.program) == 0)
            #expect(try host.run(host.script().check).status == 0)
            #expect(
                try FileManager.default.contentsOfDirectory(
                    atPath: host.home + "/con cord/programs") == [host.program.digest])
        }
    }

    @Test("A machine of another architecture, and a program that does not run, are said so")
    func unfit() throws {
        try withHost { host in
            let other = try host.run(host.script(machine: "aarch64").check)
            #expect(other.status == 11)
            #expect(other.output.contains("the program is for aarch64"))
            let broken = try FakeHost.makeProgram("exit 1", in: host.home)
            #expect(try host.run(host.script(broken).check).status == HostFleet.Status.absent)
            #expect(try host.install(broken) == 15)
            #expect(try host.run(host.script(broken).check).status == HostFleet.Status.absent)
            // Nothing of it stays: it is large.
            #expect(
                try FileManager.default.contentsOfDirectory(
                    atPath: host.home + "/con cord/programs") == [])
        }
    }

    @Test("A worker's words come back, and its exit status")
    func work() throws {
        try withHost { host in
            #expect(try host.install(host.program) == 0)
            let result = try host.run(
                host.script().work(run: "a-1", arguments: ["work", "it's 7"]))
            #expect(result.output == "hello work it's 7\nbye\n")
            #expect(result.status == 7)
        }
    }

    @Test("A worker outlives its connection, and the next one finds it; a signal reaches it")
    func adopt() throws {
        try withHost { host in
            let lasting = try host.makeProgram(
                """
                exec 9>spool/lock; flock 9; echo "begun $2"
                trap 'echo asked; exit 0' TERM
                while :; do sleep 0.05; done
                """)
            #expect(try host.install(lasting) == 0)
            let script = host.script(lasting).work(run: "a-1", arguments: ["work", "x"])
            let first = try host.talk(script)
            #expect(hears(first, "begun x"))
            first.end()
            let key = host.home + "/con cord/runs/a-1/worker.key"
            #expect(try String(contentsOfFile: key, encoding: .utf8) == "name a\nsecret b\n")
            let traits = try FileManager.default.attributesOfItem(atPath: key)
            #expect(traits[.posixPermissions] as? Int == 0o600)

            let second = try host.talk(script)
            usleep(300_000)
            #expect(second.listen().lines == [], "it was started twice")
            second.say("TERM")
            #expect(hears(second, "asked"))
            #expect(status(of: second) == 0)
        }
    }

    @Test("A worker that was started by another command is asked to leave first")
    func replace() throws {
        try withHost { host in
            let lasting = try host.makeProgram(
                """
                exec 9>spool/lock; flock 9; echo "begun $2"
                trap 'echo left; exit 0' TERM
                while :; do sleep 0.05; done
                """)
            #expect(try host.install(lasting) == 0)
            let script = host.script(lasting)
            let old = try host.talk(script.work(run: "a-1", arguments: ["work", "old"]))
            #expect(hears(old, "begun old"))
            let new = try host.talk(script.work(run: "a-1", arguments: ["work", "new"]))
            #expect(hears(old, "left"))
            #expect(hears(new, "begun new"))
            new.say("TERM")
            #expect(status(of: new) == 0)
        }
    }

    private func hears(_ conversation: Conversation, _ line: String) -> Bool {
        for _ in 0..<200 {
            if conversation.listen().lines.contains(line) { return true }
            usleep(50_000)
        }
        return false
    }

    private func status(of conversation: Conversation) -> Int32? {
        for _ in 0..<200 {
            if let status = conversation.listen().status { return status }
            usleep(50_000)
        }
        return nil
    }
}

/// A folder that stands for a host's home folder.
private struct FakeHost {
    let home: String
    let program: Program

    init(home: String) throws {
        self.home = home
        program = try FakeHost.makeProgram(
            "[ \"$1\" = --version ] || { echo \"hello $*\"; echo bye; exit 7; }", in: home)
    }

    func script(_ program: Program? = nil, machine: String? = nil) -> HostScript {
        HostScript(
            host: HostList.Host(name: "a", folder: "con cord"), program: program ?? self.program,
            machine: machine ?? SSHLauncher.machine)
    }

    /// Makes a program that is a shell script.
    func makeProgram(_ text: String) throws -> Program {
        try FakeHost.makeProgram("[ \"$1\" = --version ] && exit 0\n" + text, in: home)
    }

    static func makeProgram(_ text: String, in home: String) throws -> Program {
        let folder = home + "/made-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let path = folder + "/concord"
        try ("#!/bin/bash\n" + text).write(toFile: path, atomically: false, encoding: .utf8)
        chmod(path, 0o755)
        return try Program(executable: path)
    }

    func install(_ program: Program) throws -> Int32 {
        let command = Shell.line(["tar", "-cf", "-", "-C", program.folder, program.name])
        let script = "\(command) | sh -c \(Shell.quoted(self.script(program).install))"
        _ = try run(self.script(program).check)
        return try run(script).status
    }

    /// A shell that runs the script there, as ssh would have it.
    func talk(_ script: String) throws -> Conversation {
        let conversation = try Conversation(
            "/bin/sh", ["-c", "cd \(Shell.quoted(home)) && \(script)"])
        conversation.say("name a\nsecret b\n")
        return conversation
    }

    func run(_ script: String) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", script]
        process.currentDirectoryURL = URL(filePath: home)
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}

private func withHost(_ body: (FakeHost) throws -> Void) throws {
    let home = NSTemporaryDirectory() + "/concord-host-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: home) }
    try body(try FakeHost(home: home))
}
