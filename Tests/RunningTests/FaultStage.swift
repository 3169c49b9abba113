import Foundation
import Glibc
import Testing

/// What the long tests of `cluster/test --full` share: they take minutes, and say a line a case.
enum Full {
    /// The file for lines, which `cluster/test --full` shows as they come.
    private static let lines = getenv("CONCORD_FULL").map { String(cString: $0) }
    static let isAsked = lines != nil
    static let reason: Comment = "It takes minutes: cluster/test --full runs it."

    /// Says a line at once.
    static func say(_ line: String) {
        guard let lines, let file = fopen(lines, "a") else { return }
        fputs("full: \(line)\n", file)
        fclose(file)
    }
}

/// A sweep that is disturbed again and again, and compared with a run that nobody disturbed.
///
/// Every case ends with the same command, its exit status, all trials finished, and a report that
/// is the undisturbed one byte for byte. Nothing is left running.
final class FaultStage {
    let folder: URL
    let sweep: TinySweep
    let trials = 24
    private(set) var undisturbed: [String: Data] = [:]
    private var cases = 0

    init(in folder: URL) throws {
        self.folder = folder
        // Long enough to be disturbed: some ten seconds.
        sweep = try TinySweep(in: folder, epochs: 400, seeds: 2)
        let began = Date()
        try #require(try sweep.run(store: "calm").status == 0)
        undisturbed = try sweep.report(of: "calm")
        Full.say("undisturbed: \(trials) trials, \(Self.seconds(since: began)) s")
    }

    /// Starts the sweep, disturbs it, and has it end: by itself where it still runs, else by the
    /// same command.
    func disturb(
        _ name: String, endsBy seconds: Double = 120, _ body: (DisturbedRun) throws -> Void
    ) throws {
        cases += 1
        let began = Date()
        let run = DisturbedRun(sweep: sweep, store: "case\(cases)")
        defer { run.clean() }
        try run.begin()
        try body(run)
        try #require(run.goOn(within: seconds), "\(name): the sweep does not end")
        #expect(sweep.finished(in: run.store) == trials, "\(name)")
        #expect(try sweep.report(of: run.store) == undisturbed, "\(name): the report differs")
        Full.say("\(name): \(trials) trials, same bytes, \(Self.seconds(since: began)) s")
    }

    static func seconds(since date: Date) -> String {
        String(format: "%.1f", Date().timeIntervalSince(date))
    }
}

/// A run of a sweep, and the processes that belong to it.
final class DisturbedRun {
    let sweep: TinySweep
    let store: String
    private var command: Command.Running?
    /// The exit status of a sweep that ends with trials in quarantine.
    private static let quarantined: Int32 = 3

    /// Whom to disturb.
    enum Victim: String, CaseIterable {
        case coordinator, worker, trainer, everybody
    }

    /// When: as the store and the spools show from outside.
    enum Mark: String, CaseIterable {
        case firstTrainer = "when the first trainer runs"
        case firstFinished = "when a trial is finished"
        case spooled = "when an outcome is in the spool and not recorded"
        case half = "when half of the trials are finished"
    }

    init(sweep: TinySweep, store: String) {
        self.sweep = sweep
        self.store = store
    }

    var folder: String { sweep.folder.appending(path: store).path }

    /// Starts the command, or starts it again. The store's whole path stands in the arguments of
    /// its workers, by which they are found.
    func begin(_ options: String...) throws {
        command = try sweep.start(store: folder, also: options)
    }

    /// The system's word on it: Foundation takes a killed coordinator for running until the workers
    /// that it started end too, a minute later, unless the workers find another one before.
    var coordinator: pid_t? { command.flatMap { Processes.isAlive($0.id) ? $0.id : nil } }

    /// Its workers, also those whose coordinator is gone.
    var workers: [pid_t] { Processes.ids(with: "concord work", folder) }

    var trainers: [pid_t] { workers.flatMap { Processes.children(of: $0, with: "trainer") } }

    /// The files of outcomes that no coordinator has recorded.
    var spooled: [String] {
        (0..<2).flatMap { worker -> [String] in
            let place = "\(folder)/workers/\(worker)"
            let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
            return names.filter { $0.hasSuffix(".outcome") }.map { "\(place)/\($0)" }
        }
    }

    /// Waits for the mark. At ``Mark/spooled`` the coordinator is stopped: nothing is recorded.
    func reaches(_ mark: Mark) -> Bool {
        switch mark {
        case .firstTrainer: return eventually { !trainers.isEmpty }
        case .firstFinished: return eventually { sweep.finished(in: store) >= 1 }
        case .half: return eventually { sweep.finished(in: store) >= 12 }
        case .spooled:
            guard eventually({ sweep.finished(in: store) >= 1 }) else { return false }
            signal(SIGSTOP, to: .coordinator)
            return eventually { !spooled.isEmpty }
        }
    }

    /// The processes that stand for the victim now; of several workers or trainers the first.
    func ids(of victim: Victim) -> [pid_t] {
        switch victim {
        case .coordinator: coordinator.map { [$0] } ?? []
        case .worker: Array(workers.prefix(1))
        case .trainer: Array(trainers.prefix(1))
        case .everybody: (coordinator.map { [$0] } ?? []) + workers
        }
    }

    /// Sends the signal to the victim.
    func signal(_ number: Int32, to victim: Victim) {
        for id in ids(of: victim) { kill(id, number) }
    }

    /// Lets everything that was stopped go on, and sees the sweep to its end. A trial whose trainer
    /// was killed on both workers is in quarantine, as the exit status says: it is tried again.
    ///
    /// - Returns: false when it does not end well within `seconds`.
    func goOn(within seconds: Double) -> Bool {
        for id in ids(of: .everybody) + trainers { kill(id, SIGCONT) }
        let end = Date().addingTimeInterval(seconds)
        while Date() < end {
            if let command, coordinator == nil {
                // One whose status nobody knows was killed; if not, the next ends at once.
                let status = command.isRunning ? -SIGKILL : command.wait().status
                if status == 0 { return true }
                do {
                    try status == Self.quarantined ? begin("--retry") : begin()
                } catch {
                    return false
                }
            }
            usleep(20_000)
        }
        return false
    }

    /// Waits for the command's end.
    func wait() -> Command.Result? { command?.wait() }

    /// Ends what is left, by its id, and removes the store.
    func clean() {
        if let coordinator { kill(coordinator, SIGKILL) }
        for id in workers { kill(id, SIGKILL) }
        _ = eventually { workers.isEmpty }
        try? FileManager.default.removeItem(atPath: folder)
    }
}

/// Random numbers of a seed (Steele et al. 2014), so that a case can be run again.
struct CaseRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0xD1B5_4A32_D192_ED03 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
