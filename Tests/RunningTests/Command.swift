import Foundation
import Glibc

/// The real binary, run as a user runs it.
struct Command {
    /// What a finished command left.
    struct Result {
        let status: Int32
        let output: String
        let errors: String
    }

    /// The binary that was built beside the tests.
    static let concord: URL = {
        let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
        let folder = (bundle?.bundleURL ?? URL(filePath: CommandLine.arguments[0]))
            .deletingLastPathComponent()
        return folder.appending(path: "concord")
    }()

    /// Runs `concord` with these arguments and waits for its end.
    static func run(
        _ arguments: String..., in folder: URL, environment: [String: String] = [:]
    ) throws -> Result {
        try run(arguments, in: folder, environment: environment)
    }

    /// Runs it to its end.
    static func run(
        _ arguments: [String], in folder: URL, environment: [String: String] = [:]
    ) throws -> Result {
        let running = try Running(arguments, in: folder, environment: environment)
        return running.wait()
    }

    /// A command that runs beside the test.
    final class Running {
        private let process = Process()
        private let output: URL
        private let errors: URL

        init(
            _ arguments: [String], in folder: URL, environment: [String: String] = [:]
        ) throws {
            let name = UUID().uuidString
            output = folder.appending(path: ".\(name).out")
            errors = folder.appending(path: ".\(name).err")
            for file in [output, errors] {
                _ = FileManager.default.createFile(atPath: file.path, contents: nil)
            }
            process.executableURL = Command.concord
            process.arguments = arguments
            process.currentDirectoryURL = folder
            var merged = ProcessInfo.processInfo.environment
            merged.merge(environment) { $1 }
            process.environment = merged
            process.standardOutput = try FileHandle(forWritingTo: output)
            process.standardError = try FileHandle(forWritingTo: errors)
            process.standardInput = FileHandle.nullDevice
            try process.run()
        }

        var id: pid_t { process.processIdentifier }
        /// Foundation sees the end of a process only when those that it started have ended too.
        var isRunning: Bool { process.isRunning && Processes.ending(of: id) == nil }
        var outputSoFar: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }
        var errorsSoFar: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }

        func signal(_ number: Int32) { kill(id, number) }

        /// Waits for its end; one that takes three minutes is killed, which its status shows.
        func wait() -> Result {
            let deadline = Date().addingTimeInterval(180)
            while isRunning {
                if Date() > deadline { kill(id, SIGKILL) }
                usleep(10_000)
            }
            // Foundation may not know yet; the system does.
            let seen = Processes.ending(of: id)
            _ = eventually(within: 1) { !process.isRunning }
            let known =
                process.isRunning
                ? nil
                : process.terminationReason == .exit
                    ? process.terminationStatus : -process.terminationStatus
            return Result(
                status: known ?? seen ?? -SIGKILL, output: outputSoFar, errors: errorsSoFar)
        }
    }
}

/// Processes by name and parent, as /proc lists them: the workers and trainers of a command.
enum Processes {
    /// The living processes whose command line holds all of `words`.
    static func ids(with words: String...) -> [pid_t] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { pid_t($0) }.filter { id in
            guard let bytes = FileManager.default.contents(atPath: "/proc/\(id)/cmdline") else {
                return false
            }
            let line = String(decoding: bytes, as: UTF8.self)
                .replacingOccurrences(of: "\0", with: " ")
            return words.allSatisfy { line.contains($0) }
        }.sorted()
    }

    /// The exit status, or the signal, negative, of a process that has ended and whose parent has
    /// not asked for it; nil while it lives, or where nothing is known of it any more.
    static func ending(of id: pid_t) -> Int32? {
        guard let words = status(of: id), words.count > 49, words[0] == "Z",
            let status = Int32(words[49])
        else { return nil }
        return status & 0x7F == 0 ? status >> 8 : -(status & 0x7F)
    }

    /// Whether the process is there and not only its exit status. Foundation's own word on it comes
    /// only when its children are gone too.
    static func isAlive(_ id: pid_t) -> Bool {
        status(of: id)?.first.map { $0 != "Z" && $0 != "X" } ?? false
    }

    /// The words of the system's line on a process after its name, which stands in brackets and may
    /// hold blanks: its state first.
    private static func status(of id: pid_t) -> [Substring]? {
        guard let bytes = FileManager.default.contents(atPath: "/proc/\(id)/stat") else {
            return nil
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: ")").last?
            .split(separator: " ")
    }

    /// The children of `parent` whose command line holds `word`.
    static func children(of parent: pid_t, with word: String) -> [pid_t] {
        ids(with: word).filter { id in
            guard let bytes = FileManager.default.contents(atPath: "/proc/\(id)/stat") else {
                return false
            }
            let fields = String(decoding: bytes, as: UTF8.self)
                .split(separator: ")").last?.split(separator: " ")
            return fields.map { $0.count > 1 && $0[1] == "\(parent)" } ?? false
        }
    }
}

/// A folder of its own for a test, removed at the end.
func withFolder<T>(_ body: (URL) throws -> T) throws -> T {
    let folder = FileManager.default.temporaryDirectory
        .appending(path: "concord-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}

/// Waits until `condition` holds; false when it does not within `seconds`.
func eventually(within seconds: Double = 30, _ condition: () -> Bool) -> Bool {
    let end = Date().addingTimeInterval(seconds)
    while Date() < end {
        if condition() { return true }
        usleep(20_000)
    }
    return condition()
}
