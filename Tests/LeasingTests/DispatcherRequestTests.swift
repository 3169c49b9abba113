import Testing

@testable import Leasing

@Suite("Dispatcher: what a person asks")
struct DispatcherRequestTests {
    private let joined = """
        > join a
        record joined a slots=1
        a < welcome
        a < sweep
        record leased t0#1 a
        a < train t0#1
        """

    @Test("A cancelled trial is taken from its worker, and is over until somebody retries it")
    func cancel() throws {
        var theatre = try DispatcherTheatre(trials: 2)
        try theatre.play(
            """
            \(joined)
            > ask cancel t0
            record returned t0#1 a
            a < abandon t0#1
            record abandoned t0 cancelled
            done: 1 trials are cancelled.
            record leased t1#1 a
            a < train t1#1
            > ask cancel t0 t9
            not done: None of these trials is still to be done.
            > restart
            > ask retry t0 t1
            record reopened t0
            done: 1 trials get new attempts.
            > ask retry t0
            not done: None of these trials is quarantined or cancelled.
            > join a leases=t1#1
            a < welcome
            a < sweep
            > a finishes t1#1
            record finished t1#1 a
            a < recorded t1
            record leased t0#2 a
            a < train t0#2
            > ask cancel t0 t1
            record returned t0#2 a
            a < abandon t0#2
            record abandoned t0 cancelled
            done: 1 trials are cancelled.
            a < done
            finished
            > ask retry t0
            not done: The sweep has ended. Ask again in a moment.
            """)
        #expect(theatre.dispatcher.history.counts.cancelled == 1)
        #expect(theatre.dispatcher.history.counts.abandoned == 0)
    }

    @Test("A quarantined trial can be cancelled, and either gets whole budgets by a retry")
    func retry() throws {
        var limits = Limits()
        limits.attemptsMax = 1
        var theatre = try DispatcherTheatre(trials: 2, limits: limits)
        try theatre.play(
            """
            \(joined)
            > a fails t0#1 training
            record failed t0#1 a training
            record abandoned t0 training
            record leased t1#1 a
            a < train t1#1
            > ask cancel t0
            record abandoned t0 cancelled
            done: 1 trials are cancelled.
            > ask retry t0
            record reopened t0
            done: 1 trials get new attempts.
            """)
        #expect(theatre.dispatcher.history.trials[0].faults.isEmpty)
    }

    @Test("A worker that shall leave is told until it does, and gets nothing more")
    func drain() throws {
        var theatre = try DispatcherTheatre(trials: 2)
        try theatre.play(
            """
            \(joined)
            > ask drain b
            not done: No connected worker is called b. `concord status` names them.
            > ask drain a
            a < drain
            done: Worker a leaves when what it trains is done.
            > a heartbeats
            a < drain
            > a returns
            > a finishes t0#1
            record finished t0#1 a
            a < recorded t0
            > join a
            a < welcome
            a < sweep
            a < drain
            > ask drain a now
            a < drain at once
            done: Worker a leaves at once.
            > a leaves
            record left a
            > join a
            record joined a slots=1
            a < welcome
            a < sweep
            record leased t1#1 a
            a < train t1#1
            """)
    }

    @Test("Only the holder of the newest attempt has its checkpoint kept")
    func checkpointFence() throws {
        var theatre = try DispatcherTheatre(trials: 2)
        try theatre.play(
            """
            \(joined)
            > join b
            record joined b slots=1
            b < welcome
            b < sweep
            record leased t1#1 b
            b < train t1#1
            > a saves t0#1 4
            keep t0#1 4
            > b saves t0#1 9
            > a saves t1#1 9
            > a returns t0#1
            record returned t0#1 a
            > a saves t0#1 9
            """)
    }

    @Test("A trial that outgrew its memory gets more, and no budget is spent on that")
    func memory() throws {
        var theatre = try DispatcherTheatre(trials: 1)
        try theatre.play(
            """
            \(joined)
            > a fails t0#1 cap
            record failed t0#1 a cap
            record leased t0#2 a
            a < train t0#2 raises=1
            > a fails t0#2 cap
            record failed t0#2 a cap
            record leased t0#3 a
            a < train t0#3 raises=2
            > a fails t0#3 memory
            record failed t0#3 a memory
            record leased t0#4 a
            a < train t0#4 raises=2
            """)
        #expect(theatre.dispatcher.history.trials[0].faults.count == 1)
    }
}
