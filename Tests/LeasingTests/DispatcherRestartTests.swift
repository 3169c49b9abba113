import Planning
import Testing

@testable import Leasing

@Suite("Dispatcher: a coordinator that is started again")
struct DispatcherRestartTests {
    @Test("Leases are kept for their workers, which go on with them")
    func reattach() throws {
        var theatre = try DispatcherTheatre(trials: 2)
        try theatre.play(
            """
            > join a
            record joined a slots=1
            a < welcome
            a < sweep
            record leased t0#1 a
            a < train t0#1
            > a progresses t0#1 5
            > restart
            > join b
            record joined b slots=1
            b < welcome
            b < sweep
            record leased t1#1 b
            b < train t1#1
            > a heartbeats
            a < sayHello
            > join a again prepared leases=t0#1
            a < welcome
            > advance 6
            > a progresses t0#1 6
            > b heartbeats
            > advance 6
            b < train t1#1
            > a finishes t0#1
            record finished t0#1 a
            a < recorded t0
            """)
    }

    @Test("Leases of workers that do not come back go out again, and spend nothing")
    func notBack() throws {
        var theatre = try DispatcherTheatre(trials: 1)
        try theatre.play(
            """
            > join a
            record joined a slots=1
            a < welcome
            a < sweep
            record leased t0#1 a
            a < train t0#1
            > a progresses t0#1 5
            > restart
            > join b
            record joined b slots=1
            b < welcome
            b < sweep
            > advance 5
            > b heartbeats
            > advance 3
            record returned t0#1 a
            record left a lost
            record leased t0#2 b
            b < train t0#2
            > join a prepared leases=t0#1
            record joined a slots=1
            a < welcome without t0#1
            """)
        #expect(theatre.dispatcher.history.trials[0].lost.count == 0)
    }

    @Test("A worker that is back without a lease gives it up at once")
    func leaseDidNotArrive() throws {
        var theatre = try DispatcherTheatre(trials: 1)
        try theatre.play(
            """
            > join a
            record joined a slots=1
            a < welcome
            a < sweep
            record leased t0#1 a
            a < train t0#1
            > restart
            > join a prepared
            record returned t0#1 a
            a < welcome
            record leased t0#2 a
            a < train t0#2
            """)
    }

    @Test("A queued trial whose worker still trains its newest attempt is taken up again")
    func takenUp() throws {
        var theatre = try DispatcherTheatre(trials: 1)
        try theatre.play(
            """
            > join a
            record joined a slots=1
            a < welcome
            a < sweep
            record leased t0#1 a
            a < train t0#1
            > restart
            > advance 8
            record returned t0#1 a
            record left a lost
            > join a prepared leases=t0#1
            record joined a slots=1
            record leased t0#1 a
            a < welcome
            """)
    }

    @Test("Nobody takes up an attempt that was another's, that failed, or that never was")
    func notTakenUp() throws {
        var theatre = try DispatcherTheatre(trials: 1)
        try theatre.play(
            """
            > join a
            record joined a slots=1
            a < welcome
            a < sweep
            record leased t0#1 a
            a < train t0#1
            > stop
            a < done
            > a returns t0#1
            record returned t0#1 a
            finished
            > join b leases=t0#1,t0#2,t9#1
            record joined b slots=1
            b < welcome without t0#1 t0#2 t9#1
            b < sweep
            b < done
            """)
    }

    @Test("What is finished or abandoned is not given out again")
    func done() throws {
        var limits = Limits()
        limits.attemptsMax = 1
        var theatre = try DispatcherTheatre(trials: 3, limits: limits)
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
            > a finishes t0#1
            record finished t0#1 a
            a < recorded t0
            > a fails t1#1 data
            record failed t1#1 a data
            record abandoned t1 data
            record leased t2#1 a
            a < train t2#1
            > restart
            > join a leases=t0#1,t1#1,t2#1 prepared
            a < welcome without t0#1 t1#1
            > a finishes t2#1
            record finished t2#1 a
            a < recorded t2
            a < done
            finished
            > restart
            > tick
            finished
            """)
    }

    @Test("A journal that ends between the second fault and the quarantine ends in quarantine")
    func tornQuarantine() throws {
        let failure = Failure(cause: .crash, message: "It crashed.")
        let (a, b) = (WorkerID("a"), WorkerID("b"))
        let journal: [JournalEvent] = [
            .joined(a, name: "a", slots: 1), .joined(b, name: "b", slots: 1),
            .leased(Cast.lease("t0#1"), a), .failed(Cast.lease("t0#1"), a, failure),
            .leased(Cast.lease("t0#2"), b), .failed(Cast.lease("t0#2"), b, failure),
        ]
        let start = Instant(seconds: 0)
        var dispatcher = try Cast.dispatcher(trials: 1, journal: journal, at: start)
        let connection = ConnectionID(bytes: [1])
        let commands = dispatcher.handle(
            .received(.hello(Cast.hello("c")), from: connection), at: start)
        #expect(commands.contains { if case .record(.abandoned) = $0 { true } else { false } })
        #expect(commands.last == .finished)
    }

    @Test("Workers that were there are awaited, and recorded as lost when they do not come")
    func awaited() throws {
        var theatre = try DispatcherTheatre(trials: 1)
        try theatre.play(
            """
            > join a
            record joined a slots=1
            a < welcome
            a < sweep
            record leased t0#1 a
            a < train t0#1
            > unreachable a
            > advance 7
            > restart
            """)
        let worker = try #require(theatre.dispatcher.summary.workers.first)
        #expect(!worker.isConnected && worker.leases.map(\.lease) == [Cast.lease("t0#1")])
        try theatre.play(
            """
            > advance 7
            > advance 1
            record returned t0#1 a
            record left a lost
            """)
        #expect(theatre.dispatcher.summary.workers.isEmpty)
    }
}
