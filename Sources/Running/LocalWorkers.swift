import Foundation
import Glibc
import Messaging

/// The worker processes that `concord run` keeps alive on its own machine.
///
/// Worker n lives in `<store>/workers/<n>`, which holds its spool, its log and a lock. A folder
/// whose lock is held has a worker already, be it one of an earlier run that was killed: it is
/// adopted, not doubled, unless it looks for its coordinator at another endpoint. A worker that
/// dies, or is ended by a signal, is started again, after a pause that doubles with every early
/// death; one that left in order was drained, and is not.
public final class LocalWorkers: Launcher {
    private let endpoint: String
    private let key: String
    private let dataRoot: String?
    private let orphanSeconds: Double
    private let options: WorkerOptions
    private var places: [Place]
    private var notices: [String] = []

    private struct Place {
        let folder: String
        var process: ChildProcess?
        /// Its worker left in order, because a person drained it.
        var isGivenUp = false
        var startedAt = -Double.infinity
        var pauseSeconds = 0.0
        /// What was said of its worker's last end.
        var told = ""
    }

    /// `count` workers of the site's store.
    ///
    /// Living workers of an earlier run are adopted where they know the coordinator's endpoint;
    /// else their folders are left to them.
    ///
    /// - Parameter count: Worker processes of one slot each. The default is one a core.
    /// - Throws: ``RunningError`` when a folder cannot be made.
    public init(count: Int? = nil, site: LaunchSite) throws {
        endpoint = "\(site.endpoint.local)"
        key = KeyFolder.ownerFile(of: site.store)
        dataRoot = site.sweep.dataRoot
        orphanSeconds = site.orphanSeconds
        options = site.options
        places = []
        var number = 0
        while places.count < count ?? Terminal.cores {
            let folder = "\(site.store)/workers/\(number)"
            if try !site.hasMoved || LocalWorkers.isFree(folder) {
                places.append(Place(folder: folder))
            }
            number += 1
        }
        try gatherOutcomes(of: "\(site.store)/workers")
    }

    /// Gives outcomes that workers of an earlier run left, when there were more, to one of these:
    /// whoever hands them over, they count.
    private func gatherOutcomes(of folder: String) throws {
        let own = places.map(\.folder)
        guard let heir = try own.first(where: { try LocalWorkers.isFree($0) }) else { return }
        for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
            let left = "\(folder)/\(name)"
            guard !own.contains(left), let lock = try? FileLock(path: "\(left)/lock") else {
                continue
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: left)
            for file in names where file.hasSuffix(Spool.ending) {
                rename("\(left)/\(file)", "\(heir)/\(file)")
            }
            withExtendedLifetime(lock) {}
        }
    }

    /// Starts every worker that should live and does not.
    ///
    /// - Throws: ``RunningError`` when a folder or process cannot be made.
    public func look(openTrials: Int, at now: Double) throws {
        guard openTrials > 0 else { return }
        for index in places.indices {
            if let ending = places[index].process?.poll() {
                places[index].process = nil
                places[index].isGivenUp = ending == .exited(ExitStatus.done.rawValue)
                tell(ending, of: index)
            }
            guard !places[index].isGivenUp, places[index].process == nil,
                now >= places[index].startedAt + places[index].pauseSeconds,
                try LocalWorkers.isFree(places[index].folder)
            else { continue }
            places[index].process = try start(in: places[index].folder)
            let wasShort = now - places[index].startedAt < 10
            places[index].pauseSeconds =
                wasShort ? min(30, max(1, 2 * places[index].pauseSeconds)) : 1
            places[index].startedAt = now
        }
    }

    /// Says how a worker has ended, once for the same.
    private func tell(_ ending: ChildProcess.Ending, of index: Int) {
        let folder = places[index].folder
        let log = (try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? ""
        let text =
            places[index].isGivenUp
            ? "The worker in \(folder) has left in order, and is not started again."
            : """
            The worker in \(folder) ended by \(ending), and is started again. The last in its log: \
            \(log.split(separator: "\n").last ?? "nothing")
            """
        if text != places[index].told { notices.append(text) }
        places[index].told = text
    }

    /// Asks our own workers to give back what they hold and leave.
    public func drain() { places.forEach { $0.process?.signal(SIGTERM) } }

    /// Ends our own workers at once.
    public func end() { places.forEach { $0.process?.end() } }

    /// Takes what people should read: who left. A worker's log says the rest.
    public func takeNotices() -> [String] {
        defer { notices = [] }
        return notices
    }

    private static func isFree(_ folder: String) throws -> Bool {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw RunningError("cannot make the folder \(folder): \(error.localizedDescription)")
        }
        return try FileLock(path: "\(folder)/lock") != nil
    }

    private func start(in folder: String) throws -> ChildProcess {
        var arguments = [
            "work", endpoint, "--key", key, "--slots", "1", "--spool", folder,
            "--orphan-seconds", "\(orphanSeconds)",
        ]
        arguments += options.arguments
        if let dataRoot { arguments += ["--data-root", dataRoot] }
        let log = open("\(folder)/log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard log >= 0 else { throw RunningError.system("open \(folder)/log", code: errno) }
        defer { close(log) }
        return try ChildProcess(
            executable: ChildProcess.ownExecutable, arguments: arguments, input: nil,
            output: log, errors: log)
    }
}
