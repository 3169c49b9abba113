import ArgumentParser
import Dispatch
import Foundation
import Glibc
import Simulating
import Synchronization

/// `concord-bench simulate`: whole clusters in virtual time, one a seed, with all that can fail.
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Simulate clusters that fail in every way, and check what must hold.",
        discussion: """
            Each seed is a whole cluster in virtual time. A seed that breaks an invariant is \
            printed with the command that runs it again, exactly; the exit status is then 1.
            """)

    @Option(help: "How many seeds to run.")
    var seeds = 2000

    @Option(help: "The first of them.")
    var first = 0

    @Option(help: "Run this one seed.")
    var seed: Int?

    @Flag(help: "Print every step of it.")
    var steps = false

    @Option(help: "Break this rule on purpose, to see what notices it.")
    var breaking: Break?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard seeds > 0 else { throw ValidationError("--seeds must be at least 1.") }
        guard seed != nil || !steps else { throw ValidationError("--steps needs --seed.") }
    }

    func run() throws {
        let started = DispatchTime.now().uptimeNanoseconds
        let range = seed.map { $0..<($0 + 1) } ?? first..<(first + seeds)
        let verdicts = SeedRun(range, breaking: breaking, showsSteps: steps).verdicts()
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9
        let summary = SimulationSummary(verdicts, breaking: breaking, seconds: seconds)
        print(json ? try summary.json() : summary.text)
        if !summary.violations.isEmpty { throw ExitCode.failure }
    }
}

extension Break: ExpressibleByArgument {}

/// Seeds on all cores. A trap in a state machine ends the process; it says then which seeds ran.
private struct SeedRun {
    let range: Range<Int>
    let breaking: Break?
    let showsSteps: Bool
    private static let threads = min(64, max(1, ProcessInfo.processInfo.activeProcessorCount))
    /// What each thread runs, for the handler of a trap; -1 where it runs nothing. A thread writes
    /// its own place only.
    private nonisolated(unsafe) static let running =
        UnsafeMutablePointer<Int>.allocate(capacity: 64)

    init(_ range: Range<Int>, breaking: Break?, showsSteps: Bool) {
        self.range = range
        self.breaking = breaking
        self.showsSteps = showsSteps
    }

    func verdicts() -> [Verdict] {
        Self.running.initialize(repeating: -1, count: 64)
        for number in [SIGILL, SIGTRAP, SIGSEGV] { signal(number) { Self.confess($0) } }
        let next = Atomic(range.lowerBound)
        let found = Mutex<[Verdict]>([])
        DispatchQueue.concurrentPerform(iterations: min(Self.threads, range.count)) { thread in
            while true {
                let seed = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard range.contains(seed) else { return }
                Self.running[thread] = seed
                let simulation = Simulation(
                    seed: seed, breaking: breaking, narrate: showsSteps ? { print($0) } : nil)
                let verdict = simulation.run()
                found.withLock { $0.append(verdict) }
            }
        }
        return found.withLock { $0.sorted { $0.seed < $1.seed } }
    }

    private static func confess(_ number: Int32) {
        for thread in 0..<threads where running[thread] >= 0 {
            let line = "concord-bench: the process traps; a seed that ran: \(running[thread])\n"
            _ = line.withCString { write(2, $0, strlen($0)) }
        }
        signal(number, SIG_DFL)
        raise(number)
    }
}
