import Glibc
import Messaging
import Synchronization

/// Ctrl-C and its kin, as counts that the loops read between two turns.
///
/// A handler may do almost nothing, so it counts and wakes the reactor; what a signal means is
/// decided by the loop.
enum StopSignal {
    private static let interrupts = Atomic<Int>(0)
    private static let terminations = Atomic<Int>(0)
    private static let warnings = Atomic<Int>(0)
    private static let wakeDescriptor = Atomic<Int32>(-1)

    /// How often a person or the system asked for an end.
    static var count: Int { interruptCount + terminationCount + warningCount }

    /// How often a person pressed Ctrl-C.
    static var interruptCount: Int { interrupts.load(ordering: .acquiring) }

    /// How often the system, or a parent, asked for an end.
    static var terminationCount: Int { terminations.load(ordering: .acquiring) }

    /// How often Slurm, or a launcher, said by SIGUSR1 that the end is near.
    static var warningCount: Int { warnings.load(ordering: .acquiring) }

    /// Counts SIGINT, SIGTERM, SIGHUP and SIGUSR1 from now on, and wakes the reactor at each, where
    /// there is one.
    static func watch(waking waker: Waker?) {
        if let waker { wakeDescriptor.store(waker.descriptor, ordering: .releasing) }
        // Whoever started us may have blocked them: a thread of a test runner, for one.
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP, SIGUSR1] {
            sigaddset(&signals, number)
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { StopSignal.handle($0) }
            action.sa_flags = SA_RESTART
            sigaction(number, &action, nil)
        }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        // A trainer or terminal that is gone is found by the write's error, not by our death.
        signal(SIGPIPE, SIG_IGN)
    }

    private static func handle(_ number: Int32) {
        switch number {
        case SIGINT: interrupts.add(1, ordering: .acquiringAndReleasing)
        case SIGUSR1: warnings.add(1, ordering: .acquiringAndReleasing)
        default: terminations.add(1, ordering: .acquiringAndReleasing)
        }
        Waker.wake(wakeDescriptor.load(ordering: .acquiring))
    }
}
