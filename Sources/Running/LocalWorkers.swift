import Foundation
import Glibc

/// The worker processes that `concord run` keeps alive on its own machine.
///
/// Worker n lives in `<store>/workers/<n>`, which holds its spool, its log and a lock. A folder
/// whose lock is held has a worker already, be it one of an earlier run that was killed: it is
/// adopted, not doubled, unless it looks for its coordinator at another endpoint. A worker that
/// dies is started again, after a pause that doubles with every early death; one that left in order
/// was asked to, and is not.
final class LocalWorkers {
    private let endpoint: String
    private let dataRoot: String?
    private let orphanSeconds: Double
    private var places: [Place]

    private struct Place {
        let folder: String
        var process: ChildProcess?
        /// Its worker left in order, because a person asked it to.
        var isGivenUp = false
        var startedAt = -Double.infinity
        var pauseSeconds = 0.0
    }

    /// `count` workers of the store in `folder`, which connect to `endpoint`.
    ///
    /// - Parameter adopting: Whether living workers of an earlier run know `endpoint`; else their
    ///   folders are left to them.
    /// - Throws: ``RunningError`` when a folder cannot be made.
    init(
        count: Int, store: String, endpoint: String, adopting: Bool, dataRoot: String?,
        orphanSeconds: Double
    ) throws {
        self.endpoint = endpoint
        self.dataRoot = dataRoot
        self.orphanSeconds = orphanSeconds
        places = []
        var number = 0
        while places.count < count {
            let folder = "\(store)/workers/\(number)"
            if try adopting || LocalWorkers.isFree(folder) { places.append(Place(folder: folder)) }
            number += 1
        }
    }

    /// Starts every worker that should live and does not.
    ///
    /// - Throws: ``RunningError`` when a folder or process cannot be made.
    func keepAlive(at now: Double) throws {
        for index in places.indices {
            if let ending = places[index].process?.poll() {
                places[index].process = nil
                places[index].isGivenUp = ending == .exited(ExitStatus.done.rawValue)
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

    /// Asks our own workers to give back what they hold and leave.
    func drain() { places.forEach { $0.process?.signal(SIGTERM) } }

    /// Whether none of our own workers lives any more.
    var allEnded: Bool { places.allSatisfy { $0.process == nil || $0.process?.poll() != nil } }

    /// Ends our own workers at once.
    func end() { places.forEach { $0.process?.end() } }

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
            "work", endpoint, "--slots", "1", "--spool", folder,
            "--orphan-seconds", "\(orphanSeconds)",
            "--memory", "\(Double(Memory.machineBytes / places.count) / Double(1 << 30))",
        ]
        if let dataRoot { arguments += ["--data-root", dataRoot] }
        let log = open("\(folder)/log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard log >= 0 else { throw RunningError.system("open \(folder)/log", code: errno) }
        defer { close(log) }
        return try ChildProcess(
            executable: ChildProcess.ownExecutable, arguments: arguments, input: nil,
            output: log, errors: log)
    }
}
