import Running

/// The machines that `concord run --on ssh --hosts FILE` starts workers on.
///
/// ```yaml
/// defaults: {folder: concord}
/// hosts:
///   node1:
///   node2: {slots: 4, data-root: /data/sewa}
/// ```
public struct HostList: Hashable, Sendable {
    /// A file for `ssh -F`, relative to the list; nil takes the user's own.
    public let sshConfig: String?
    /// The machines, in the order of the file; never empty.
    public let hosts: [Host]

    /// A machine, and how its worker is started.
    public struct Host: Hashable, Sendable {
        /// What ssh is given: a name of its configuration, an address, or `user@machine`.
        public let name: String
        /// The folder for program, spool and logs, relative to the user's own; `concord` by
        /// default.
        public var folder = "concord"
        /// Trials at a time; nil, the default, is one a core.
        public var slots: Int?
        /// The folder that the corpora's files lie in there; nil takes that of this machine.
        public var dataRoot: String?
        /// What else its worker is told; nothing by default.
        public var options = WorkerOptions()
    }

    /// A list of these machines.
    init(hosts: [Host], sshConfig: String? = nil) {
        self.hosts = hosts
        self.sshConfig = sshConfig
    }
}

/// What is wrong with a list of hosts, where, and what to do.
public struct HostListError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file's name as the caller gave it.
    public let file: String
    /// The line, from 1, where it is known.
    public let line: Int?
    /// What is wrong and what to do about it.
    public let problem: String

    /// `hosts.yaml:12: …`.
    public var description: String {
        (line.map { "\(file):\($0)" } ?? file) + ": " + problem
    }
}
