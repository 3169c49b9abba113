import Testing

@testable import Leasing

@Suite("Session: leaving")
struct SessionLeavingTests {
    @Test("When all is done the worker hands over, says goodbye and leaves")
    func done() throws {
        var theatre = try SessionTheatre.atWork()
        try theatre.play(
            """
            > train t0#1
            start t0#1 in 0
            say progress t0#1 0
            > train t1#1
            > outcome t0#1
            start t1#1 in 0
            say progress t1#1 0
            spool t0#1
            say finished t0#1
            > done
            say returned
            save 0
            > abandon t1#1
            end 0
            > recorded t0
            unspool t0
            say goodbye
            leave done
            > train t2#1
            """)
    }

    @Test("A worker that drains gives back what waits and finishes what runs")
    func drain() throws {
        var theatre = try SessionTheatre.atWork()
        try theatre.play(
            """
            > train t0#1
            start t0#1 in 0
            say progress t0#1 0
            > train t1#1
            > drain
            say returned t1#1
            save 0
            > saved t0#1 3
            keep t0#1 3
            say checkpoint t0#1 3
            > drain
            > train t2#1
            say returned t2#1
            > disconnected
            > connected
            say hello with sweep t0#1
            > welcome
            say returned
            say progress t0#1 0
            > outcome t0#1
            discard t0
            spool t0#1
            say finished t0#1
            > recorded t0
            unspool t0
            say goodbye
            leave drained
            """)
    }

    @Test("A worker that drains without a coordinator waits a little, and leaves its spool")
    func drainAlone() throws {
        var theatre = try SessionTheatre.atWork()
        try theatre.play(
            """
            > train t0#1
            start t0#1 in 0
            say progress t0#1 0
            > disconnected
            > drain
            save 0
            > outcome t0#1
            spool t0#1
            > advance 10
            7.5 leave drained
            """)
    }

    @Test("A worker that is preempted gives everything back, with the newest checkpoints")
    func preempt() throws {
        var theatre = try SessionTheatre.atWork(slots: 2)
        try theatre.play(
            """
            > train t0#1
            start t0#1 in 0
            say progress t0#1 0
            > train t1#1
            start t1#1 in 1
            say progress t1#1 0
            > train t2#1
            > preempt
            say returned t2#1
            save 0
            save 1
            > train t3#1
            say returned t3#1
            > saved t1#1 5
            keep t1#1 5
            say checkpoint t1#1 5
            end 1
            say returned t1#1
            > saved t0#1 4
            keep t0#1 4
            say checkpoint t0#1 4
            end 0
            say returned t0#1
            say goodbye
            leave preempted
            """)
    }

    @Test("A trainer that does not answer is waited for so long, with the state known before")
    func grace() throws {
        var theatre = try SessionTheatre.atWork(slots: 2)
        try theatre.play(
            """
            > train t0#1
            start t0#1 in 0
            say progress t0#1 0
            > train t1#1
            start t1#1 in 1
            say progress t1#1 0
            > saved t0#1 2
            keep t0#1 2
            > leave at once
            say returned
            save 0
            save 1
            > advance 10
            2.5 say heartbeat
            5.0 say heartbeat
            7.5 say heartbeat
            10.0 say checkpoint t0#1 2
            10.0 end 0
            10.0 end 1
            10.0 say returned t0#1 t1#1
            10.0 say goodbye
            10.0 leave drained
            """)
    }

    @Test("Preempted again, it does not wait; what is not told stays on disk")
    func preemptTwice() throws {
        var theatre = try SessionTheatre.atWork()
        try theatre.play(
            """
            > train t0#1
            start t0#1 in 0
            say progress t0#1 0
            > saved t0#1 2
            keep t0#1 2
            > disconnected
            > preempt
            save 0
            > preempt
            end 0
            leave preempted
            """)
    }

    @Test("An outcome that the coordinator does not want keeps nobody from leaving")
    func unwanted() throws {
        var theatre = SessionTheatre(spool: ["t5#2"])
        try theatre.play(
            """
            > connected
            say hello t5#2
            > welcome
            say finished t5#2
            > abandon t5#2
            > done
            say returned
            say goodbye
            leave done
            """)
    }
}
