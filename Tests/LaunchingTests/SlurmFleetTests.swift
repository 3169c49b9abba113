import Testing

@testable import Launching

/// How many jobs there are, scene by scene.
@Suite struct SlurmFleetTests {
    private func job(_ task: Int, _ state: SlurmJob.State, _ seconds: Double = 100) -> SlurmJob {
        SlurmJob(id: "7_\(task)", state: state, seconds: seconds)
    }

    /// A list at `now`, asked for before, with so many open trials.
    private func list(
        _ fleet: inout SlurmFleet, _ jobs: [SlurmJob], open: Int, at now: Double
    ) -> [SlurmFleet.Command] {
        #expect(fleet.handle(.tick(openTrials: open), at: now) == [.list])
        return fleet.handle(.listed(jobs), at: now)
    }

    @Test("As many workers are submitted as there is work for, and no more than allowed")
    func submits() {
        var many = SlurmFleet(jobsMax: 4, slots: 2)
        #expect(list(&many, [], open: 100, at: 0) == [.submit(4)])
        var few = SlurmFleet(jobsMax: 4, slots: 2)
        #expect(list(&few, [], open: 3, at: 0) == [.submit(2)])
        var none = SlurmFleet(jobsMax: 4, slots: 2)
        #expect(list(&none, [], open: 0, at: 0) == [])
    }

    @Test("Nothing is decided between two lists, nor while Slurm is being asked")
    func patience() {
        var fleet = SlurmFleet(jobsMax: 2, slots: 1)
        #expect(list(&fleet, [], open: 9, at: 0) == [.submit(2)])
        #expect(fleet.handle(.tick(openTrials: 9), at: 5) == [])
        #expect(fleet.handle(.submitted(array: "7"), at: 6) == [])
        // What was submitted is listed at once.
        #expect(list(&fleet, [job(1, .pending), job(2, .pending)], open: 9, at: 6) == [])
        #expect(fleet.handle(.tick(openTrials: 9), at: 15.9) == [])
        #expect(fleet.handle(.tick(openTrials: 9), at: 16) == [.list])
        #expect(fleet.handle(.tick(openTrials: 9), at: 99) == [])
    }

    @Test("Jobs of an earlier run count, and how they ended then is no news")
    func adopts() {
        var fleet = SlurmFleet(jobsMax: 3, slots: 1)
        let jobs = [
            job(1, .running), job(2, .pending), job(3, .ended("TIMEOUT")),
            job(4, .ended("CANCELLED")),
        ]
        #expect(list(&fleet, jobs, open: 9, at: 0) == [.submit(1)])
    }

    @Test("A list that cannot be had changes nothing, and is told once")
    func failedList() {
        var fleet = SlurmFleet(jobsMax: 2, slots: 1)
        #expect(list(&fleet, [job(1, .running), job(2, .running)], open: 9, at: 0) == [])
        for (now, count) in [(10.0, 1), (20, 0), (30, 0)] {
            #expect(fleet.handle(.tick(openTrials: 9), at: now) == [.list])
            #expect(fleet.handle(.listingFailed("timed out"), at: now).count == count)
        }
    }

