import Testing

@testable import Launching

/// What is done on hosts, scene by scene.
@Suite struct HostFleetTests {
    @Test("A host without the program gets it and works; one that has it works at once")
    func install() {
        var fleet = HostFleet(names: ["a", "b"])
        #expect(fleet.handle(.tick, at: 0) == [.begin(.check, host: 0), .begin(.check, host: 1)])
        #expect(fleet.handle(.tick, at: 1) == [])
        #expect(
            fleet.handle(.ended(host: 0, .check, status: 10, said: ""), at: 2)
                == [.note("a: copies the program."), .begin(.install, host: 0)])
        #expect(
            fleet.handle(.ended(host: 1, .check, status: 0, said: ""), at: 2)
                == [.begin(.work, host: 1)])
        #expect(
            fleet.handle(.ended(host: 0, .install, status: 0, said: ""), at: 9)
                == [.begin(.work, host: 0)])
        #expect(!fleet.isIdle)
    }

    @Test("A host that cannot be reached is tried again, ever more seldom, and told once")
    func unreachable() {
        var fleet = HostFleet(names: ["a"])
        var now = 0.0
        var pauses: [Double] = []
        var notes: [HostFleet.Command] = []
        for _ in 0..<9 {
            let failedAt = now
            while true {
                let begun = fleet.handle(.tick, at: now)
                guard begun.isEmpty else { break }
                now += 1
            }
            pauses.append(now - failedAt)
            notes += fleet.handle(
                .ended(host: 0, .check, status: 255, said: "No route to host"), at: now)
        }
        #expect(pauses.prefix(4) == [0, 1, 2, 4] && pauses.last == HostFleet.pauseMaxSeconds)
        #expect(pauses == pauses.sorted())
        #expect(
            notes == [
                .note(
                    """
                    a: the connection by ssh failed or was lost: No route to host. It is tried \
                    again.
                    """)
            ])
    }

    @Test("A lost worker is looked for again; one that had lived for long is back after a second")
    func lost() {
        var fleet = working()
        #expect(fleet.handle(.ended(host: 0, .work, status: 255, said: ""), at: 100).count == 1)
        #expect(fleet.handle(.tick, at: 100.5) == [])
        #expect(fleet.handle(.tick, at: 101) == [.begin(.check, host: 0)])
        #expect(
            fleet.handle(.ended(host: 0, .check, status: 0, said: ""), at: 101)
                == [.begin(.work, host: 0)])
        // It dies at once now, and again: twice as long each time.
        _ = fleet.handle(.ended(host: 0, .work, status: 1, said: "boom"), at: 102)
        #expect(fleet.handle(.tick, at: 103.9) == [])
        #expect(fleet.handle(.tick, at: 104) == [.begin(.check, host: 0)])
    }

    @Test("Who left in order, or was refused twice in a row, is not started again")
    func over() {
        var drained = working()
        #expect(
            drained.handle(.ended(host: 0, .work, status: 0, said: ""), at: 5)
                == [.note("a: its worker has left in order, and is not started again.")])
        #expect(drained.handle(.tick, at: 1000) == [])
        // Once: its key may have been revoked, and it is given the one that is good now.
        var refused = working()
        let said = "the coordinator refused this worker: version 1."
        #expect(
            refused.handle(.ended(host: 0, .work, status: 4, said: said), at: 5)
                == [.note("a: \(said) It is tried again.")])
        #expect(refused.handle(.tick, at: 6) == [.begin(.check, host: 0)])
        _ = refused.handle(.ended(host: 0, .check, status: 0, said: ""), at: 6)
        #expect(
            refused.handle(.ended(host: 0, .work, status: 4, said: said), at: 7)
                == [.note("a: \(said) It is not tried again.")])
        #expect(refused.handle(.tick, at: 1000) == [])
        #expect(refused.isIdle)
    }

    @Test("A worker whose key is revoked time and again is started again each time")
    func rotation() {
        var fleet = working()
        for round in 1...3 {
            let now = 100.0 * Double(round)
            _ = fleet.handle(.ended(host: 0, .work, status: 4, said: "revoked."), at: now)
            #expect(fleet.handle(.tick, at: now + 2) == [.begin(.check, host: 0)])
            _ = fleet.handle(.ended(host: 0, .check, status: 0, said: ""), at: now + 2)
        }
    }

    @Test("A worker that a signal there ended is started again, and people hear what happened")
    func terminated() {
        var fleet = working()
        #expect(
            fleet.handle(.ended(host: 0, .work, status: 130, said: ""), at: 5)
                == [.note("a: its worker was told to leave by a signal there. It is tried again.")])
        #expect(fleet.handle(.tick, at: 6) == [.begin(.check, host: 0)])
    }

    @Test("A machine that the program is not for is not filled with copies of it")
    func unfit() {
        var fleet = HostFleet(names: ["a", "b"])
        _ = fleet.handle(.tick, at: 0)
        _ = fleet.handle(.ended(host: 0, .check, status: 10, said: ""), at: 0)
        let said = "libm.so.6: version `GLIBC_2.38' not found"
        #expect(
            fleet.handle(.ended(host: 0, .install, status: 15, said: said), at: 1)
                == [
                    .note(
                        """
                        a: the program cannot be copied, or does not run there: \(said). It is \
                        not tried again.
                        """)
                ])
        _ = fleet.handle(.ended(host: 1, .check, status: 11, said: "it is a vax"), at: 1)
        #expect(fleet.handle(.tick, at: 1000) == [])
    }

    @Test("A stop drains those that work, and starts nobody any more")
    func stop() {
        var fleet = HostFleet(names: ["a", "b", "c"])
        _ = fleet.handle(.tick, at: 0)
        _ = fleet.handle(.ended(host: 0, .check, status: 0, said: ""), at: 0)
        _ = fleet.handle(.ended(host: 1, .check, status: 255, said: ""), at: 0)
        #expect(fleet.handle(.stop, at: 1) == [.drain(host: 0)])
        #expect(fleet.handle(.ended(host: 2, .check, status: 0, said: ""), at: 2) == [])
        #expect(fleet.handle(.ended(host: 0, .work, status: 0, said: ""), at: 3) == [])
        #expect(fleet.handle(.tick, at: 100) == [])
        #expect(fleet.isIdle)
    }

    private func working() -> HostFleet {
        var fleet = HostFleet(names: ["a"])
        _ = fleet.handle(.tick, at: 0)
        _ = fleet.handle(.ended(host: 0, .check, status: 0, said: ""), at: 0)
        return fleet
    }
}
