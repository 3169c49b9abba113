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

@Suite("Dispatcher: workers on which everything fails")
struct DispatcherCordonTests {
    /// Workers that finish, or fail, all that they are given.
    private struct Cluster {
        var dispatcher: Dispatcher
        var journal: [JournalEvent] = []
        let failing: Set<String>
        private var given: [(lease: LeaseID, worker: String)] = []
        private let now = Instant(seconds: 0)

        init(trials: Int, failing: Set<String>, needs: [Int: Set<String>] = [:]) throws {
            let shapes = (0..<trials).map { Demands.Shape(needs: needs[$0] ?? []) }
            dispatcher = try Cast.dispatcher(
                trials: trials, demands: Cast.demands(shapes), at: now)
            self.failing = failing
        }

        mutating func join(_ worker: String, tags: Set<String> = []) {
            var hello = Cast.hello(worker)
            hello.resources.tags = tags
            handle(.received(.hello(hello), from: connection(worker)))
        }

        mutating func leave(_ worker: String) {
            given.removeAll { $0.worker == worker }
            handle(.received(.goodbye, from: connection(worker)))
        }

        /// Works off what was given, `count` trials at most.
        mutating func work(_ count: Int = 1000) {
            for _ in 0..<count where !given.isEmpty {
                let (lease, worker) = given.removeFirst()
                let failure = Failure(cause: .crash, message: "It crashed.")
                handle(
                    .received(
                        failing.contains(worker)
                            ? .failed(lease, failure)
                            : .finished(lease, Cast.delivery(lease.key)),
                        from: connection(worker)))
            }
        }

        private func connection(_ worker: String) -> ConnectionID {
            ConnectionID(bytes: Array(worker.utf8))
        }

        private mutating func handle(_ event: Dispatcher.Event) {
            for command in dispatcher.handle(event, at: now) {
                switch command {
                case .record(let event): journal.append(event)
                case .send(.train(let lease, _), let connection):
                    given.append((lease, String(decoding: connection.bytes, as: UTF8.self)))
                case .send(.abandon(let lease), _): given.removeAll { $0.lease == lease }
                case .send, .note, .keep, .answer, .finished: continue
                }
            }
            #expect(dispatcher.brokenInvariant == nil)
        }
    }

    private let a = WorkerID("a")

    @Test("A worker on which three trials fail is given no more, and no trial suffers")
    func cordon() throws {
        var cluster = try Cluster(trials: 20, failing: ["a"])
        cluster.join("a")
        cluster.join("b")
        cluster.work()
        #expect(cluster.journal.count { $0 == .cordoned(a) } == 1)
        #expect(cluster.dispatcher.history.counts.finished == 20)
        let faults = cluster.journal.count { if case .failed = $0 { true } else { false } }
        #expect(faults == Limits().cordonTrials)
    }

    @Test("A cordoned worker stays so while others wait for a tag that it does not have either")
    func cordonAndTags() throws {
        for (tags, isReleased) in [([], false), (["other"], false), (["gpu"], true)] {
            var cluster = try Cluster(trials: 20, failing: ["a"], needs: [7: ["gpu"]])
            cluster.join("a", tags: Set(tags))
            cluster.join("b")
            cluster.work(40)
            #expect(cluster.journal.contains(.cordoned(a)), "\(tags)")
            #expect(cluster.journal.contains(.released(a)) == isReleased, "\(tags)")
        }
    }

    @Test("Where everything fails everywhere, the trials are at fault, and no worker")
    func trialsAtFault() throws {
        var cluster = try Cluster(trials: 10, failing: ["a", "b"])
        cluster.join("a")
        cluster.join("b")
        cluster.work()
        #expect(cluster.dispatcher.history.counts.abandoned == 10)
    }

    @Test("The only worker is never cordoned, and a cordoned one is released when it is the last")
    func last() throws {
        var alone = try Cluster(trials: 10, failing: ["a"])
        alone.join("a")
        alone.work()
        #expect(!alone.journal.contains(.cordoned(a)))
        #expect(alone.dispatcher.history.counts.abandoned == 10)

        var pair = try Cluster(trials: 20, failing: ["a"])
        pair.join("a")
        pair.join("b")
        while !pair.journal.contains(.cordoned(a)) { pair.work(1) }
        pair.leave("b")
        #expect(pair.journal.contains(.released(a)))
    }
}
