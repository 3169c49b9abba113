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

        /// Sends a signal, unless it has ended: its number may be another's by then.
        func signal(_ number: Int32) {
            if isRunning { kill(id, number) }
        }

        /// Waits for its end; one that takes 400 seconds is killed, which its status shows.
        func wait() -> Result {
            let deadline = Date().addingTimeInterval(400)
            while isRunning {
                if Date() > deadline { kill(id, SIGKILL) }
                usleep(10_000)
            }
            return Result(status: status, output: outputSoFar, errors: errorsSoFar)
        }

        /// How it ended: the system's word where Foundation has not asked for it yet; where it has,
        /// Foundation says so soon.
        private var status: Int32 {
            if let seen = Processes.ending(of: id) { return seen }
            _ = eventually { !process.isRunning }
            if process.isRunning { return -SIGKILL }
            return process.terminationReason == .exit
                ? process.terminationStatus : -process.terminationStatus
        }
    }
}

/// Processes by name and parent, as /proc lists them: the workers and trainers of a command.
///
/// Read with the system's own calls: processes come and go while it is read, which Foundation's
/// ways to list a folder and to read a file are not made for.
enum Processes {
    /// The living processes whose command line holds all of `words`.
    static func ids(with words: String...) -> [pid_t] {
        guard let folder = opendir("/proc") else { return [] }
        defer { closedir(folder) }
        let blank = UInt8(ascii: " ")
        var ids: [pid_t] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard let id = pid_t(name), let bytes = contents(of: "/proc/\(id)/cmdline") else {
                continue
            }
            let line = String(decoding: bytes.map { $0 == 0 ? blank : $0 }, as: UTF8.self)
            if words.allSatisfy(line.contains) { ids.append(id) }
        }
        return ids.sorted()
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

    /// The children of `parent` whose command line holds `word`.
    static func children(of parent: pid_t, with word: String) -> [pid_t] {
        ids(with: word).filter { id in
            status(of: id).map { $0.count > 1 && $0[1] == "\(parent)" } ?? false
        }
    }

    /// The words of the system's line on a process after its name, which stands in brackets and may
    /// hold blanks: its state first, its parent second.
    private static func status(of id: pid_t) -> [Substring]? {
        contents(of: "/proc/\(id)/stat").flatMap {
            String(decoding: $0, as: UTF8.self).split(separator: ")").last?.split(separator: " ")
        }
    }

    /// What the file holds, nil when the process has gone.
    private static func contents(of path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(file, &block, block.count)
            if count < 0 { return nil }
            if count == 0 { return bytes }
            bytes += block[..<count]
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

/// Waits until `condition` holds; false when it does not within `seconds`, which the default makes
/// more than a busy machine needs.
func eventually(within seconds: Double = 120, _ condition: () -> Bool) -> Bool {
    let end = Date().addingTimeInterval(seconds)
    while Date() < end {
        if condition() { return true }
        usleep(20_000)
    }
    return condition()
}
