import Corpora
import Planning

/// A moment on a monotonic clock that the shell reads: seconds since an arbitrary start.
public struct Instant: Hashable, Comparable, Sendable {
    /// Seconds since the clock's start.
    public var seconds: Double

    /// The moment `seconds` after the clock's start.
    public init(seconds: Double) { self.seconds = seconds }

    /// The earlier moment is less.
    public static func < (a: Instant, b: Instant) -> Bool { a.seconds < b.seconds }
    /// The moment `seconds` later.
    public static func + (a: Instant, seconds: Double) -> Instant {
        Instant(seconds: a.seconds + seconds)
    }
    /// Seconds from `b` to `a`.
    public static func - (a: Instant, b: Instant) -> Double { a.seconds - b.seconds }
}

/// Names a worker for its whole life, over all its connections: a random UUID.
public struct WorkerID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The UUID, as text.
    public let description: String

    /// The worker with this UUID.
    public init(_ description: String) { self.description = description }

    /// Orders by the text.
    public static func < (a: WorkerID, b: WorkerID) -> Bool { a.description < b.description }
}

/// Names one connection of a worker, as the transport does; a worker that reconnects has a new one.
public struct ConnectionID: Hashable, Sendable {
    /// The transport's bytes.
    public let bytes: [UInt8]

    /// The connection with these bytes.
    public init(bytes: [UInt8]) { self.bytes = bytes }
}

/// Names the right to run a trial: the trial and the number of the attempt.
///
/// The attempt fences: renewals, checkpoints and failures of an older attempt change nothing.
public struct LeaseID: Hashable, Sendable, CustomStringConvertible {
    /// The trial.
    public let key: TrialKey
    /// The nth lease of this trial, from 1.
    public let attempt: Int

    /// The lease of this trial and attempt.
    public init(key: TrialKey, attempt: Int) {
        self.key = key
        self.attempt = attempt
    }

    /// The first eight digits of the key and the attempt.
    public var description: String { "\(key.description.prefix(8))#\(attempt)" }
}

/// Why an attempt ended without an outcome.
public struct Failure: Hashable, Sendable {
    /// The kind of cause, which decides the budget that it spends.
    public var cause: Cause
    /// A sentence for the user: what, where, what to do.
    public var message: String
    /// The matrix that could not be had, where that was the cause; no journal keeps it.
    public var matrix: Digest?

    /// A failure of this cause.
    public init(cause: Cause, message: String, matrix: Digest? = nil) {
        self.cause = cause
        self.message = message
        self.matrix = matrix
    }

    /// The kinds of cause.
    public enum Cause: String, Hashable, Sendable, CaseIterable {
        /// The training itself failed: a not-a-number, a recipe that cannot run.
        case training
        /// The trainer ended by a signal or without a word.
        case crash
        /// The trainer made no progress for the step limit.
        case stalled
        /// The trainer ran out of memory, with all that its machine has.
        case memory
        /// A recording could not be read, or is not what the manifest says.
        case data
        /// The trainer needed more memory than its cap. No fault: the next attempt is given more.
        case cap
        /// The trainer took longer than a trial may.
        case wall
        /// A person ended the trial. No fault, and no attempt ends by it.
        case cancelled
    }
}
