import Testing

@testable import Leasing

@Suite("Dispatcher: tags that trials need")
struct DispatcherTagsTests {
    private func theatre(_ needs: [Set<String>]) throws -> DispatcherTheatre {
        var limits = Limits()
        limits.tailSeconds = 1
        return try DispatcherTheatre(
            trials: needs.count, limits: limits,
            demands: Cast.demands(needs.map { Demands.Shape(needs: $0) }))
    }

    @Test("A trial is given to a worker that has all of its tags; others pass it over")
    func tags() throws {
        var theatre = try theatre([["x", "y"], ["x"], []])
        try theatre.play(
            """
            > join a prepared
            record joined a slots=1
            a < welcome
            record leased t2#1 a
            a < train t2#1
            > join b tags=x prepared
            record joined b slots=1
            record announced b 0 GiB x
            b < welcome
            record leased t1#1 b
            b < train t1#1
            > a finishes t2#1
            record finished t2#1 a
            a < recorded t2
            > join c tags=x,y,z prepared
            record joined c slots=1
            record announced c 0 GiB x y z
            c < welcome
            record leased t0#1 c
            c < train t0#1
            """)
    }

    @Test("What waits for tags that nobody has is told, until somebody has them")
    func untagged() throws {
        let needs: [Set<String>] = [[], ["y", "x"], ["y"]]
        var theatre = try theatre(needs)
        try theatre.play(
            """
            > join a tags=x prepared
            record joined a slots=1
            record announced a 0 GiB x
            a < welcome
            record leased t0#1 a
            a < train t0#1
            """)
        let waiting = try #require(theatre.dispatcher.summary.untagged)
        #expect(waiting.count == 2 && waiting.needs == ["x", "y"])
        let demands = Cast.demands(needs.map { Demands.Shape(needs: $0) })
        #expect(theatre.dispatcher.history.untagged(demands) == waiting)
        try theatre.play(
            """
            > join b slots=2 tags=y prepared
            record joined b slots=2
            record announced b 0 GiB y
            b < welcome
            record leased t2#1 b
            b < train t2#1
            """)
        #expect(theatre.dispatcher.summary.untagged?.count == 1)
        // The same worker, started again with another tag too.
        try theatre.play(
            """
            > join b slots=2 tags=x,y prepared leases=t2#1
            record announced b 0 GiB x y
            b < welcome
            record leased t1#1 b
            b < train t1#1
            """)
        #expect(theatre.dispatcher.summary.untagged == nil)
    }

    @Test("A trial that failed goes to another worker with its tags, and back where there is none")
    func failed() throws {
        var theatre = try theatre([["x"]])
        try theatre.play(
            """
            > join a prepared
            record joined a slots=1
            a < welcome
            > join b prepared
            record joined b slots=1
            b < welcome
            > join c tags=x prepared
            record joined c slots=1
            record announced c 0 GiB x
            c < welcome
            record leased t0#1 c
            c < train t0#1
            > c fails t0#1 training
            record failed t0#1 c training
            record leased t0#2 c
            c < train t0#2
            > join d tags=x prepared
            record joined d slots=1
            record announced d 0 GiB x
            d < welcome
            > c fails t0#2 training
            record failed t0#2 c training
            record leased t0#3 d
            d < train t0#3
            """)
    }

    @Test("A second copy goes to a worker with the tags, and to no other")
    func copies() throws {
        var theatre = try theatre([["x"]])
        try theatre.play(
            """
            > join a tags=x prepared
            record joined a slots=1
            record announced a 0 GiB x
            a < welcome
            record leased t0#1 a
            a < train t0#1
            > join b prepared
            record joined b slots=1
            b < welcome
            > a progresses t0#1 1
            > advance 2
            > b heartbeats
            > join c tags=x prepared
            record joined c slots=1
            record announced c 0 GiB x
            c < welcome
            record copied t0#2 c
            c < train t0#2
            """)
    }
}
