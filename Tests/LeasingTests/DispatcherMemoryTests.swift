import Testing

@testable import Leasing

@Suite("Dispatcher: memory, length, data and ends")
struct DispatcherMemoryTests {
    @Test("A trial is given where its memory fits beside what runs; a smaller one goes instead")
    func fits() throws {
        var theatre = try DispatcherTheatre(
            trials: 4, demands: Cast.demands(gibibytes: [5, 4, 2, 1]))
        try theatre.play(
            """
            > join a slots=2 memory=8 prepared
            record joined a slots=2
            record announced a 8 GiB
            a < welcome
            record leased t0#1 a
            a < train t0#1
            record leased t2#1 a
            a < train t2#1
            > a finishes t0#1
            record finished t0#1 a
            a < recorded t0
            record leased t1#1 a
            a < train t1#1
            > a finishes t2#1
            record finished t2#1 a
            a < recorded t2
            record leased t3#1 a
            a < train t3#1
            """)
    }

    @Test("What is fetched ahead has its memory set aside too, and is not fetched without")
    func ahead() throws {
        var theatre = try DispatcherTheatre(
            trials: 4, demands: Cast.demands(gibibytes: [4, 3, 3, 3]))
        try theatre.play(
            """
            > join a memory=8 prepared
            record joined a slots=1
            record announced a 8 GiB
            a < welcome
            record leased t0#1 a
            a < train t0#1
            record leased t1#1 a
            a < train t1#1
            > join b memory=5 prepared
            record joined b slots=1
            record announced b 5 GiB
            b < welcome
            record leased t2#1 b
            b < train t2#1
            """)
    }

    @Test("Workers of one machine have its memory together, also after a restart")
    func pool() throws {
        var theatre = try DispatcherTheatre(
            trials: 4, demands: Cast.demands(gibibytes: [5, 2, 2, 2]))
        try theatre.play(
            """
            > join a memory=8 pool=m prepared
            record joined a slots=1
            record announced a 8 GiB
            a < welcome
            record leased t0#1 a
            a < train t0#1
            record leased t1#1 a
            a < train t1#1
            > join b memory=8 pool=m prepared
            record joined b slots=1
            record announced b 8 GiB
            b < welcome
            > restart
            > join b memory=8 pool=m prepared
            b < welcome
            > join a memory=8 pool=m prepared leases=t0#1,t1#1
            a < welcome
            > a finishes t1#1
            record finished t1#1 a
            a < recorded t1
            record leased t2#1 b
            b < train t2#1
            """)
    }

    @Test("A trial that fits nowhere waits for a larger worker, and the summary says so")
    func outsized() throws {
        var theatre = try DispatcherTheatre(trials: 2, demands: Cast.demands(gibibytes: [16, 1]))
        try theatre.play(
            """
            > join a slots=2 memory=8 prepared
            record joined a slots=2
            record announced a 8 GiB
            a < welcome
            record leased t1#1 a
            a < train t1#1
            """)
        let waiting = try #require(theatre.dispatcher.summary.outsized)
        #expect([waiting.count, waiting.bytes, waiting.room] == [1, 16 << 30, 8 << 30])
        #expect(theatre.dispatcher.history.outsized(Cast.demands(gibibytes: [16, 1])) == waiting)
        try theatre.play(
            """
            > join b memory=64 prepared
            record joined b slots=1
            record announced b 64 GiB
            b < welcome
            record leased t0#1 b
            b < train t0#1
            """)
        #expect(theatre.dispatcher.summary.outsized == nil)
    }

    @Test("A trial that outgrew its memory is given twice as much, beside less")
    func outgrown() throws {
        var theatre = try DispatcherTheatre(trials: 2, demands: Cast.demands(gibibytes: [3, 3]))
        try theatre.play(
            """
            > join a slots=2 memory=8 prepared
            record joined a slots=2
            record announced a 8 GiB
            a < welcome
            record leased t0#1 a
            a < train t0#1
            record leased t1#1 a
            a < train t1#1
            > a fails t0#1 cap
            record failed t0#1 a cap
            > a finishes t1#1
            record finished t1#1 a
            a < recorded t1
            record leased t0#2 a
            a < train t0#2 raises=1
            """)
    }

    @Test("However much a trial outgrows, it is given what its worker has, and no more")
    func outgrowsAll() {
        var dispatcher = Dispatcher(
            document: Cast.document, history: Dispatcher.History(trials: Cast.keys(1)),
            limits: Limits(), demands: Cast.demands([Demands.Shape(bytes: 43_000_001)]),
            numericsVersion: 1, numericClass: "cpu", at: Instant(seconds: 0))
        var hello = Cast.hello("a")
        hello.resources.memoryBytes = 25_234_567_891
        let connection = ConnectionID(bytes: [1])
        var events: [Dispatcher.Event] = [.received(.hello(hello), from: connection)]
        var given = 0
        while let event = events.popLast(), given < 9 {
            for case .send(.train(let lease, _), _)
            in dispatcher.handle(event, at: Instant(seconds: 0)) {
                given += 1
                let failure = Failure(cause: .cap, message: "It is too large.")
                events.append(.received(.failed(lease, failure), from: connection))
            }
            #expect(dispatcher.brokenInvariant == nil)
        }
        #expect(given == 9)
    }

