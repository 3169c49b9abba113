import Corpora
import Foundation
import Glibc
import Messaging
import Planning
import Running

/// What is run, and how ssh is called.
extension SSHLauncher {
    /// Begins a step on a host, by a connection of its own.
    func begin(_ step: HostFleet.Step, on host: Int) throws -> Talk {
        let script = HostScript(host: list.hosts[host], program: program, machine: Self.machine)
        switch step {
        case .check: return Talk(step: step, conversation: try connect(host, script.check))
        case .install:
            let archive = try ChildPipe()
            defer {
                close(archive.reading)
                close(archive.writing)
            }
            let conversation = try connect(host, script.install, source: archive.reading)
            let packer = try ChildProcess(
                executable: "tar",
                arguments: ["-cf", "-", "-C", program.folder, program.name] + program.libraries,
                output: archive.writing)
            return Talk(step: step, conversation: conversation, packer: packer)
        case .work:
            let work = script.work(
                run: site.runName, arguments: workArguments(on: list.hosts[host]))
            let conversation = try connect(host, work)
            // By the pipe: a command line can be read by others.
            conversation.say(try site.keyText())
            return Talk(step: step, conversation: conversation)
        }
    }

    private func connect(
        _ host: Int, _ script: String, source: Int32? = nil
    ) throws -> Conversation {
        // The user's login shell may be any; the script is for a POSIX one.
        let command = "exec sh -c " + Shell.quoted(script)
        return try Conversation(
            "ssh", options + ["--", list.hosts[host].name, command], source: source)
    }

    /// Nobody answers questions; a machine that is gone is noticed.
    private var options: [String] {
        var options = [
            "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-o", "ServerAliveInterval=5",
            "-o", "ServerAliveCountMax=3", "-o", "ExitOnForwardFailure=yes",
        ]
        if let config = list.sshConfig {
            options += ["-F", config.hasPrefix("/") ? config : "\(listFolder)/\(config)"]
        }
        if let tunnel { options += ["-R", tunnel.forward] }
        return options
    }

    private func workArguments(on host: HostList.Host) -> [String] {
        var arguments = [
            "work", "\(address)", "--key", HostScript.keyFile, "--spool", "spool",
            "--orphan-seconds", "\(LaunchSite.rebootSeconds)",
        ]
        if let slots = host.slots { arguments += ["--slots", "\(slots)"] }
        if let root = host.dataRoot ?? site.sweep.dataRoot { arguments += ["--data-root", root] }
        return arguments + host.options.completed(by: site.options).arguments
    }

    /// This machine's architecture.
    static var machine: String {
        var names = utsname()
        uname(&names)
        return withUnsafeBytes(of: &names.machine) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}

extension LaunchSite {
    /// Seconds that a worker on another machine waits for a coordinator that is gone: long enough
    /// for its machine to be started again.
    static let rebootSeconds = 600.0

    /// What the run is called on other machines: the sweep, and digits that tell its store from
    /// every other of this and all machines.
    var runName: String {
        let place = URL(filePath: store).standardizedFileURL.path
        let digest = Digest(of: "\(ProcessInfo.processInfo.hostName) \(place)".utf8)
        let name = sweep.plan.sweep.name.map { character in
            character.isASCII && (character.isLetter || character.isNumber || character == "-")
                ? character : "_"
        }
        return "\(String(name))-\(digest.description.prefix(8))"
    }
}
