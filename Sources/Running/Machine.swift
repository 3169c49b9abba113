import Foundation
import Glibc
import Kernels
import Leasing

/// What this machine has for a worker's trainers.
enum Machine {
    /// The cores that this process may use: those that it may run on, and no more than the time
    /// that its control groups grant it.
    static var cores: Int {
        let mine = controlGroups.compactMap { group -> Int? in
            let words = (Memory.text(group + "/cpu.max") ?? "")
                .split(whereSeparator: \.isWhitespace)
            guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1])
            else { return nil }
            return max(1, Int((quota / period).rounded(.up)))
        }
        return mine.reduce(Terminal.cores, min)
    }

    /// How many trials to train at a time: one a core, where there is memory for so many.
    static func slots(memoryBytes: Int) -> Int {
        max(1, min(cores, memoryBytes / leastBytesOfSlot, Limits.slotsMax))
    }

    /// A trainer without data and network has 41 MB; less than this does not serve any sweep.
    private static let leastBytesOfSlot = 256 << 20

    /// What a worker says of itself.
    ///
    /// - Parameter memoryBytes: what the user grants to this worker alone; nil takes the machine's,
    ///   which it shares with the other workers there.
    static func resources(memoryBytes: Int?) -> Resources {
        let boot = (Memory.text("/proc/sys/kernel/random/boot_id") ?? "").filter {
            $0.isHexDigit || $0 == "-"
        }
        let machine = boot.isEmpty ? ProcessInfo.processInfo.hostName : String(boot)
        let (bytes, group) = Memory.limit
        return Resources(
            cores: cores, memoryBytes: memoryBytes ?? bytes,
            memoryPool: memoryBytes == nil ? machine + (group ?? "") : "", machine: machine,
            instructionSet: InstructionSet.current.name)
    }

    /// The folders of the control groups that this process is in, its own first; those that cannot
    /// be seen from here are left out.
    static var controlGroups: [String] {
        groups(in: Memory.text("/proc/self/cgroup") ?? "", of: "", under: "/sys/fs/cgroup")
    }

    /// The same of version 1, where memory has groups of its own.
    static var memoryGroups: [String] {
        groups(
            in: Memory.text("/proc/self/cgroup") ?? "", of: "memory",
            under: "/sys/fs/cgroup/memory")
    }

    /// The folder of a controller's group in a text like `4:cpu,memory:/job/step`, and those of all
    /// groups around it; the last is `root`.
    static func groups(in text: String, of controller: Substring, under root: String) -> [String] {
        let lines = text.split(separator: "\n").map {
            $0.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        }
        let line = lines.first { fields in
            fields.count == 3
                && fields[1].split(separator: ",", omittingEmptySubsequences: false)
                    .contains(controller)
        }
        var parts = (line?[2] ?? "").split(separator: "/")
        var groups: [String] = []
        while true {
            groups.append(([root] + parts.map(String.init)).joined(separator: "/"))
            if parts.isEmpty { return groups }
            parts.removeLast()
        }
    }
}

/// The moment at which a worker ends, whatever it does then.
enum WorkerEnd {
    /// The earlier of what the user says and the end of the Slurm job; nil where neither is said.
    ///
    /// - Parameter text: `18:30`, the next such time of day; `2026-11-26T18:30`; or seconds since
    ///   1970 after an `@`.
    /// - Throws: ``RunningError`` when `text` is none of these.
    static func seconds(_ text: String?) throws -> Double? {
        let job = ProcessInfo.processInfo.environment["SLURM_JOB_END_TIME"].flatMap { Double($0) }
        guard let text else { return job }
        guard let said = parse(text, now: Clock.wallSeconds) else {
            throw RunningError("\(text) is no time at which a worker could end.")
        }
        return job.map { min($0, said) } ?? said
    }

    /// The seconds since 1970 that `text` means, in the time zone of this machine.
    static func parse(_ text: String, now: Double) -> Double? {
        if text.hasPrefix("@") { return Double(text.dropFirst()) }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        for pattern in ["yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm"] {
            format.dateFormat = pattern
            if let date = format.date(from: text) { return date.timeIntervalSince1970 }
        }
        format.dateFormat = "HH:mm"
        guard format.date(from: text) != nil else { return nil }
        let parts = text.split(separator: ":").compactMap { Int($0) }
        guard parts.count == 2 else { return nil }
        return Calendar.current.nextDate(
            after: Date(timeIntervalSince1970: now),
            matching: DateComponents(hour: parts[0], minute: parts[1]), matchingPolicy: .nextTime
        )?.timeIntervalSince1970
    }
}