    @Test("The longest trials come first, then those of the plan's order")
    func longest() throws {
        let demands = Cast.demands([1, 8, 8.5, 100].map { Demands.Shape(work: $0) })
        var theatre = try DispatcherTheatre(trials: 4, demands: demands)
        try theatre.play(
            """
            > join a slots=4 prepared
            record joined a slots=4
            a < welcome
            record leased t3#1 a
            a < train t3#1
            record leased t1#1 a
            a < train t1#1
            record leased t2#1 a
            a < train t2#1
            record leased t0#1 a
            a < train t0#1
            """)
    }

    @Test("What was learnt changes the order: work that turns out slow comes first")
    func learns() throws {
        let fast = Demands.Shape(cell: 0, work: 10)
        let slow = Demands.Shape(cell: 1, work: 1)
        let demands = Cast.demands([fast, slow, fast, slow, fast, slow, fast, slow])
        var theatre = try DispatcherTheatre(trials: 8, demands: demands)
        // Of equal worth before: 10 s for 10 units; 100 s for one.
        try theatre.play(
            """
            > join a prepared
            record joined a slots=1
            a < welcome
            record leased t0#1 a
            a < train t0#1
            record leased t2#1 a
            a < train t2#1
            > stop
            a < done
            """)
        var dispatcher = theatre.dispatcher
        #expect(dispatcher.forecast == nil)
        var costs = CostModel()
        for _ in 0..<2 {
            costs.learn(fast, seconds: 10)
            costs.learn(slow, seconds: 100)
        }
        dispatcher = Dispatcher(
            document: Cast.document, history: Dispatcher.History(trials: Cast.keys(8)),
            limits: Limits(), demands: demands, costs: costs, numericsVersion: 1,
            numericClass: "cpu", at: Instant(seconds: 0))
        let commands = dispatcher.handle(
            .received(.hello(Cast.hello("a", slots: 8)), from: .init(bytes: [1])),
            at: Instant(seconds: 0))
        let given = commands.compactMap { command -> String? in
            if case .send(.train(let lease, _), _) = command { Cast.name(lease) } else { nil }
        }
        #expect(given == ["t1#1", "t3#1", "t5#1", "t7#1", "t0#1", "t2#1", "t4#1", "t6#1"])
        let forecast = try #require(dispatcher.forecast)
        // No trial ends before the longest could.
        #expect((80...160).contains(forecast.seconds), "\(forecast)")
        #expect(forecast.range.contains(forecast.seconds))
    }

    @Test("Of equally long trials a machine is given those whose data it has")
    func data() throws {
        let demands = Cast.demands([0, 1, 0, 1, 0, 1].map { Demands.Shape(data: $0) })
        var theatre = try DispatcherTheatre(trials: 6, demands: demands)
        try theatre.play(
            """
            > join a machine=m prepared
            record joined a slots=1
            record announced a 0 GiB
            a < welcome
            record leased t0#1 a
            a < train t0#1
            record leased t2#1 a
            a < train t2#1
            > join b machine=n prepared
            record joined b slots=1
            record announced b 0 GiB
            b < welcome
            record leased t1#1 b
            b < train t1#1
            record leased t3#1 b
            b < train t3#1
            > a finishes t0#1
            record finished t0#1 a
            a < recorded t0
            > a finishes t2#1
            record finished t2#1 a
            a < recorded t2
            record leased t4#1 a
            a < train t4#1
            """)
    }

    @Test("A worker that ends is given what comes to something before, and nothing ahead")
    func ends() throws {
        var limits = Limits()
        (limits.graceSeconds, limits.checkpointSeconds) = (10, 60)
        let long = Demands.Shape(cell: 0, work: 1000, steps: 10)
        let short = Demands.Shape(cell: 0, work: 20, steps: 1)
        var costs = CostModel()
        for _ in 0..<9 { costs.learn(short, seconds: 20) }
        var dispatcher = Dispatcher(
            document: Cast.document, history: Dispatcher.History(trials: Cast.keys(3)),
            limits: limits, demands: Cast.demands([long, short, long]), costs: costs,
            numericsVersion: 1, numericClass: "cpu", at: Instant(seconds: 0))
        func join(_ worker: String, secondsLeft: Double) -> [String] {
            var hello = Cast.hello(worker)
            hello.resources.secondsLeft = secondsLeft
            let connection = ConnectionID(bytes: Array(worker.utf8))
            let commands = dispatcher.handle(
                .received(.hello(hello), from: connection), at: Instant(seconds: 0))
            #expect(dispatcher.brokenInvariant == nil)
            return commands.compactMap { command in
                guard case .send(.train(let lease, _), _) = command else { return nil }
                return Cast.name(lease)
            }
        }
        // 5 s are left of 15 before it gives everything back, and nothing ends in those.
        #expect(join("a", secondsLeft: 15) == [])
        // An epoch of the long trial takes 100 s: two of them do not fit into 90 s, the short does.
        #expect(join("b", secondsLeft: 100) == ["t1#1"])
        // They do into 290 s: another worker goes on from there.
        #expect(join("c", secondsLeft: 300) == ["t0#1"])
    }

    @Test("Before anything is known, a worker that ends before a checkpoint is given nothing")
    func endsUnknown() throws {
        var theatre = try DispatcherTheatre(trials: 2)
        try theatre.play(
            """
            > join a left=60 prepared
            record joined a slots=1
            a < welcome
            > join b left=80 prepared
            record joined b slots=1
            b < welcome
            record leased t0#1 b
            b < train t0#1
            """)
    }
}
