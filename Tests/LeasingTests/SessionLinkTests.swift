import Testing

@testable import Leasing

@Suite("Session: the coordinator comes and goes")
struct SessionLinkTests {
    @Test("Training goes on while the coordinator is away; all is handed over when it is back")
    func away() throws {
        var theatre = try SessionTheatre.atWork(slots: 3)
        try theatre.play(
            """
            > train t0#1
            start t0#1 in 0
            say progress t0#1 0
            > train t1#1
            start t1#1 in 1
            say progress t1#1 0
            > train t2#1
            start t2#1 in 2
            say progress t2#1 0
            > train t3#1
            > disconnected
            > progress t0#1 1
            > outcome t1#1
            start t3#1 in 1
            spool t1#1
            > failure t2#1
            end 2
            > advance 4
            > connected
            say hello with sweep t0#1 t3#1 t2#1 t1#1
            > welcome
            say progress t0#1 1
            say progress t3#1 0
            say failed t2#1 crash
            say finished t1#1
            > recorded t1
            unspool t1
            """)
    }

    @Test("The spool of an earlier life is handed over at the first welcome")
    func earlierLife() throws {
        var theatre = SessionTheatre(spool: ["t5#2", "t6#1"])
        try theatre.play(
            """
            > connected
            say hello t5#2 t6#1
            > welcome
            say finished t5#2
            say finished t6#1
            > recorded t6
            unspool t6
            """)
    }

    @Test("A hello without an answer: the connection is made anew, ever more patiently")
    func noAnswer() throws {
        var theatre = SessionTheatre()
        try theatre.play(
            """
            > connected
            say hello
            > advance 60
            8.2 reconnect
            24.6 reconnect
            57.4 reconnect
            > connected
            say hello
            """)
    }

    @Test("Without a connection the transport is pressed, for ever where no orphan time is set")
    func neverConnected() throws {
        var theatre = SessionTheatre()
        try theatre.play(
            """
            > advance 300
            8.2 reconnect
            24.6 reconnect
            57.4 reconnect
            122.9 reconnect
            188.5 reconnect
            254.0 reconnect
            """)
    }

    @Test("An outcome without an answer is said again, ever more patiently")
    func repeatOutcome() throws {
        var theatre = try SessionTheatre.atWork()
        try theatre.play(
            """
            > train t0#1
            start t0#1 in 0
            say progress t0#1 0
            > outcome t0#1
            spool t0#1
            say finished t0#1
            > advance 8
            2.5 say heartbeat
            5.0 say heartbeat
            7.5 say heartbeat
            > abandon t9#1
            > advance 10
            8.2 say finished t0#1
            10.7 say heartbeat
            13.2 say heartbeat
            15.7 say heartbeat
            > recorded t0
            unspool t0
            > advance 10
            18.2 say heartbeat
            20.7 say heartbeat
            23.2 say heartbeat
            25.7 say heartbeat
            """)
    }

    @Test("A coordinator that answers nothing at all is tried on a new connection")
    func silentCoordinator() throws {
        var theatre = try SessionTheatre.atWork()
        try theatre.play(
            """
            > train t0#1
            start t0#1 in 0
            say progress t0#1 0
            > outcome t0#1
            spool t0#1
            say finished t0#1
            > advance 20
            2.5 say heartbeat
            5.0 say heartbeat
            7.5 say heartbeat
            8.2 say finished t0#1
            10.7 say heartbeat
            13.2 say heartbeat
            15.7 say heartbeat
            16.4 reconnect
            > connected
            say hello with sweep t0#1
            > welcome
            say finished t0#1
            """)
    }

    @Test("A welcome without the sweep's document is asked for again")
    func noDocument() throws {
        var theatre = SessionTheatre()
        try theatre.play(
            """
            > connected
            say hello
            > welcome
            > train t0#1
            > advance 9
            2.5 say heartbeat
            5.0 say heartbeat
            7.5 say heartbeat
            8.2 reconnect
            > connected
            say hello t0#1
            """)
    }

    @Test("A coordinator that does not know the connection is told who this is")
    func sayHello() throws {
        var theatre = try SessionTheatre.atWork()
        try theatre.play(
            """
            > train t0#1
            start t0#1 in 0
            say progress t0#1 0
            > sayHello
            say hello with sweep t0#1
            > progress t0#1 2
            > welcome
            say progress t0#1 2
            > welcome
            """)
    }

    @Test("A worker whose coordinator is gone for too long ends; its spool stays")
    func orphan() throws {
        var theatre = try SessionTheatre.atWork(slots: 2, orphanSeconds: 5)
        try theatre.play(
            """
            > train t0#1
            start t0#1 in 0
            say progress t0#1 0
            > train t1#1
            start t1#1 in 1
            say progress t1#1 0
            > advance 1
            > disconnected
            > outcome t0#1
            spool t0#1
            > advance 4
            > connected
            say hello with sweep t1#1 t0#1
            > advance 2
            6.0 end 1
            6.0 leave orphaned
            > welcome
            > advance 100
            """)
    }

    @Test("A worker that is refused leaves, and says why")
    func refused() throws {
        var theatre = SessionTheatre()
        try theatre.play(
            """
            > connected
            say hello
            > refused You are too old.
            leave refused("You are too old.")
            """)
    }

    @Test("A coordinator whose limits cannot be kept is left")
    func badLimits() throws {
        var limits = Limits()
        limits.heartbeatSeconds = 0
        var theatre = SessionTheatre(limits: limits)
        _ = theatre.session.handle(.connected, at: theatre.now)
        let commands = theatre.session.handle(
            .received(
                .welcome(sweep: Cast.document.digest, limits: limits, abandoned: [])),
            at: theatre.now)
        guard case .leave(.refused(let reason)) = commands.last else {
            Issue.record("\(commands)")
            return
        }
        #expect(reason.contains("heartbeatSeconds is 0, but must lie between 0.05 and 600"))
    }
}
