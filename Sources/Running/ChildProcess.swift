import Foundation
import Glibc

/// A child process in a process group of its own, so that a Ctrl-C at the terminal reaches its
/// parent alone, which ends it in order.
public final class ChildProcess {
    /// The process's id.
    let id: pid_t
    /// How it ended; nil while it runs.
    private(set) var ending: Ending?

    /// How a process ended.
    public enum Ending: Hashable, Sendable, CustomStringConvertible {
        /// By itself, with this status.
        case exited(Int32)
        /// By this signal.
        case signalled(Int32)

        /// `exit status 1`, `signal 9`.
        public var description: String {
            switch self {
            case .exited(let status): "exit status \(status)"
            case .signalled(let signal): "signal \(signal)"
            }
        }
    }

    /// Starts `executable`, which is looked for on the PATH when it has no slash; descriptors that
    /// are nil are inherited.
    ///
    /// - Throws: ``RunningError`` with the system's reason.
    public init(
        executable: String, arguments: [String], input: Int32? = nil, output: Int32? = nil,
        errors: Int32? = nil
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, number) in [(input, 0), (output, 1), (errors, 2)] {
            guard let descriptor else { continue }
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var words: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) }
        words.append(nil)
        defer { words.forEach { free($0) } }
        var id: pid_t = 0
        let status = posix_spawnp(&id, executable, &actions, &attributes, words, environ)
        guard status == 0 else {
            throw RunningError.system("start \(executable)", code: status)
        }
        self.id = id
    }

    /// Asks whether it has ended; never waits.
    public func poll() -> Ending? {
        guard ending == nil else { return ending }
        var status: Int32 = 0
        guard waitpid(id, &status, WNOHANG) == id else { return nil }
        let signal = status & 0x7f
        ending = signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
        return ending
    }

    /// Sends a signal, unless it has ended.
    public func signal(_ number: Int32) {
        guard poll() == nil else { return }
        kill(id, number)
    }

    /// Ends it at once and waits for the end.
    public func end() {
        signal(SIGKILL)
        while poll() == nil { usleep(1000) }
    }

    /// The file of the running program.
    public static var ownExecutable: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? CommandLine.arguments[0]
    }
}

/// The two ends of a pipe that no child inherits unless it is given one.
public struct ChildPipe {
    /// The descriptor to read from.
    public let reading: Int32
    /// The descriptor to write to.
    public let writing: Int32

    /// A new pipe.
    ///
    /// - Throws: ``RunningError`` when there are too many open files.
    public init() throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw RunningError.system("make a pipe", code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        reading = ends[0]
        writing = ends[1]
    }
}
