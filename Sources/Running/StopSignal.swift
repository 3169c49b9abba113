import Glibc
import Synchronization

/// Ctrl-C and its kin, as a count that the loops read between two steps.
///
/// A handler may do almost nothing, so it counts and wakes the reactor through its event
/// descriptor; what a signal means is decided by the loop.
enum StopSignal {
    private static let counted = Atomic<Int>(0)
    private static let wakeDescriptor = Atomic<Int32>(-1)

    /// How often the user or the system asked for an end.
    static var count: Int { counted.load(ordering: .acquiring) }

    /// Counts SIGINT, SIGTERM and SIGHUP from now on, and writes to `descriptor` at each.
    static func watch(waking descriptor: Int32) {
        wakeDescriptor.store(descriptor, ordering: .releasing)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { _ in StopSignal.handle() }
            action.sa_flags = SA_RESTART
            sigaction(number, &action, nil)
        }
        // A trainer or terminal that is gone is found by the write's error, not by our death.
        signal(SIGPIPE, SIG_IGN)
    }

    private static func handle() {
        counted.add(1, ordering: .acquiringAndReleasing)
        var one: UInt64 = 1
        _ = write(wakeDescriptor.load(ordering: .acquiring), &one, 8)
    }
}
