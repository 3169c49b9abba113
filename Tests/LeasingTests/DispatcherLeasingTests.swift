import Testing

@testable import Leasing

@Suite("Dispatcher: who works on what")
struct DispatcherLeasingTests {
    @Test("Trials go out in order, worker after worker, idle slots before fetching ahead")
    func order() throws {
        var theatre = try DispatcherTheatre(trials: 6)
        try theatre.play(
            """
            > join a
            record joined a slots=1
            a < welcome
            a < sweep
            record leased t0#1 a
            a < train t0#1
            record leased t1#1 a
            a < train t1#1
            > join b
            record joined b slots=1
            b < welcome
            b < sweep
            record leased t2#1 b
            b < train t2#1
            record leased t3#1 b
            b < train t3#1
            > a finishes t0#1
            record finished t0#1 a
            a < recorded t0
            """)
    }

    @Test("At the end nobody fetches ahead: the last trials wait for whoever is free first")
    func tail() throws {
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
            > join b
            record joined b slots=1
            b < welcome
            b < sweep
            record leased t2#1 b
            b < train t2#1
            > b finishes t2#1
            record finished t2#1 b
            b < recorded t2
            > a finishes t0#1
            record finished t0#1 a
            a < recorded t0
            > a finishes t1#1
            record finished t1#1 a
            a < recorded t1
            a < done
            b < done
            finished
            > b heartbeats
            b < done
            """)
    }

    @Test("An outcome of the current attempt counts; said again it is acknowledged, not recorded")
    func resent() throws {
        var theatre = try DispatcherTheatre(trials: 1)
        try theatre.play(
            """
            > join a
            record joined a slots=1
            a < welcome
            a < sweep
            record leased t0#1 a
            a < train t0#1
            > a finishes t0#1
            record finished t0#1 a
            a < recorded t0
            a < done
            finished
            > a finishes t0#1
            a < recorded t0
            """)
    }

    @Test("A late outcome of an expired lease counts, and the new holder is told to stop")
    func late() throws {
        var theatre = try DispatcherTheatre(trials: 1)
        try theatre.play(
            """
            > join a
            record joined a slots=1
            a < welcome
            a < sweep
            record leased t0#1 a
            a < train t0#1
            > a progresses t0#1 0
            > advance 5
            > join b
            record joined b slots=1
            b < welcome
            b < sweep
            > advance 3
            record expired t0#1 a
            record left a lost
            record leased t0#2 b
            b < train t0#2
            > a finishes t0#1
            a < sayHello
            > join a prepared leases=t0#1
            record joined a slots=1
            record explained t0#1 a
            a < welcome without t0#1
            > a finishes t0#1
            record finished t0#1 a
            b < abandon t0#2
            a < recorded t0
            a < done
            b < done
            finished
            """)
    }

    @Test("The outcome that comes second is compared byte for byte with the first, once")
    func repeated() throws {
        var theatre = try DispatcherTheatre(trials: 2)
        try theatre.play(
            """
            > join a
            record joined a slots=1
            a < welcome
            a < sweep
            record leased t0#1 a
            a < train t0#1
            > join b
            record joined b slots=1
            b < welcome
            b < sweep
            record leased t1#1 b
            b < train t1#1
            > b finishes t0#9
            record finished t0#9 b
            a < abandon t0#1
            b < recorded t0
            > a finishes t0#1
            record repeated t0#1 a equal
            a < recorded t0
            > a finishes t0#1
            a < recorded t0
            > a finishes t0#2 wrongly
            record repeated t0#2 a DIFFERENT
            a < recorded t0
            """)
    }

    @Test("An outcome that the sweep does not plan is not wanted, and disturbs nothing")
    func unplanned() throws {
        var theatre = try DispatcherTheatre(trials: 1)
        try theatre.play(
            """
            > join a
            record joined a slots=1
            a < welcome
            a < sweep
            record leased t0#1 a
            a < train t0#1
            > a finishes t7#1
            a < abandon t7#1
            > refuse a t7#1
            a < abandon t7#1
            > a progresses t7#1 3
            a < abandon t7#1
            """)
    }

    @Test("Progress of a lease that is not the worker's is answered with abandon")
    func fencedProgress() throws {
        var theatre = try DispatcherTheatre(trials: 2)
        try theatre.play(
            """
            > join a
            record joined a slots=1
            a < welcome
            a < sweep
            record leased t0#1 a
            a < train t0#1
            > join b
            record joined b slots=1
            b < welcome
            b < sweep
            record leased t1#1 b
            b < train t1#1
            > b progresses t0#1 4
            b < abandon t0#1
            > a progresses t0#2 4
            a < abandon t0#2
            > a progresses t0#1 4
            """)
        let leases = theatre.dispatcher.summary.workers.flatMap(\.leases)
        #expect(leases.map(\.progress) == [Progress(epoch: 4, epochs: 9), nil])
    }

    @Test("A worker that returns leases drains: it gets no more before its next hello")
    func drain() throws {
        var theatre = try DispatcherTheatre(trials: 3)
        try theatre.play(
            """
            > join a
            record joined a slots=1
            a < welcome
            a < sweep
            record leased t0#1 a
            a < train t0#1
            record leased t1#1 a
            a < train t1#1
            > a returns t1#1 t2#1
            record returned t1#1 a
            > a finishes t0#1
            record finished t0#1 a
            a < recorded t0
            > a leaves
            record left a
            > join a prepared
            record joined a slots=1
            a < welcome
            record leased t1#2 a
            a < train t1#2
            """)
    }

    @Test("After stop nothing is given; the shell may close when no worker holds anything")
    func stop() throws {
        var theatre = try DispatcherTheatre(trials: 3)
        try theatre.play(
            """
            > join a
            record joined a slots=1
            a < welcome
            a < sweep
            record leased t0#1 a
            a < train t0#1
            record leased t1#1 a
            a < train t1#1
            > stop
            a < done
            > stop
            > a returns t1#1
            record returned t1#1 a
            > join b
            record joined b slots=1
            b < welcome
            b < sweep
            b < done
            > a finishes t0#1
            record finished t0#1 a
            a < recorded t0
            finished
            """)
    }

    @Test("A sweep without an open trial ends at the first tick")
    func nothingToDo() throws {
        var theatre = try DispatcherTheatre(trials: 0)
        #expect(theatre.dispatcher.nextDeadline == Instant(seconds: 0))
        try theatre.play(
            """
            > advance 1
            finished
            > join a
            record joined a slots=1
            a < welcome
            a < sweep
            a < done
            """)
    }
}
