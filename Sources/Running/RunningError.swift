import Glibc

/// What stopped a command: a sentence that says what, where, and what to do.
public struct RunningError: Error, CustomStringConvertible {
    /// The sentence.
    public let description: String
    /// The status that the program exits with.
    public let status: ExitStatus

    /// An error of this sentence. The default status is ``ExitStatus/failed``.
    public init(_ description: String, status: ExitStatus = .failed) {
        self.description = description
        self.status = status
    }

    /// A failed system call, with the system's reason.
    static func system(_ action: String, code: Int32) -> RunningError {
        RunningError("cannot \(action): \(String(cString: strerror(code))) (error \(code))")
    }
}

/// The exit statuses of `concord`.
public enum ExitStatus: Int32, Sendable {
    /// All is done.
    case done = 0
    /// Something was wrong; the message says what to do.
    case failed = 1
    /// The sweep ended, but some of its trials are quarantined.
    case quarantined = 3
    /// The coordinator refused this worker.
    case refused = 4
    /// An audit found an outcome with other bytes.
    case different = 5
    /// The store is damaged.
    case damaged = 6
    /// A canary sings: a leak was not refused, or shuffled labels were predicted.
    case leaking = 7
    /// Stopped by Ctrl-C or a signal, in order; the same command resumes. Of a worker: SIGTERM or
    /// SIGHUP made it give back what it held.
    case interrupted = 130
}
