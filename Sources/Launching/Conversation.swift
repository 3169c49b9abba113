import Foundation
import Glibc
import Running

/// A child process that is spoken to and listened to without waiting: lines in, lines out.
final class Conversation {
    private let process: ChildProcess
    private var input: Int32?
    private let output: Int32
    private var pending: [UInt8] = []

    /// Starts a program whose standard output and error are read as one.
    ///
    /// - Parameter source: What it reads from; nil is what ``say(_:)`` says.
    /// - Throws: `RunningError` with the system's reason.
    init(_ executable: String, _ arguments: [String], source: Int32? = nil) throws {
        let toProcess = try ChildPipe()
        let fromProcess = try ChildPipe()
        let input = toProcess.writing
        self.input = input
        output = fromProcess.reading
        defer {
            close(toProcess.reading)
            close(fromProcess.writing)
        }
        _ = fcntl(output, F_SETFL, O_NONBLOCK)
        do {
            process = try ChildProcess(
                executable: executable, arguments: arguments,
                input: source ?? toProcess.reading, output: fromProcess.writing,
                errors: fromProcess.writing)
        } catch {
            close(input)
            close(output)
            throw error
        }
    }

    deinit {
        process.end()
        finish()
        close(output)
    }

    /// Ends the process at once.
    func end() { process.end() }

    /// Says no more: the process reads an end.
    func finish() {
        if let input { close(input) }
        input = nil
    }

    /// Says a line, which fits into a pipe (64 KiB); a process that is gone does not hear it.
    func say(_ line: String) {
        guard let input else { return }
        let bytes = Array((line + "\n").utf8)
        _ = write(input, bytes, bytes.count)
    }

    /// The whole lines that have come since, and how the process ended, if it has. The last line
    /// may lack its end then.
    func listen() -> (lines: [String], status: Int32?) {
        // Asked before reading: what an ended process said is all there then.
        let ending = process.poll()
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = read(output, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            pending += buffer[..<count]
        }
        if ending != nil, !pending.isEmpty { pending.append(UInt8(ascii: "\n")) }
        var lines = pending.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        pending = Array(lines.removeLast())
        let texts = lines.map { String(decoding: $0, as: UTF8.self) }
        return switch ending {
        case .exited(let status): (texts, status)
        case .signalled(let number): (texts, 128 + number)
        case nil: (texts, nil)
        }
    }
}
