import Testing

@testable import Leasing

@Suite("Dispatcher: failures of trials")
struct DispatcherFailureTests {
    @Test("A failure is tried on another worker; faults on two workers are quarantine")
    func twoWorkers() throws {
        var theatre = try DispatcherTheatre(trials: 4)
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
            > a fails t0#1 crash
            record failed t0#1 a crash
            > a finishes t1#1
            record finished t1#1 a
            a < recorded t1
            record leased t3#1 a
            a < train t3#1
            > a finishes t3#1
            record finished t3#1 a
            a < recorded t3
            > b finishes t2#1
            record finished t2#1 b
            b < recorded t2
            record leased t0#2 b
            b < train t0#2
            > b fails t0#2 training
            record failed t0#2 b training
            record abandoned t0 training
            a < done
            b < done
            finished
            """)
    }

    @Test("Where there is one worker, a trial has attemptsMax attempts, after all other trials")
    func oneWorker() throws {
        var theatre = try DispatcherTheatre(trials: 2)
        try theatre.play(
            """
            > join a
            record joined a slots=1
            a < welcome
            a < sweep
            record leased t0#1 a
            a < train t0#1
            > a fails t0#1 memory
            record failed t0#1 a memory
            record leased t1#1 a
            a < train t1#1
            > a finishes t1#1
            record finished t1#1 a
            a < recorded t1
            record leased t0#2 a
            a < train t0#2
            > a fails t0#2 memory
            record failed t0#2 a memory
            record leased t0#3 a
            a < train t0#3
            > a fails t0#3 memory
            record failed t0#3 a memory
            record abandoned t0 memory
            a < done
            finished
            """)
    }

    @Test("A trial waits for another worker while one is there, and no longer")
    func otherWorkerLeaves() throws {
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
            > a fails t0#1 stalled
            record failed t0#1 a stalled
            > b returns
            record leased t0#2 a
            a < train t0#2
            """)
    }

    @Test("A failure of an older attempt, or of another worker, changes nothing")
    func fencedFailure() throws {
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
            > a fails t0#1 crash
            record failed t0#1 a crash
            > a fails t0#1 crash
            > b finishes t1#1
            record finished t1#1 b
            b < recorded t1
            record leased t0#2 b
            b < train t0#2
            > a fails t0#1 crash
            > a fails t0#2 crash
            > a returns t0#1 t0#2
            """)
        #expect(theatre.dispatcher.history.trials[0].faults.count == 1)
    }

    @Test("An outcome with bad bytes is a fault of its lease; of a stale one it is only logged")
    func refusedOutcome() throws {
        var theatre = try DispatcherTheatre(trials: 1)
        try theatre.play(
            """
            > join a
            record joined a slots=1
            a < welcome
            a < sweep
            record leased t0#1 a
            a < train t0#1
            > refuse a t0#1
            record failed t0#1 a training
            a < abandon t0#1
            record leased t0#2 a
            a < train t0#2
            > refuse a t0#1
            a < abandon t0#1
            """)
    }

    @Test("A valid outcome lifts the quarantine")
    func outcomeAfterQuarantine() throws {
        var limits = Limits()
        limits.attemptsMax = 1
        var theatre = try DispatcherTheatre(trials: 2, limits: limits)
        try theatre.play(
            """
            > join a
            record joined a slots=1
            a < welcome
            a < sweep
            record leased t0#1 a
            a < train t0#1
            > a fails t0#1 data
            record failed t0#1 a data
            record abandoned t0 data
            record leased t1#1 a
            a < train t1#1
            > a finishes t0#1
            record finished t0#1 a
            a < recorded t0
            """)
        #expect(theatre.dispatcher.history.counts.abandoned == 0)
    }
}
