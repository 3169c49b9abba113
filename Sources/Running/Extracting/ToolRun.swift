import Foundation
import Glibc

/// A run of another program to its end.
struct ToolRun {
    /// Whether it ended with status 0.
    let isDone: Bool
    /// What it wrote, line by line, without blank ones.
    let lines: [String]

    /// Where the program lies: the path itself when it has a slash, else a folder of the PATH.
    static func find(_ name: String) -> String? {
        if name.contains("/") { return access(name, X_OK) == 0 ? name : nil }
        let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
        return folders.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    /// Whether the program is there.
    static func isFound(_ name: String) -> Bool { find(name) != nil }

    /// Runs the program, what it writes going to `log`, and waits for its end; a stop signal ends
    /// it.
    ///
    /// - Throws: ``RunningError`` when it cannot be started, or was stopped.
    static func run(_ name: String, _ arguments: [String], log: String? = nil) throws -> ToolRun {
        let path =
            log ?? NSTemporaryDirectory() + "/concord-tool-\(getpid())-\(UUID().uuidString)"
        let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw RunningError.system("write \(path)", code: errno) }
        let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
        defer {
            close(descriptor)
            close(nothing)
            if log == nil { unlink(path) }
        }
        let child = try ChildProcess(
            executable: find(name) ?? name, arguments: arguments, input: nothing,
            output: descriptor, errors: descriptor)
        while child.poll() == nil {
            if StopSignal.count > 0 {
                kill(-child.id, SIGKILL)  // It leads a group of its own: what it started ends too.
                child.end()
                throw RunningError(
                    "stopped; the same command goes on from here.", status: .interrupted)
            }
            usleep(5000)
        }
        let text = String(
            decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline).map(String.init)
            .filter { !$0.allSatisfy(\.isWhitespace) }
        return ToolRun(isDone: child.ending == .exited(0), lines: lines)
    }

    /// Runs the program, which must end with status 0.
    ///
    /// - Throws: ``RunningError`` with the last line that it wrote.
    static func need(_ name: String, _ arguments: [String], log: String) throws {
        let answer = try run(name, arguments, log: log)
        guard answer.isDone else {
            throw RunningError(
                "\(name) failed: \(answer.lines.last ?? "it said nothing"). Try it by hand.")
        }
    }
}
