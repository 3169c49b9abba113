import Foundation
import Glibc
import Leasing
import Messaging
import Running

/// Workers that Slurm places: performs what ``SlurmFleet`` says, by `sbatch`, `squeue` and
/// `scancel`.
public final class SlurmLauncher: Launcher {
    private let script: BatchScript
    private let site: LaunchSite
    private let options: [String]
    private var fleet: SlurmFleet
    private var tasks: [Task] = []
    private var notices: [String] = []
    private var lookedAt = -Double.infinity

    /// A command of Slurm that is under way, and what it has said.
    private struct Task {
        enum Purpose { case list, submit, other }
        let purpose: Purpose
        let conversation: Conversation
        var lines: [String] = []
    }

    /// Seconds between two looks at Slurm's commands.
    private static let lookSeconds = 0.2
    /// Seconds that workers, and then Slurm, are given at the end.
    private static let endSeconds = 5.0

    /// A launcher of at most `jobs` jobs, each of a worker of `slots` slots.
    ///
    /// - Parameters:
    ///   - options: What else sbatch is told, such as `--partition=long`.
    ///   - address: Where the nodes reach the coordinator.
    /// - Throws: `RunningError` when the folder for logs, `NAME.slurm` in the working folder,
    ///   cannot be made: it must be on a file system that the nodes share.
    public init(
        jobs: Int, slots: Int, options: [String], address: Address, site: LaunchSite
    ) throws {
        let name = site.runName
        let logFolder = FileManager.default.currentDirectoryPath + "/\(name).slurm"
        do {
            try FileManager.default.createDirectory(
                atPath: logFolder, withIntermediateDirectories: true)
        } catch {
            throw RunningError("cannot make \(logFolder): \(error.localizedDescription)")
        }
        let key = "\(logFolder)/worker.key"
        try site.writeKey(to: key)
        self.site = site
        self.options = options
        script = BatchScript(
            jobName: "concord-\(name)", program: ChildProcess.ownExecutable,
            address: "\(address)", key: key, slots: slots, logFolder: logFolder,
            dataRoot: site.sweep.dataRoot, worker: site.options)
        fleet = SlurmFleet(jobsMax: jobs, slots: slots)
        notices.append("Jobs are called \(script.jobName), and their logs lie in \(logFolder).")
    }

    /// Submits the jobs that should be there and are not.
    ///
    /// - Throws: `RunningError` when the commands of Slurm cannot be started.
    public func look(openTrials: Int, at now: Double) throws {
        guard now >= lookedAt + Self.lookSeconds else { return }
        lookedAt = now
        try listen(at: now)
        try perform(fleet.handle(.tick(openTrials: openTrials), at: now))
    }

    /// Cancels what waits; what runs gives back what it holds, and leaves.
    public func drain() { try? perform(fleet.handle(.stop, at: lookedAt)) }

    /// Cancels all jobs of the run.
    public func end() {
        guard (try? begin(.other, "scancel", ["--name", script.jobName, "--user", user])) != nil
        else { return }
        for _ in 0..<Int(Self.endSeconds / Self.lookSeconds) where !tasks.isEmpty {
            try? listen(at: lookedAt)
            usleep(UInt32(Self.lookSeconds * 1e6))
        }
        tasks = []
    }

    /// Takes what people should read, oldest first.
    public func takeNotices() -> [String] {
        defer { notices = [] }
        return notices
    }

    // MARK: Slurm's commands

    /// Where the coordinator is a job itself, its jobs would inherit what it was granted as theirs.
    private static let ownMemory = ["-u", "SLURM_MEM_PER_NODE", "-u", "SLURM_MEM_PER_CPU"]

    private var user: String { "\(getuid())" }

    private func begin(
        _ purpose: Task.Purpose, _ program: String, _ arguments: [String], input: String? = nil
    ) throws {
        let conversation = try Conversation(program, arguments)
        if let input { conversation.say(input) }
        conversation.finish()
        tasks.append(Task(purpose: purpose, conversation: conversation))
    }

    private func perform(_ commands: [SlurmFleet.Command]) throws {
        for command in commands {
            switch command {
            case .note(let line): notices.append(line)
            case .list:
                try begin(
                    .list, "squeue",
                    [
                        "--noheader", "--array", "--states=all", "--user", user, "--name",
                        script.jobName, "--format", SlurmJob.format,
                    ])
            case .submit(let count):
                // The key may have been revoked since.
                try site.writeKey(to: script.key)
                // The last word on a command line counts, and the environment less: by these jobs
                // are found again.
                let own = ["--job-name=\(script.jobName)", "--array=1-\(count)"]
                try begin(
                    .submit, "env",
                    SlurmLauncher.ownMemory + ["sbatch", "--parsable"] + options + own,
                    input: script.text)
            case .cancel(let jobs): try begin(.other, "scancel", jobs)
            case .drainAll:
                let whose = ["--name", script.jobName, "--user", user]
                try begin(.other, "scancel", ["--state=PENDING"] + whose)
                try begin(
                    .other, "scancel", ["--state=RUNNING", "--signal=USR1", "--batch"] + whose)
            }
        }
    }

    private func listen(at now: Double) throws {
        var events: [SlurmFleet.Event] = []
        tasks = tasks.compactMap { task in
            var task = task
            let (lines, status) = task.conversation.listen()
            task.lines += lines
            guard let status else { return task }
            let said =
                task.lines.last { !$0.allSatisfy(\.isWhitespace) }
                ?? "it ended with exit status \(status)"
            switch task.purpose {
            case .list:
                // Warnings may stand between the lines. A list that is not understood is none:
                // nobody is taken for dead.
                let listed = task.lines.filter { $0.contains("|") }
                let jobs = listed.compactMap { SlurmJob(line: $0) }
                events.append(
                    status == 0 && jobs.count == listed.count
                        ? .listed(jobs) : .listingFailed(said))
            case .submit:
                let array = status == 0 ? SlurmJob.array(submission: task.lines) : nil
                events.append(
                    array.map { SlurmFleet.Event.submitted(array: $0) }
                        ?? .submissionFailed(said))
            case .other: break
            }
            return nil
        }
        for event in events { try perform(fleet.handle(event, at: now)) }
    }
}
