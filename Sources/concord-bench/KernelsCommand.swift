import ArgumentParser
import Foundation
import Kernels

/// `concord-bench kernels`: each kernel against the machine's limit, its scalar twin and OpenBLAS.
struct KernelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernels",
        abstract: "Measure each kernel against the machine's limit, its scalar twin and OpenBLAS.",
        discussion: """
            The limit is the longer of two times: that of the kernel's multiplications and \
            additions at the fused multiply-adds between registers that this processor does, and \
            that of reading as many bytes as the kernel must read and write. Ratios are medians \
            over rounds in which all sides take turns. OpenBLAS is compared with where it is \
            installed (on Debian, libopenblas0-serial or libopenblas0-pthread), on one thread.
            """)

    @Option(help: "Only kernels whose name contains this.") var name: String?
    @Option(help: "Rounds, at least 3.") var rounds = 7
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        if rounds < 3 { throw ValidationError("--rounds is \(rounds); it must be at least 3.") }
    }

    func run() throws {
        let all = KernelCase.all
        let cases = all.filter { kernel in name.map { kernel.name.contains($0) } ?? true }
        guard !cases.isEmpty else {
            let names = Set(all.map(\.name)).sorted().joined(separator: ", ")
            throw ValidationError("No kernel is called \(name ?? ""). There are: \(names).")
        }
        let blas = OpenBLAS(for: .current)
        let rows = cases.map { KernelMeasurement(of: $0, rounds: rounds, blas: blas) }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            return print(String(decoding: try encoder.encode(rows), as: UTF8.self))
        }
        print(KernelMeasurement.heading)
        for row in rows { print(row.line) }
        guard let blas else {
            return print(
                "OpenBLAS is not installed (on Debian: apt-get install libopenblas0-serial), so "
                    + "its column is empty.")
        }
        print("OpenBLAS: kernels for \(blas.core), one thread, operands as they are.")
        if let least = rows.compactMap(\.openBLASRatio).min() {
            print(String(format: "Its time over ours is at least %.2f×.", least))
        }
    }
}

/// What was measured of one kernel.
struct KernelMeasurement: Encodable {
    let kernel: String, shape: String, instructionSet: String
    let microseconds: Double
    /// Of the products; 0 elsewhere.
    let gigaflopsPerSecond: Double
    let gigabytesPerSecond: Double
    /// The machine's limit over the kernel's time: 1 is as fast as this processor can.
    let shareOfLimit: Double
    /// The scalar twin's time over the kernel's.
    let twinRatio: Double?
    /// OpenBLAS's time over the kernel's: above 1 ours is faster.
    let openBLASRatio: Double?

    init(of kernel: KernelCase, rounds: Int, blas: OpenBLAS?) {
        let set = InstructionSet.current
        let scalar = InstructionSet(named: "scalar")
        let hasTwin = kernel.operations <= KernelCase.twinOperationsMax
        let reading = Reading(bytes: kernel.bytes)
        var ours: [Double] = []
        var limits: [Double] = []
        var twins: [Double] = []
        var peers: [Double] = []
        for _ in 0..<rounds {
            let time = Stopwatch.secondsOfRun { kernel.run(set) }
            ours.append(time)
            let peak = Stopwatch.secondsPerOperation(set)
            limits.append(max(kernel.operations * peak, reading.seconds()) / time)
            if hasTwin, let scalar {
                twins.append(Stopwatch.secondsOfRun { kernel.run(scalar) } / time)
            }
            if let blas, let peer = kernel.peer {
                peers.append(Stopwatch.secondsOfRun { peer(blas) } / time)
            }
        }
        let seconds = ours.median
        self.kernel = kernel.name
        shape = kernel.shape
        instructionSet = set.name
        microseconds = seconds * 1e6
        gigaflopsPerSecond = kernel.operations / seconds * 1e-9
        gigabytesPerSecond = kernel.bytes / seconds * 1e-9
        shareOfLimit = limits.median
        twinRatio = twins.isEmpty ? nil : twins.median
        openBLASRatio = peers.isEmpty ? nil : peers.median
    }

    static let heading =
        "kernel              shape                    µs   GFLOP/s     GB/s  of limit  "
        + "scalar twin  OpenBLAS"

    var line: String {
        func ratio(_ value: Double?, _ width: Int) -> String {
            let text = value.map { String(format: "%.2f×", $0) } ?? "–"
            return String(repeating: " ", count: max(0, width - text.count)) + text
        }
        return kernel.padding(toLength: 20, withPad: " ", startingAt: 0)
            + shape.padding(toLength: 18, withPad: " ", startingAt: 0)
            + String(
                format: "%9.1f %9.1f %8.1f %8.0f%%", microseconds, gigaflopsPerSecond,
                gigabytesPerSecond, 100 * shareOfLimit)
            + ratio(twinRatio, 13) + ratio(openBLASRatio, 10)
    }
}

/// Reading so many bytes: two equal halves are compared.
private struct Reading {
    private let one: Arena, other: Arena

    init(bytes: Double) {
        one = Arena(count: max(16, Int(bytes / 8)))
        other = Arena(count: one.count)
    }

    func seconds() -> Double {
        Stopwatch.secondsOfRun { precondition(memcmp(one.base, other.base, 4 * one.count) == 0) }
    }
}

/// Times of code that is run as often as it takes to see them.
enum Stopwatch {
    /// Seconds of one run, over runs of together at least 10 ms after one to warm up.
    static func secondsOfRun(_ body: () -> Void) -> Double {
        body()
        var runs = 0
        let start = ContinuousClock.now
        var seconds = 0.0
        repeat {
            body()
            runs += 1
            seconds = (ContinuousClock.now - start).seconds
        } while seconds < 0.01
        return seconds / Double(runs)
    }

    /// Seconds of one addition or multiplication at the processor's fastest; 0 where it has none.
    static func secondsPerOperation(_ set: InstructionSet) -> Double {
        let start = ContinuousClock.now
        guard let done = set.multiplyAdds(operations: 1e9) else { return 0 }
        let seconds = (ContinuousClock.now - start).seconds
        return done.value.isFinite ? seconds / done.operations : 0
    }
}

extension Duration {
    /// The duration in seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

extension [Double] {
    /// The middle value.
    var median: Double { sorted()[count / 2] }
}
