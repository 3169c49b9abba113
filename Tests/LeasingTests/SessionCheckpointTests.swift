import Testing

@testable import Leasing

@Suite("Session: checkpoints")
struct SessionCheckpointTests {
    @Test("A trainer is asked for its state every so many seconds, and the newest is kept")
    func periodic() throws {
        var limits = Limits()
        limits.checkpointSeconds = 4
        var theatre = try SessionTheatre.atWork(limits: limits)
        try theatre.play(
            """
            > train t0#1
            start t0#1 in 0
            say progress t0#1 0
            > advance 4
            2.5 say heartbeat
            4.0 save 0
            > saved t0#1 1
            keep t0#1 1
            > saved t0#2 9
            > saved t1#1 9
            > advance 4
            5.0 say heartbeat
            7.5 say heartbeat
            8.0 save 0
            > saved t0#1 2
            keep t0#1 2
            > outcome t0#1
            discard t0
            spool t0#1
            say finished t0#1
            """)
    }

    @Test("What a trainer that crashed, hung or took too long has left is told before the failure")
    func crash() throws {
        var theatre = try SessionTheatre.atWork()
        try theatre.play(
            """
            > train t0#1
            start t0#1 in 0
            say progress t0#1 0
            > saved t0#1 7
            keep t0#1 7
            > failure t0#1
            end 0
            say checkpoint t0#1 7
            say failed t0#1 crash
            discard t0
            > train t0#2 from 7
            keep t0#2 7
            start t0#2 in 0 from 7
            say progress t0#2 0
            > disconnected
            > failure t0#2
            end 0
            > connected
            say hello with sweep t0#2
            > welcome
            say checkpoint t0#2 7
            say failed t0#2 crash
            discard t0
            """)
    }

    @Test("A worker that was killed goes on with its leases from the states on its disk")
    func killedWorker() throws {
        var theatre = SessionTheatre(slots: 1, checkpoints: [("t0#1", 5), ("t1#1", 3)])
        try theatre.play(
            """
            > connected
            say hello t0#1 t1#1
            > welcome without t1#1
            discard t1
            > sweep
            prepare
            keep t0#1 5
            start t0#1 in 0 from 5
            say progress t0#1 0
            > outcome t0#1
            discard t0
            spool t0#1
            say finished t0#1
            """)
    }

    @Test("Of its own state and the coordinator's a worker takes the newer")
    func newer() throws {
        var theatre = SessionTheatre(slots: 1, checkpoints: [("t0#1", 5)])
        try theatre.play(
            """
            > connected
            say hello t0#1
            > welcome
            > train t0#3 from 8
            > sweep
            prepare
            keep t0#3 8
            start t0#3 in 0 from 8
            say progress t0#3 0
            > saved t0#3 9
            keep t0#3 9
            > train t0#4 from 8
            end 0
            keep t0#4 9
            start t0#4 in 0 from 9
            say progress t0#4 0
            """)
    }

    @Test("An attempt that takes longer than a trial may is ended")
    func wallLimit() throws {
        var limits = Limits()
        limits.wallLimitSeconds = 6
        var theatre = try SessionTheatre.atWork(limits: limits)
        try theatre.play(
            """
            > train t0#1
            start t0#1 in 0
            say progress t0#1 0
            > advance 4
            2.5 say heartbeat
            > progress t0#1 3
            > advance 2
            5.0 say progress t0#1 3
            6.0 end 0
            6.0 say failed t0#1 wall
            """)
    }
}
