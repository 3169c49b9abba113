import Running
import Testing

@testable import Launching

/// What people write about their machines, and what they are told when it is wrong.
@Suite struct HostListTests {
    @Test("Hosts have the defaults, and what they say themselves")
    func defaults() throws {
        let list = try HostList(
            yaml: """
                ssh-config: ssh_config
                defaults: {folder: work/concord, memory: 8}
                hosts:
                  node1:
                  eva@node2: {slots: 4, data-root: "/data/with blank", tags: [fast, node2]}
                  10.0.0.3: {folder: other, slots: auto, memory-total: 16, cache: /scratch/c}
                  node4: {memory: 2, cache-gib: 5, until: "18:30"}
                """, file: "hosts.yaml")
        #expect(list.sshConfig == "ssh_config")
        #expect(
            list.hosts == [
                HostList.Host(
                    name: "node1", folder: "work/concord", options: WorkerOptions(memory: 8)),
                HostList.Host(
                    name: "eva@node2", folder: "work/concord", slots: 4,
                    dataRoot: "/data/with blank",
                    options: WorkerOptions(memory: 8, tags: ["fast", "node2"])),
                HostList.Host(
                    name: "10.0.0.3", folder: "other",
                    options: WorkerOptions(memory: 8, memoryTotal: 16, cache: "/scratch/c")),
                HostList.Host(
                    name: "node4", folder: "work/concord",
                    options: WorkerOptions(memory: 2, cacheGib: 5, until: "18:30")),
            ])
    }

    @Test("The smallest list is a name")
    func smallest() throws {
        let list = try HostList(yaml: "hosts: {node1: }", file: "hosts.yaml")
        #expect(list.hosts == [HostList.Host(name: "node1")])
        #expect(list.sshConfig == nil)
    }

    @Test(
        "An error names file, line and key, and says what to do",
        arguments: [
            ("", "hosts.yaml: the list of hosts is empty. Name them under `hosts`."),
            ("hosts:", "hosts.yaml:1: `hosts` is empty. Name at least one machine."),
            ("- a", "hosts.yaml:1: the list of hosts must be a mapping, `{key: value, …}`."),
            ("defaults: {slots: 2}", "there is no key `hosts`. Name the machines under it."),
            ("hsots: {a: }", "hosts.yaml:1: the list of hosts has no key `hsots`; the nearest is "),
            ("hosts: [a, b]", "hosts.yaml:1: `hosts` must be a mapping, `{key: value, …}`."),
            ("hosts:\n  a: {slot: 2}", "hosts.yaml:2: host `a` has no key `slot`; the nearest is "),
            ("hosts:\n  a: {slots: 0}", "hosts.yaml:2: `slots` of host `a` is `0`; it must be "),
            ("hosts:\n  a: {slots: two}", "hosts.yaml:2: `slots` of host `a` is `two`; it must "),
            ("hosts:\n  a: {memory: -1}", "hosts.yaml:2: `memory` of host `a` is `-1`; it is in"),
            ("hosts:\n  a: {folder: [x]}", "hosts.yaml:2: `folder` of host `a` must be a word"),
            ("hosts:\n  a: {tags: fast}", "hosts.yaml:2: `tags` of host `a` must be a list, `["),
            ("hosts:\n  a: {tags: [-x]}", "hosts.yaml:2: `tags` of host `a`: `-x` is no tag: 1 to"),
            ("hosts:\n  a: {cache-gib: no}", "hosts.yaml:2: `cache-gib` of host `a` is `no`; it "),
            ("hosts:\n  a: {until: soon}", "hosts.yaml:2: `until` of host `a` is `soon`; it must"),
            ("hosts:\n  a: {folder: ~/x}", "`~` is not read here. Say a path from the root, or f"),
            ("hosts:\n  a: {data-root: ~/x}", "`~` is not read here. Say a path from the root."),
            ("hosts:\n  a: {folder: }", "hosts.yaml:2: `folder` of host `a` must be a word"),
            ("hosts:\n  a:\n  a:", "a mapping has the key `a` twice. Remove one."),
            ("hosts:\n  a: {", "the list of hosts is no YAML: "),
            ("hosts: {-oProxyCommand=x: }", "`-oProxyCommand=x` is no name of a host for ssh."),
            ("hosts: {a b: }", "`a b` is no name of a host for ssh."),
        ])
    func errors(_ text: String, _ sentence: String) throws {
        let error = try #require(throws: HostListError.self) {
            try HostList(yaml: text, file: "hosts.yaml")
        }
        #expect("\(error)".contains(sentence), "\(error)")
        #expect("\(error)".hasPrefix("hosts.yaml"))
    }
}
