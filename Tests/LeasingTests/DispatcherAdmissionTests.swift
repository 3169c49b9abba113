import Testing

@testable import Leasing

@Suite("Dispatcher: who takes part")
struct DispatcherAdmissionTests {
    @Test("A worker that joins gets the limits, the sweep and a lease for each slot")
    func join() throws {
        var theatre = try DispatcherTheatre(trials: 3)
        try theatre.play(
            """
            > join a slots=2
            record joined a slots=2
            a < welcome
            a < sweep
            record leased t0#1 a
            a < train t0#1
            record leased t1#1 a
            a < train t1#1
            """)
    }

    @Test("What an expelled worker held is given to others at once, and spends no budget")
    func expelled() throws {
        var theatre = try DispatcherTheatre(trials: 1)
        try theatre.play(
            """
            > join a prepared
            record joined a slots=1
            a < welcome
            record leased t0#1 a
            a < train t0#1
            > join b prepared
            record joined b slots=1
            b < welcome
            > expel c
            > expel a
            record returned t0#1 a
            record left a
            record leased t0#2 b
            b < train t0#2
            > a heartbeats
            a < sayHello
            """)
    }

    @Test("A worker that has the sweep already is not sent it again")
    func prepared() throws {
        var theatre = try DispatcherTheatre(trials: 1)
        try theatre.play(
            """
            > join a prepared
            record joined a slots=1
            a < welcome
            record leased t0#1 a
            a < train t0#1
            """)
    }

    @Test("A worker of another version, numerics or class is refused alone, with a sentence")
    func refusal() throws {
        var theatre = try DispatcherTheatre(trials: 1)
        try theatre.play(
            """
            > join a protocol=7
            a < refused: The worker speaks version 7 of the messages, the coordinator version 3. \
            Run the same concord on both.
            > join b numerics=2
            b < refused: The worker computes with numerics version 2, this sweep with 1. \
            Run the same concord on both.
            > join c class=gpu
            c < refused: The worker is of numeric class "gpu", this sweep of "cpu": \
            its numbers could differ.
            > join d slots=0
            d < refused: The worker offers 0 slots, but must offer between 1 and 1024.
            > join e slots=9223372036854775807
            e < refused: The worker offers 9223372036854775807 slots, but must offer between 1 \
            and 1024.
            > a heartbeats
            a < sayHello
            > join f
            record joined f slots=1
            f < welcome
            f < sweep
            record leased t0#1 f
            f < train t0#1
            """)
    }

    @Test("An unknown connection is asked for its hello, whatever it says")
    func unknown() throws {
        var theatre = try DispatcherTheatre(trials: 1)
        try theatre.play(
            """
            > a heartbeats
            a < sayHello
            > a finishes t0#1
            a < sayHello
            > refuse a t0#1
            a < sayHello
            > unreachable a
            """)
    }

    @Test("A new connection of a known worker supersedes the old one; its leases stay")
    func supersede() throws {
        var theatre = try DispatcherTheatre(trials: 1)
        try theatre.play(
            """
            > join a
            record joined a slots=1
            a < welcome
            a < sweep
            record leased t0#1 a
            a < train t0#1
            > join a prepared leases=t0#1
            a < welcome
            > a@1 heartbeats
            a@1 < sayHello
            > a@1 finishes t0#1
            a@1 < sayHello
            > a finishes t0#1
            record finished t0#1 a
            a < recorded t0
            a < done
            finished
            """)
    }

    @Test("A hello said twice on one connection takes nothing away")
    func twice() throws {
        var theatre = try DispatcherTheatre(trials: 1)
        try theatre.play(
            """
            > join a
            record joined a slots=1
            a < welcome
            a < sweep
            record leased t0#1 a
            a < train t0#1
            > join a again
            a < welcome
            a < sweep
            """)
    }

    @Test("A second hello is told too what is not the worker's: the first welcome may be lost")
    func lostSaidTwice() throws {
        var theatre = try DispatcherTheatre(trials: 2)
        try theatre.play(
            """
            > join b
            record joined b slots=1
            b < welcome
            b < sweep
            record leased t0#1 b
            b < train t0#1
            > join a leases=t0#1
            record joined a slots=1
            a < welcome without t0#1
            a < sweep
            record leased t1#1 a
            a < train t1#1
            > join a again leases=t0#1
            a < welcome without t0#1
            a < sweep
            > join a again leases=t1#1
            a < welcome
            a < sweep
            """)
    }

    @Test("A worker that comes back with other slots is counted with those")
    func otherSlots() throws {
        var theatre = try DispatcherTheatre(trials: 4)
        try theatre.play(
            """
            > join a slots=1
            record joined a slots=1
            a < welcome
            a < sweep
            record leased t0#1 a
            a < train t0#1
            record leased t1#1 a
            a < train t1#1
            > join a slots=2 leases=t0#1
            record joined a slots=2
            record returned t1#1 a
            a < welcome
            a < sweep
            record leased t1#2 a
            a < train t1#2
            """)
    }

    @Test("A worker that left in order may come back")
    func goodbye() throws {
        var theatre = try DispatcherTheatre(trials: 1)
        try theatre.play(
            """
            > join a
            record joined a slots=1
            a < welcome
            a < sweep
            record leased t0#1 a
            a < train t0#1
            > a leaves
            record returned t0#1 a
            record left a
            > join a prepared
            record joined a slots=1
            a < welcome
            record leased t0#2 a
            a < train t0#2
            """)
    }

    @Test("What people read names worker, trial and reason")
    func logs() throws {
        var limits = Limits()
        limits.attemptsMax = 1
        var theatre = try DispatcherTheatre(trials: 1, limits: limits, logs: true)
        try theatre.play(
            """
            > join a
            record joined a slots=1
            | Worker a joined with 1 slots.
            a < welcome
            a < sweep
            record leased t0#1 a
            a < train t0#1
            > a fails t0#1 crash
            record failed t0#1 a crash
            | Trial \(Cast.lease("t0#1")) failed on worker a: Cause: crash.
            record abandoned t0 crash
            | Trial \(Cast.lease("t0#1")): Quarantined after 1 faults on worker a. \
            The last: Cause: crash.
            a < done
            finished
            """)
    }
}
