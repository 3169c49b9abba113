import Testing

@testable import Leasing

@Suite("Dispatcher: silence and lost words")
struct DispatcherLossTests {
    @Test("A silent worker is lost; what it had begun spends a loss, what it had not does not")
    func lost() throws {
        var theatre = try DispatcherTheatre(trials: 2)
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
            > a progresses t0#1 0
            > advance 7.4
            > a heartbeats
            > advance 7.4
            a < train t1#1
            > advance 0.2
            record expired t0#1 a
            record returned t1#1 a
            record left a lost
            """)
        #expect(theatre.dispatcher.history.trials.map(\.lost.count) == [1, 0])
    }

    @Test("A worker that was lost and comes back goes on; its loss is taken back")
    func backAgain() throws {
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
            > advance 8
            record expired t0#1 a
            record left a lost
            > a progresses t0#1 3
            a < sayHello
            > join a prepared leases=t0#1
            record joined a slots=1
            record leased t0#1 a
            a < welcome
            > a finishes t0#1
            record finished t0#1 a
            a < recorded t0
            a < done
            finished
            """)
        #expect(theatre.dispatcher.history.trials[0].lost.count == 0)
    }

    @Test("A trial whose workers are lost more than lossesMax times is quarantined")
    func lossBudget() throws {
        var limits = Limits()
        limits.lossesMax = 1
        var theatre = try DispatcherTheatre(trials: 1, limits: limits)
        try theatre.play(
            """
            > join a
            record joined a slots=1
            a < welcome
            a < sweep
            record leased t0#1 a
            a < train t0#1
            > a progresses t0#1 0
            > advance 8
            record expired t0#1 a
            record left a lost
            > join b
            record joined b slots=1
            b < welcome
            b < sweep
            record leased t0#2 b
            b < train t0#2
            > b progresses t0#2 0
            > advance 8
            record expired t0#2 b
            record abandoned t0 crash
            record left b lost
            finished
            """)
    }

    @Test("A trial that takes its worker down again and again ends in quarantine")
    func processDies() throws {
        var limits = Limits()
        limits.lossesMax = 2
        var dispatcher = try Cast.dispatcher(
            trials: 1, limits: limits, at: Instant(seconds: 0))
        let lease = Cast.lease("t0#1")
        var losses: [Int] = []
        for life in 1...4 {
            let now = Instant(seconds: Double(life))
            let connection = ConnectionID(bytes: [UInt8(life)])
            var hello = Cast.hello("a", leases: life == 1 ? [] : [lease])
            hello.name = "host:\(life)"
            _ = dispatcher.handle(.received(.hello(hello), from: connection), at: now)
            losses.append(dispatcher.history.trials[0].lost.count)
            let progress = WorkerMessage.progress(lease, Progress(epoch: 1, epochs: 9))
            _ = dispatcher.handle(.received(progress, from: connection), at: now)
            #expect(dispatcher.brokenInvariant == nil)
        }
        #expect(losses == [0, 1, 2, 3])
        #expect(dispatcher.history.quarantined.count == 1)
    }

    @Test("A process that connects anew goes on, and spends nothing")
    func processStays() throws {
        var dispatcher = try Cast.dispatcher(trials: 1, at: Instant(seconds: 0))
        let lease = Cast.lease("t0#1")
        for life in 1...4 {
            let now = Instant(seconds: Double(life))
            let connection = ConnectionID(bytes: [UInt8(life)])
            let hello = Cast.hello("a", leases: life == 1 ? [] : [lease])
            _ = dispatcher.handle(.received(.hello(hello), from: connection), at: now)
            let progress = WorkerMessage.progress(lease, Progress(epoch: 1, epochs: 9))
            _ = dispatcher.handle(.received(progress, from: connection), at: now)
        }
        #expect(dispatcher.history.trials[0].lost.count == 0)
        #expect(dispatcher.history.counts.leased == 1)
    }

    @Test("Heartbeats do not renew a lease: without progress it expires, and is tried elsewhere")
    func stalled() throws {
        var limits = Limits()
        limits.stepLimitSeconds = 10
        var theatre = try DispatcherTheatre(trials: 1, limits: limits)
        try theatre.play(
            """
            > join a
            record joined a slots=1
            a < welcome
            a < sweep
            record leased t0#1 a
            a < train t0#1
            > a progresses t0#1 0
            > advance 6
            > a progresses t0#1 1
            > advance 6
            > a heartbeats
            > advance 6
            > a heartbeats
            > advance 5.4
            > a heartbeats
            > advance 0.2
            record expired t0#1 a
            a < abandon t0#1
            record leased t0#2 a
            a < train t0#2
            """)
    }

    @Test("A lease that does not begin although a slot is free is said again")
    func unbegun() throws {
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
            > a progresses t0#1 0
            > advance 5
            > a heartbeats
            > advance 5
            > a heartbeats
            > a finishes t0#1
            record finished t0#1 a
            a < recorded t0
            > advance 6
            a < train t1#1
            """)
    }

    @Test("A coordinator that was away itself declares nobody dead")
    func asleep() throws {
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
            > sleep 600
            > tick
            > advance 7
            > a progresses t0#1 1
            > advance 7
            > advance 1
            record expired t0#1 a
            record left a lost
            """)
    }
}
