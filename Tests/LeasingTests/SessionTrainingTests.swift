import Testing

@testable import Leasing

@Suite("Session: training")
struct SessionTrainingTests {
    @Test("Nothing is started before the plan is made; then a lease for each slot")
    func start() throws {
        var theatre = SessionTheatre(slots: 2)
        try theatre.play(
            """
            > connected
            say hello
            > welcome
            > train t0#1
            > train t1#1
            > train t2#1
            > sweep
            prepare
            start t0#1 in 0
            say progress t0#1 0
            start t1#1 in 1
            say progress t1#1 0
            > outcome t1#1
            start t2#1 in 1
            say progress t2#1 0
            spool t1#1
            say finished t1#1
            """)
    }

    @Test("An outcome is spooled before it is said, and unspooled when it is recorded")
    func spool() throws {
        var theatre = try SessionTheatre.atWork()
        try theatre.play(
            """
            > train t0#1
            start t0#1 in 0
            say progress t0#1 0
            > outcome t0#1
            spool t0#1
            say finished t0#1
            > outcome t0#1
            > recorded t0
            unspool t0
            > recorded t0
            """)
    }

    @Test("Progress is told with the next heartbeat, and only when there is any")
    func progress() throws {
        var theatre = try SessionTheatre.atWork()
        try theatre.play(
            """
            > advance 3
            2.5 say heartbeat
            > train t0#1
            start t0#1 in 0
            say progress t0#1 0
            > progress t0#1 1
            > progress t0#1 2
            > advance 3
            5.5 say progress t0#1 2
            > advance 3
            8.0 say heartbeat
            > progress t5#1 1
            """)
    }

    @Test("A trainer without progress for the step limit is ended, and the trial has failed")
    func stalled() throws {
        var limits = Limits()
        limits.stepLimitSeconds = 4
        var theatre = try SessionTheatre.atWork(limits: limits)
        try theatre.play(
            """
            > train t0#1
            start t0#1 in 0
            say progress t0#1 0
            > advance 3
            2.5 say heartbeat
            > progress t0#1 1
            > train t1#1
            > advance 4
            5.0 say progress t0#1 1
            7.0 end 0
            7.0 say failed t0#1 stalled
            7.0 start t1#1 in 0
            7.0 say progress t1#1 0
            > progress t0#1 2
            > failure t0#1
            """)
    }

    @Test("For a new plan what runs begins again, from its newest state")
    func newPlan() throws {
        var theatre = try SessionTheatre.atWork()
        try theatre.play(
            """
            > train t0#1
            start t0#1 in 0
            say progress t0#1 0
            > saved t0#1 3
            keep t0#1 3
            > sweep
            end 0
            prepare
            keep t0#1 3
            start t0#1 in 0 from 3
            say progress t0#1 0
            """)
    }

    @Test("A worker that was away itself blames no trainer")
    func asleep() throws {
        var theatre = try SessionTheatre.atWork()
        try theatre.play(
            """
            > train t0#1
            start t0#1 in 0
            say progress t0#1 0
            > sleep 600
            > tick
            save 0
            say heartbeat
            > progress t0#1 3
            > advance 2.5
            602.5 say progress t0#1 3
            """)
    }

    @Test("A worker that slept while its coordinator was away blames no trainer either")
    func asleepAlone() throws {
        var limits = Limits()
        limits.stepLimitSeconds = 8
        var theatre = try SessionTheatre.atWork(limits: limits)
        try theatre.play(
            """
            > train t0#1
            start t0#1 in 0
            say progress t0#1 0
            > disconnected
            > sleep 8.1
            > tick
            """)
    }

    @Test("A trainer that fails is replaced, and the next trial begins")
    func failure() throws {
        var theatre = try SessionTheatre.atWork()
        try theatre.play(
            """
            > train t0#1
            start t0#1 in 0
            say progress t0#1 0
            > train t1#1
            > failure t0#1
            end 0
            say failed t0#1 crash
            start t1#1 in 0
            say progress t1#1 0
            > failure t0#1
            """)
    }

    @Test("A lease that is taken away is ended where it runs and forgotten where it waits")
    func abandon() throws {
        var theatre = try SessionTheatre.atWork()
        try theatre.play(
            """
            > train t0#1
            start t0#1 in 0
            say progress t0#1 0
            > train t1#1
            > train t2#1
            > abandon t1#1
            > abandon t0#1
            end 0
            start t2#1 in 0
            say progress t2#1 0
            > abandon t2#2
            """)
    }

    @Test("An outcome that comes after its lease was taken away is handed over all the same")
    func lateOutcome() throws {
        var theatre = try SessionTheatre.atWork()
        try theatre.play(
            """
            > train t0#1
            start t0#1 in 0
            say progress t0#1 0
            > abandon t0#1
            end 0
            > outcome t0#1
            spool t0#1
            say finished t0#1
            """)
    }

    @Test("Train said twice begins nothing twice; a newer attempt replaces an older one")
    func trainTwice() throws {
        var theatre = try SessionTheatre.atWork()
        try theatre.play(
            """
            > train t0#2
            start t0#2 in 0
            say progress t0#2 0
            > progress t0#2 4
            > train t0#2
            say progress t0#2 4
            > train t0#1
            > train t1#1
            > train t1#2
            > train t1#1
            > train t0#3
            end 0
            start t1#2 in 0
            say progress t1#2 0
            """)
        #expect(theatre.session.waitingLeases == [Cast.lease("t0#3")])
    }

    @Test("A trial whose outcome is in the spool is handed over, not trained again")
    func trainSpooled() throws {
        var theatre = try SessionTheatre.atWork()
        try theatre.play(
            """
            > train t0#1
            start t0#1 in 0
            say progress t0#1 0
            > outcome t0#1
            spool t0#1
            say finished t0#1
            > train t0#2
            say finished t0#1
            > abandon t0#1
            > train t0#2
            start t0#2 in 0
            say progress t0#2 0
            > outcome t0#2
            spool t0#2
            say finished t0#2
            """)
    }

    @Test("What is recorded meanwhile is trained no further")
    func recordedMeanwhile() throws {
        var theatre = try SessionTheatre.atWork()
        try theatre.play(
            """
            > train t0#2
            start t0#2 in 0
            say progress t0#2 0
            > train t1#1
            > recorded t1
            > recorded t0
            end 0
            """)
    }
}
