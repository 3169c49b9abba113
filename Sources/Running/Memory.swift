import Foundation
import Glibc

/// What is known of the memory of this machine and its processes.
///
/// A trainer's memory is watched from outside instead of being limited by the system: RLIMIT_AS
/// counts the mapped files of a corpus, which take no memory that others need; a limit of any kind
/// ends in a trap that looks like a crash; and a control group of its own needs rights that a user
/// on a cluster seldom has. What the watch misses between two looks the kernel ends: it takes the
/// trainer first, which asked for that, and says so in a counter.
enum Memory {
    /// The bytes that this process and its children may use: the machine's, or those of the
    /// control group that has least, or of the Slurm job.
    static var machineBytes: Int { limit.bytes }

    /// The bytes that this process and its children may use, and the control group, or job, that
    /// sets them; nil where all of the machine's may be used.
    static var limit: (bytes: Int, group: String?) {
        let pages = sysconf(Int32(_SC_PHYS_PAGES))
        let machine = pages * sysconf(Int32(_SC_PAGESIZE))
        let limits: [(String, Int?)] =
            Machine.controlGroups.map { ($0, number(in: "\($0)/memory.max")) }
            + Machine.memoryGroups.map { ($0, number(in: "\($0)/memory.limit_in_bytes")) }
            + [jobLimit(ProcessInfo.processInfo.environment)]
        var least = (bytes: machine, group: String?.none)
        for case (let group, let bytes?) in limits where bytes < least.bytes {
            least = (bytes, group)
        }
        return least
    }

    /// What Slurm grants the job on this node, as it says in MiB, whether or not a control group
    /// holds the job to it; nil where it grants all, or there is no job.
    static func jobLimit(_ environment: [String: String]) -> (String, Int?) {
        func positive(_ name: String) -> Int? {
            environment[name].flatMap { Int($0) }.flatMap { $0 > 0 ? min($0, 1 << 30) : nil }
        }
        let node = positive("SLURM_MEM_PER_NODE")
        let core = positive("SLURM_MEM_PER_CPU")
        let cores = positive("SLURM_CPUS_ON_NODE") ?? 1
        let mebibytes = node ?? core.map { min($0 * cores, 1 << 40) }
        return ("job \(environment["SLURM_JOB_ID"] ?? "")", mebibytes.map { $0 << 20 })
    }

    /// The bytes of memory that the process has for itself, without the files that it has mapped;
    /// nil when it is gone.
    static func ownBytes(of process: pid_t) -> Int? {
        guard let text = text("/proc/\(process)/statm") else { return nil }
        let pages = text.split(separator: " ").compactMap { Int($0) }
        guard pages.count > 2 else { return nil }
        return max(0, pages[1] - pages[2]) * sysconf(Int32(_SC_PAGESIZE))
    }

    /// How often the kernel has ended a process here for want of memory.
    static var killCount: Int {
        let events = (text("/sys/fs/cgroup/memory.events") ?? "") + (text("/proc/vmstat") ?? "")
        return events.split(separator: "\n").reduce(0) { sum, line in
            let words = line.split(separator: " ")
            return words.first == "oom_kill" ? sum + (Int(words.last ?? "") ?? 0) : sum
        }
    }

    /// Lets the kernel end this process first when memory runs out.
    static func offerToBeEnded() {
        let descriptor = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = writeAll(Array("1000".utf8), to: descriptor)
        close(descriptor)
    }

    /// `3.5 GiB`, `250 MiB`.
    static func spelled(_ bytes: Int) -> String {
        bytes >= 1 << 30
            ? "\((Double(bytes) / Double(1 << 30) * 10).rounded() / 10) GiB" : "\(bytes >> 20) MiB"
    }

    private static func number(in path: String) -> Int? {
        text(path).flatMap { Int($0.split(separator: "\n").first ?? "") }
    }

    /// The first 16 KiB of a file; nil when it cannot be read.
    static func text(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 1 << 14)
        let count = read(descriptor, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }
}

/// The memory that a slot's trainer may use for its attempt.
struct MemoryCap {
    /// The most bytes.
    let bytes: Int
    /// It is all that the machine has: a trial that needs more cannot run here.
    let isWhole: Bool

    /// `first` bytes, doubled as often as earlier attempts needed more, up to the machine's; and no
    /// less than is set aside for it, in which such needs are counted already.
    init(first: Int, raises: Int, setAside: Int = 0, machine: Int) {
        let raised = first.multipliedReportingOverflow(by: 1 << min(raises, 40))
        bytes = raised.overflow ? machine : min(max(raised.partialValue, setAside), machine)
        isWhole = bytes >= machine
    }
}
