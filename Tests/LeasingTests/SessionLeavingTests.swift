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
            > outcome t0#1
            spool t0#1
            > advance 10
            7.5 leave drained
            """)
    }

    @Test("A worker that is preempted gives everything back at once")
    func preempt() throws {
        var theatre = try SessionTheatre.atWork()
        try theatre.play(
            """
            > train t0#1
            start t0#1 in 0
            say progress t0#1 0
            > train t1#1
            > preempt
            end 0
            say returned t0#1 t1#1
            say goodbye
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
