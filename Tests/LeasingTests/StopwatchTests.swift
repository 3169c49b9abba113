import Corpora
import Leasing
import Planning
import Testing

/// Since when trials are in training, scene by scene.
@Suite struct StopwatchTests {
    private let a = WorkerID("a")
    private let b = WorkerID("b")

    private func lease(_ trial: Int, _ attempt: Int = 1) -> LeaseID {
        LeaseID(key: TrialKey(digest: Digest(of: "\(trial)".utf8)), attempt: attempt)
    }

    @Test("A slot trains one lease at a time, and the next from when that one ends")
    func slots() {
        var watch = Stopwatch()
        watch.hear(.joined(a, name: "a", slots: 2), at: 0)
        for trial in 1...3 { watch.hear(.leased(lease(trial), a), at: 10) }
        #expect(watch.elapsed(at: 15) == 10)
        watch.hearFinished(lease(2).key, at: 20)
        // The first has run for 20 s, the third for 10.
        #expect(watch.elapsed(at: 30) == 30)
        watch.hear(.returned(lease(1), a), at: 30)
        watch.hear(.failed(lease(3), a, Failure(cause: .crash, message: "")), at: 30)
        #expect(watch.elapsed(at: 99) == 0)
    }

    @Test("An outcome ends the copies too, and a worker that leaves trains nothing")
    func ends() {
        var watch = Stopwatch()
        watch.hear(.joined(a, name: "a", slots: 1), at: 0)
        watch.hear(.joined(b, name: "b", slots: 1), at: 0)
        watch.hear(.leased(lease(1), a), at: 0)
        watch.hear(.copied(lease(1, 2), b), at: 10)
        watch.hear(.leased(lease(2), b), at: 10)
        #expect(watch.elapsed(at: 20) == 30)
        watch.hear(.expired(lease(1), a), at: 20)
        #expect(watch.elapsed(at: 20) == 10)
        watch.hearFinished(lease(1).key, at: 25)
        #expect(watch.elapsed(at: 30) == 5)
        watch.hear(.left(b, lost: false), at: 30)
        #expect(watch.elapsed(at: 40) == 0)
        watch.hear(.leased(lease(3), a), at: 40)
        #expect(watch.elapsed(at: 39) == 0, "A clock that was set back takes nothing away.")
    }
}
