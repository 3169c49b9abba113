import Planning
import Testing

@testable import Leasing

@Suite("Dispatcher: second copies at the end")
struct DispatcherTailTests {
    /// A calm cluster, in which silence is not what is tested.
    private func theatre(trials: Int) throws -> DispatcherTheatre {
        var limits = Limits()
        limits.heartbeatSeconds = 100
        limits.stepLimitSeconds = 1000
        return try DispatcherTheatre(trials: trials, limits: limits)
    }

    private func join(_ worker: String, _ trial: String? = nil) -> String {
        let lease = trial.map { "\nrecord leased \($0)#1 \(worker)\n\(worker) < train \($0)#1" }
        return """
            > join \(worker)
            record joined \(worker) slots=1
            \(worker) < welcome
            \(worker) < sweep
            """ + (lease ?? "")
    }

    @Test("When nothing waits, an idle worker takes a copy of the trial that has run the longest")
    func copy() throws {
        var theatre = try theatre(trials: 1)
        try theatre.play(
            """
            \(join("a", "t0"))
            \(join("b"))
            > a progresses t0#1 1
            > advance 29
            > advance 1
            record copied t0#2 b
            b < train t0#2
            > b progresses t0#2 1
            > a progresses t0#1 2
            > a finishes t0#1
            record finished t0#1 a
            a < recorded t0
            b < abandon t0#2
            a < done
            b < done
            finished
            """)
    }

    @Test("The second outcome is compared while its slot is not wanted; a failure leaves the other")
    func compared() throws {
        var theatre = try theatre(trials: 2)
        try theatre.play(
            """
            \(join("a", "t0"))
            \(join("b", "t1"))
            \(join("c"))
            \(join("d"))
            > advance 30
            record copied t0#2 c
            c < train t0#2
            record copied t1#2 d
            d < train t1#2
            > c progresses t0#2 1
            > a finishes t0#1
            record finished t0#1 a
            a < recorded t0
            > c progresses t0#2 2
            > c finishes t0#2
            record repeated t0#2 c equal
            c < recorded t0
            > b fails t1#1 crash
            record failed t1#1 b crash
            > restart
            > join d leases=t1#2
            d < welcome
            d < sweep
            > d finishes t1#2
            record finished t1#2 d
            d < recorded t1
            d < done
            finished
            """)
    }

    @Test("A copy of a trial that has its outcome gives way to a trial that waits")
    func surplus() throws {
        var theatre = try theatre(trials: 2)
        try theatre.play(
            """
            \(join("a", "t0"))
            \(join("b", "t1"))
            \(join("c"))
            > advance 30
            record copied t0#2 c
            c < train t0#2
            > c progresses t0#2 1
            > a finishes t0#1
            record finished t0#1 a
            a < recorded t0
            record copied t1#2 a
            a < train t1#2
            > a leaves
            record returned t1#2 a
            record left a
            > b returns t1#1
            record returned t1#1 b
            record leased t1#3 c
            c < abandon t0#2
            c < train t1#3
            """)
    }

    @Test("A worker that comes back with an expired lease was not lost: no budget is spent")
    func explained() throws {
        var theatre = try DispatcherTheatre(trials: 1)
        try theatre.play(
            """
            \(join("a", "t0"))
            > a progresses t0#1 1
            > advance 8
            record expired t0#1 a
            record left a lost
            \(join("b"))
            record leased t0#2 b
            b < train t0#2
            > join a leases=t0#1
            record joined a slots=1
            record explained t0#1 a
            a < welcome without t0#1
            a < sweep
            """)
        #expect(theatre.dispatcher.history.trials[0].lost.isEmpty)
    }
}
