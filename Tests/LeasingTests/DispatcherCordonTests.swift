import Corpora
import Planning
import Testing

@testable import Leasing

@Suite("Dispatcher: workers on which everything fails, and data that nobody can have")
struct DispatcherCordonTests {
    /// Workers that finish, or fail, all that they are given.
    private struct Cluster {
        var dispatcher: Dispatcher
        var journal: [JournalEvent] = []
        /// Why the trial fails on the worker; nil where it does not.
        let failure: (LeaseID, String) -> Failure?
        private var given: [(lease: LeaseID, worker: String)] = []
        private let now = Instant(seconds: 0)

        init(trials: Int, failing: Set<String>, needs: [Int: Set<String>] = [:]) throws {
            let shapes = (0..<trials).map { Demands.Shape(needs: needs[$0] ?? []) }
            dispatcher = try Cast.dispatcher(
                trials: trials, demands: Cast.demands(shapes), at: now)
            failure = { _, worker in
                failing.contains(worker) ? Failure(cause: .crash, message: "It crashed.") : nil
            }
        }

        /// Every fifth trial reads the one matrix, which these workers do not have.
        init(trials: Int, without workers: Set<String>) throws {
            let matrix = Digest(of: "matrix".utf8)
            let demands = Demands(
                shapes: [Demands.Shape()], shapeOfTrial: []
            ) { $0 % 5 == 0 && $1 == matrix }
            dispatcher = try Cast.dispatcher(trials: trials, demands: demands, at: now)
            let needy = Set(stride(from: 0, to: trials, by: 5).map { Cast.key($0) })
            failure = { lease, worker in
                guard workers.contains(worker), needy.contains(lease.key) else { return nil }
                return Failure(cause: .data, message: "It is damaged.", matrix: matrix)
            }
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
                handle(
                    .received(
                        failure(lease, worker).map { .failed(lease, $0) }
                            ?? .finished(lease, Cast.delivery(lease.key)),
                        from: connection(worker)))
            }
        }

        /// A person asks for new attempts at all trials.
        mutating func retry() {
            let keys = dispatcher.history.keys
            handle(.asked(.retry(keys), from: connection("person")))
        }

        var faults: Int { journal.count { if case .failed = $0 { true } else { false } } }

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
        #expect(cluster.faults == Limits().cordonTrials)
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

    @Test("Data that two workers cannot have stop what needs them at once, and no worker")
    func badData() throws {
        var cluster = try Cluster(trials: 60, without: ["a", "b"])
        cluster.join("a")
        cluster.join("b")
        cluster.work()
        let counts = cluster.dispatcher.history.counts
        #expect((counts.finished, counts.abandoned) == (48, 12))
        #expect(cluster.faults <= 4, "\(cluster.faults)")
        #expect(!cluster.journal.contains(.cordoned(a)))
        let sentence = "it needs data that could not be had on a and b"
        for (_, failure) in cluster.dispatcher.history.quarantined {
            #expect(failure.message.contains(sentence), "\(failure.message)")
            #expect(failure.message.contains("It is damaged."))
        }
    }

    @Test("Data that one worker alone cannot have are another's to read")
    func dataElsewhere() throws {
        var cluster = try Cluster(trials: 60, without: ["a"])
        cluster.join("a")
        cluster.join("b")
        cluster.work()
        #expect(cluster.dispatcher.history.counts.finished == 60)
        #expect(!cluster.journal.contains(.cordoned(a)), "One matrix is one fault.")
    }

    @Test("The only worker tries data a few times; a person's word gives them another chance")
    func dataAlone() throws {
        var cluster = try Cluster(trials: 60, without: ["a"])
        cluster.join("a")
        cluster.work(30)
        #expect(cluster.faults == Limits().attemptsMax)
        #expect(cluster.dispatcher.history.counts.abandoned == 12)
        cluster.join("b")
        cluster.leave("a")
        cluster.retry()
        cluster.work()
        #expect(cluster.dispatcher.history.counts.finished == 60)
    }
}
