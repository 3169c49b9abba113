import Foundation
import Glibc

/// The person's side: standard output and error, and what is known of the machine.
public enum Terminal {
    /// The cores that this process may use.
    public static var cores: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }

    /// Writes to standard output, with one line break at the end.
    public static func show(_ text: String) {
        put(text.hasSuffix("\n") ? text : text + "\n", to: STDOUT_FILENO)
    }

    /// Writes a line to standard error.
    public static func complain(_ text: String) { put(text + "\n", to: STDERR_FILENO) }

    /// Writes a line to standard error on each of the first items, and how many more there are.
    static func complain(of items: [String], _ line: (String) -> String) {
        for item in items.prefix(50) { complain(line(item)) }
        if items.count > 50 { complain("concord: and \(items.count - 50) more") }
    }

    /// Whether standard error is a screen that lines can be redrawn on.
    static var isScreen: Bool {
        isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    /// The columns of the screen; 100 where there is none.
    static var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else {
            return 100
        }
        return Int(size.ws_col)
    }

    /// Writes all bytes of `text`, however the descriptor takes them.
    static func put(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}

/// The clocks of the shells; pure code gets their readings as arguments.
enum Clock {
    /// Seconds on the monotonic clock.
    static var monotonicSeconds: Double {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
    }

    /// Seconds since 1970.
    static var wallSeconds: Double {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
    }
}
