import Foundation
import Simulating

/// What a run of many seeds came to.
struct SimulationSummary {
    let seeds: Int
    let first: Int
    let breaking: Break?
    let violations: [Verdict]
    let steps: Int
    let virtualSeconds: Double
    let seconds: Double
    /// How often each kind of event and fault was seen.
    let happened: [String: Int]

    init(_ verdicts: [Verdict], breaking: Break?, seconds: Double) {
        self.breaking = breaking
        seeds = verdicts.count
        first = verdicts.first?.seed ?? 0
        violations = verdicts.filter { $0.violation != nil }
        steps = verdicts.reduce(0) { $0 + $1.steps }
        virtualSeconds = verdicts.reduce(0) { $0 + $1.seconds }
        self.seconds = seconds
        happened = verdicts.reduce(into: [:]) { sum, verdict in
            sum.merge(verdict.happened, uniquingKeysWith: +)
        }
    }

    private func replay(_ seed: Int) -> String {
        "concord-bench simulate --seed \(seed) --steps"
            + (breaking.map { " --breaking \($0.rawValue)" } ?? "")
    }

    var text: String {
        var lines = violations.prefix(20).map { verdict in
            "seed \(verdict.seed): \(verdict.violation!)\n    \(replay(verdict.seed))"
        }
        let width = happened.keys.map(\.count).max() ?? 0
        for (name, count) in happened.sorted(by: { $0.key < $1.key }) {
            lines.append(
                name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + "\(count)")
        }
        let hours = (virtualSeconds / 360).rounded() / 10
        lines.append(
            """
            \(seeds) seeds from \(first) in \((seconds * 10).rounded() / 10) s: \(steps) steps, \
            \(hours) virtual hours, \(violations.count) seeds break an invariant
            """)
        return lines.joined(separator: "\n")
    }

    func json() throws -> String {
        let object: [String: Any] = [
            "seeds": seeds, "first": first, "steps": steps, "seconds": seconds,
            "virtualSeconds": virtualSeconds, "happened": happened,
            "violations": violations.map { verdict in
                [
                    "seed": verdict.seed, "invariant": verdict.violation!.invariant.rawValue,
                    "sentence": "\(verdict.violation!)", "replay": replay(verdict.seed),
                ] as [String: Any]
            },
        ]
        let bytes = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys])
        return String(decoding: bytes, as: UTF8.self)
    }
}
