import Foundation
import Glibc
import Messaging
import Running

/// Workers on other machines, started over ssh: performs what ``HostFleet`` says.
///
/// A host gets one connection at a time, which is a process of `ssh` with the user's own
/// configuration. What a worker writes comes back through it, and is kept in `hosts.log` of the
/// store, each line behind its host's name.
public final class SSHLauncher: Launcher {
    let list: HostList
    let listFolder: String
    let program: Program
    let site: LaunchSite
    let address: Address
    let tunnel: Tunnel?
    private let log: Int32
    private var fleet: HostFleet
    private var talks: [Talk?]
    private var notices: [String] = []
    private var lookedAt = -Double.infinity

    struct Talk {
        let step: HostFleet.Step
        let conversation: Conversation
        /// What packs the program, while it is copied.
        var packer: ChildProcess?
        /// The last line that it said.
        var said = ""
    }

    /// Seconds between two looks at the connections.
    private static let lookSeconds = 0.1
    /// Seconds that workers are given to leave at the end.
    private static let endSeconds = 5.0

    /// A launcher for the hosts that `file` lists.
    ///
    /// - Parameter address: Where hosts reach the coordinator; nil leads them through their ssh
    ///   connection, back to this machine's loopback.
    /// - Throws: ``HostListError``, or `RunningError` when a file cannot be read or made.
    public init(hosts file: String, address: Address?, site: LaunchSite) throws {
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw RunningError("\(file): the list of hosts cannot be read. Check the path.")
        }
        list = try HostList(yaml: String(decoding: bytes, as: UTF8.self), file: file)
        listFolder = URL(filePath: file).standardizedFileURL.deletingLastPathComponent().path
        program = try Program(executable: ChildProcess.ownExecutable)
        self.site = site
        tunnel = try address == nil ? Tunnel(to: site.endpoint) : nil
        self.address = address ?? tunnel?.address ?? site.endpoint
        log = open("\(site.store)/hosts.log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard log >= 0 else { throw RunningError("cannot write \(site.store)/hosts.log") }
        fleet = HostFleet(names: list.hosts.map(\.name))
        talks = Array(repeating: nil, count: list.hosts.count)
    }

    deinit { close(log) }

    /// Starts every worker that should live and does not.
    ///
    /// - Throws: `RunningError` when ssh cannot be started.
    public func look(openTrials: Int, at now: Double) throws {
        guard now >= lookedAt + Self.lookSeconds else { return }
        lookedAt = now
        try listen(at: now)
        if openTrials > 0 { try perform(fleet.handle(.tick, at: now)) }
    }

    /// Asks the workers to give back what they hold and leave.
    public func drain() {
        // Only what needs no new connection is commanded now.
        for case .drain(let host) in fleet.handle(.stop, at: lookedAt) {
            talks[host]?.conversation.say("TERM")
        }
    }

    /// Ends the workers that are left; one that cannot be reached ends when it has missed its
    /// coordinator for long enough.
    public func end() {
        drain()
        for _ in 0..<Int(Self.endSeconds / Self.lookSeconds) where !fleet.isIdle {
            try? listen(at: lookedAt)
            usleep(UInt32(Self.lookSeconds * 1e6))
        }
        talks = talks.map { _ in nil }
    }

    /// Takes what people should read, oldest first.
    public func takeNotices() -> [String] {
        defer { notices = [] }
        return notices
    }

    // MARK: Connections

    /// Takes in what the hosts said, and which connections ended.
    private func listen(at now: Double) throws {
        for host in talks.indices {
            guard var talk = talks[host] else { continue }
            let (lines, status) = talk.conversation.listen()
            for line in lines where !line.allSatisfy(\.isWhitespace) {
                write(line, of: host)
                talk.said = line.hasPrefix("concord: ") ? String(line.dropFirst(9)) : line
            }
            _ = talk.packer?.poll()
            talks[host] = status == nil ? talk : nil
            guard let status else { continue }
            try perform(
                fleet.handle(
                    .ended(host: host, talk.step, status: status, said: talk.said), at: now))
        }
    }

    private func write(_ line: String, of host: Int) {
        let bytes = Array("\(list.hosts[host].name): \(line)\n".utf8)
        _ = Glibc.write(log, bytes, bytes.count)
    }

    private func perform(_ commands: [HostFleet.Command]) throws {
        for command in commands {
            switch command {
            case .note(let line): notices.append(line)
            case .drain(let host): talks[host]?.conversation.say("TERM")
            case .begin(let step, let host): talks[host] = try begin(step, on: host)
            }
        }
    }
}