    @Test(
        "Who ends before the work does is replaced, and people hear why",
        arguments: [
            ("TIMEOUT", "was ended by its time limit"), ("NODE_FAIL", "was lost with its node"),
            ("PREEMPTED", "was preempted"), ("OUT_OF_MEMORY", "was ended for want of memory"),
            ("COMPLETED", "has left in order, at its end or because it was asked to"),
            ("FAILED", "has failed (FAILED); its log says why"),
        ])
    func replaces(_ how: String, _ words: String) {
        var fleet = SlurmFleet(jobsMax: 2, slots: 1)
        #expect(list(&fleet, [job(1, .running), job(2, .running)], open: 9, at: 0) == [])
        let after = [job(1, .running), job(2, .ended(how), 3600)]
        #expect(
            list(&fleet, after, open: 9, at: 10)
                == [.note("Job 7_2 \(words), and is replaced."), .submit(1)])
        #expect(fleet.handle(.submitted(array: "7"), at: 10) == [])
        #expect(list(&fleet, after + [job(3, .pending)], open: 9, at: 20) == [])
    }

    @Test("A job that is put back into the queue counts on, and is not doubled")
    func requeued() {
        var fleet = SlurmFleet(jobsMax: 1, slots: 1)
        #expect(list(&fleet, [job(1, .running)], open: 9, at: 0) == [])
        #expect(list(&fleet, [job(1, .pending, 0)], open: 9, at: 10) == [])
        #expect(list(&fleet, [job(1, .running, 3)], open: 9, at: 20) == [])
    }

    @Test("A job that a person cancels is not replaced")
    func cancelled() {
        var fleet = SlurmFleet(jobsMax: 2, slots: 1)
        #expect(list(&fleet, [job(1, .running), job(2, .running)], open: 9, at: 0) == [])
        let after = [job(1, .running), job(2, .ended("CANCELLED"))]
        #expect(
            list(&fleet, after, open: 9, at: 10)
                == [.note("Job 7_2 was cancelled, and is not replaced.")])
        #expect(list(&fleet, after, open: 9, at: 20) == [])
    }

    @Test("With less work left, those are cancelled that still wait, and nobody takes it amiss")
    func shrinks() {
        var fleet = SlurmFleet(jobsMax: 4, slots: 1)
        let four = [
            job(1, .running), job(2, .running), job(3, .pending), job(4, .pending),
        ]
        #expect(list(&fleet, four, open: 9, at: 0) == [])
        #expect(list(&fleet, four, open: 3, at: 10) == [.cancel(["7_4"])])
        let three = four.dropLast() + [job(4, .ended("CANCELLED"), 0)]
        #expect(list(&fleet, Array(three), open: 1, at: 20) == [.cancel(["7_3"])])
        let two = three.prefix(2) + [job(3, .ended("CANCELLED"), 0), three[3]]
        #expect(list(&fleet, Array(two), open: 9, at: 30) == [.submit(2)])
    }

    @Test("Jobs that end at once are not submitted as fast as they end")
    func backsOff() {
        var fleet = SlurmFleet(jobsMax: 1, slots: 1)
        var ended: [SlurmJob] = []
        var submittedAt: [Double] = []
        for now in 0..<6000 {
            guard fleet.handle(.tick(openTrials: 9), at: Double(now)) == [.list] else { continue }
            let commands = fleet.handle(.listed(ended), at: Double(now))
            guard commands.contains(.submit(1)) else { continue }
            submittedAt.append(Double(now))
            #expect(fleet.handle(.submitted(array: "7"), at: Double(now)) == [])
            ended.append(job(ended.count, .ended("FAILED"), 2))
        }
        let pauses = zip(submittedAt.dropFirst(), submittedAt).map { $0 - $1 }
        #expect(pauses == pauses.sorted())
        #expect(pauses.first == 21 && pauses.last == 601)
    }

    @Test("What Slurm has taken and does not list counts, is told of once, and is not doubled")
    func unlisted() {
        var fleet = SlurmFleet(jobsMax: 4, slots: 1)
        #expect(list(&fleet, [], open: 9, at: 0) == [.submit(4)])
        #expect(fleet.handle(.submitted(array: "12"), at: 1) == [])
        var notes: [SlurmFleet.Command] = []
        for now in 1..<3600 where fleet.handle(.tick(openTrials: 9), at: Double(now)) == [.list] {
            notes += fleet.handle(.listed([]), at: Double(now))
        }
        #expect(notes.count == 1, "\(notes)")
        guard case .note(let said)? = notes.first else { return }
        #expect(said.hasPrefix("Slurm has taken job 12, and does not list it here:"))
        // Once listed, they are jobs like all others.
        let late = (1...4).map { SlurmJob(id: "12_\($0)", state: .running, seconds: 40) }
        #expect(list(&fleet, late, open: 9, at: 3610) == [])
        let gone = late.dropLast() + [
            SlurmJob(id: "12_4", state: .ended("TIMEOUT"), seconds: 90)
        ]
        #expect(list(&fleet, Array(gone), open: 9, at: 3620).contains(.submit(1)))
    }

    @Test("More jobs than an array may have are several arrays, as large as Slurm takes them")
    func largeArrays() {
        var fleet = SlurmFleet(jobsMax: 1500, slots: 1)
        #expect(list(&fleet, [], open: 9000, at: 0) == [.submit(1000)])
        let said = "sbatch: error: Batch job submission failed: Invalid job array specification"
        #expect(fleet.handle(.submissionFailed(said), at: 1) == [])
        #expect(list(&fleet, [], open: 9000, at: 1) == [.submit(500)])
        #expect(fleet.handle(.submitted(array: "8"), at: 2) == [])
        #expect(list(&fleet, [], open: 9000, at: 2) == [.submit(500)])
        #expect(fleet.handle(.submitted(array: "9"), at: 3) == [])
        #expect(list(&fleet, [], open: 9000, at: 3) == [.submit(500)])
        #expect(fleet.handle(.submitted(array: "10"), at: 4) == [])
        #expect(list(&fleet, [], open: 9000, at: 4) == [])
    }

    @Test("A stop drains all, and nobody is submitted any more")
    func stop() {
        var fleet = SlurmFleet(jobsMax: 2, slots: 1)
        #expect(fleet.handle(.tick(openTrials: 9), at: 0) == [.list])
        #expect(fleet.handle(.stop, at: 1) == [.drainAll])
        #expect(fleet.handle(.listed([]), at: 2) == [])
        #expect(fleet.handle(.tick(openTrials: 9), at: 100) == [])
    }

    @Test("Slurm that takes nobody is asked again, ever more seldom, and told once")
    func refusedSubmission() {
        var fleet = SlurmFleet(jobsMax: 1, slots: 1)
        #expect(list(&fleet, [], open: 9, at: 0) == [.submit(1)])
        let said = "sbatch: error: invalid partition specified: x"
        #expect(
            fleet.handle(.submissionFailed(said), at: 1)
                == [.note("Slurm takes no workers: \(said)")])
        #expect(list(&fleet, [], open: 9, at: 10) == [])
        #expect(list(&fleet, [], open: 9, at: 30) == [.submit(1)])
        #expect(fleet.handle(.submissionFailed(said), at: 31).count == 1)
    }
}
