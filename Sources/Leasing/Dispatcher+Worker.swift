import Corpora
import Planning

extension Dispatcher {
    /// A worker, as this life of the coordinator knows it.
    struct Worker: Sendable {
        var presence = Presence.gone
        /// Why it takes no new leases; nil while it takes them.
        var leaving: Leaving?
        /// When its last message came.
        var heardAt: Instant
        /// What it holds, in the order of leasing.
        var leases: [Held] = []
        /// Second copies that it still trains, of trials that have their outcome: theirs will be
        /// compared. They are ended when their slot is wanted, and count as no lease.
        var surplus: [Surplus] = []
        /// Its memory, in ``Dispatcher/pools``, and its machine, in ``Dispatcher/machines``.
        var pool = 0
        var machine: Int?
        /// When it ends, whatever it does then; nil when that is not known.
        var endsAt: Instant?
        /// Queued trials that failed on it, and on no other worker; those without tags and the
        /// least memory first.
        var suspects = Heap<Suspect>()
        /// What failed on it since it last finished a trial, and on no other.
        var blames: Set<Blame> = []
        /// An entry in ``Dispatcher/deadlines`` is its own.
        var isWatched = false

        init(heardAt: Instant) { self.heardAt = heardAt }

        /// Why a worker that is there takes no new leases.
        enum Leaving: Hashable, Sendable {
            /// It gives leases back, and said so; over with its next hello.
            case drains
            /// A person asked it to leave: it is told so until it is gone.
            case asked(atOnce: Bool)
            /// Different trials failed on it; over when it is released, or joins anew.
            case cordoned
        }

        /// Whether a worker is there.
        ///
        /// ### Legal transitions
        /// - `gone, awaited, connected → connected`: hello, on a new connection
        /// - `connected → awaited`: its connection is unreachable
        /// - `connected, awaited → gone`: goodbye, or silence for too long
        enum Presence: Hashable, Sendable {
            /// It was admitted on this connection.
            case connected(ConnectionID)
            /// It may come back: its leases are kept for it until silence has lasted too long. The
            /// state of a worker that the journal names when the coordinator starts.
            case awaited
            /// It left, or was lost; it holds nothing.
            case gone
        }

        /// It can be given leases.
        var isAvailable: Bool {
            if case .connected = presence { leaving == nil } else { false }
        }
    }

    /// What failed on a worker: a trial, or all trials that need a matrix, which count as one.
    enum Blame: Hashable, Sendable {
        case trial(Int)
        case matrix(Digest)
    }

    /// A lease in a worker's hands.
    struct Held: Hashable, Sendable {
        let trial: Int
        let attempt: Int
        /// When it was given or, later, when progress last came.
        var since: Instant
        /// How far it has come; nil while it has not begun, or is not known to have.
        var progress: Progress?
        /// When its first progress came.
        var begunAt: Instant?
        /// The memory that is set aside for it.
        var bytes = 0
    }

    /// A copy that a worker trains for comparison alone, and the memory that it has.
    struct Surplus: Hashable, Sendable {
        let lease: LeaseID
        let bytes: Int
    }

    /// A trial that failed on a worker.
    struct Suspect: Hashable, Comparable, Sendable {
        let hasNeeds: Bool
        let tier: Int
        let trial: Int

        /// One that waits for a worker with a tag holds up no other.
        static func < (a: Suspect, b: Suspect) -> Bool {
            (a.hasNeeds ? 1 : 0, a.tier, a.trial) < (b.hasNeeds ? 1 : 0, b.tier, b.trial)
        }
    }

    /// A moment to look at a worker.
    struct Deadline: Comparable, Sendable {
        let at: Instant
        let worker: Int

        static func < (a: Deadline, b: Deadline) -> Bool {
            (a.at, a.worker) < (b.at, b.worker)
        }
    }

    /// Changes what decides whether a worker takes leases, and keeps the lines right.
    mutating func change(_ worker: Int, _ body: (inout Worker) -> Void) {
        count(worker, -1)
        body(&workers[worker])
        count(worker, 1)
        line(up: worker)
    }

    private mutating func count(_ worker: Int, _ sign: Int) {
        guard workers[worker].isAvailable else { return }
        available.workers += sign
        available.slots += sign * history.workers[worker].slots
    }

    /// Puts the worker at the end of the line that it belongs into.
    mutating func line(up worker: Int) {
        idle.remove(worker)
        ready.remove(worker)
        resting.remove(worker)
        place(worker)
    }

    /// Puts the worker into the line that it belongs into; where it stands there already, it stays.
    mutating func place(_ worker: Int) {
        let slots = history.workers[worker].slots
        let count = workers[worker].leases.count
        let isAvailable = workers[worker].isAvailable
        if isAvailable, count < slots, !resting.contains(worker) {
            idle.append(worker, to: room(on: worker))
        } else {
            idle.remove(worker)
        }
        // What a worker that ends soon fetched ahead would seldom begin.
        if isAvailable, count >= slots, count < 2 * slots, workers[worker].endsAt == nil {
            ready.append(worker, to: room(on: worker))
        } else {
            ready.remove(worker)
        }
    }
}
