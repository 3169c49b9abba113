import Simulating
import Testing

/// Rules broken on purpose: the simulation must notice each, or its silence proves nothing.
///
/// The shell around the state machines, or the disk below, breaks the rule (`Break`). In the table:
/// the invariant that notices it, the number of seeds after which it first does, and how many of
/// 100 seeds notice it, by whichever invariant. A test fails when the invariant of its row has not
/// noticed after the seeds that the last column allows. The figures are those of
/// `concord-bench simulate --seeds 200 --breaking RULE`.
///
/// | rule | noticed by | first | of 100 | allowed |
/// |---|---|---|---|---|
/// | `recordAfterSend` | journal first | 1 | 100 | 5 |
/// | `leaseApart` | journal first | 1 | 100 | 5 |
/// | `notFenced` | I1 once | 3 | 27 | 50 |
/// | `renewalsLost` | I4 forgiving | 2 | 49 | 20 |
/// | `heartbeatRenews` | I6 ends | 6 | 10 | 50 |
/// | `countedTwice` | I1 once | 6 | 12 | 50 |
/// | `notCompared` | I1 once | 6 | 12 | 50 |
/// | `attemptNotRaised` | I5 fenced | 2 | 71 | 20 |
/// | `lateDropped` | I2 kept | 3 | 16 | 50 |
/// | `returnSpends` | I4 forgiving | 2 | 62 | 20 |
/// | `lossIsFault` | I4 forgiving | 4 | 44 | 50 |
/// | `diskErrorIgnored` | journal first | 9 | 21 | 50 |
/// | `noEpoch` | I5 fenced | 14 | 11 | 50 |
/// | `spoolAfterSend` | I2 kept | 1 | 99 | 5 |
/// | `unspoolEarly` | I2 kept | 1 | 99 | 5 |
/// | `spoolNotChecked` | I3 same report | 47 | 5 | 200 |
@Suite("Simulation: rules broken on purpose are noticed")
struct BreakTests {
    struct Row: CustomTestStringConvertible {
        let rule: Break
        let invariant: Invariant
        let allowed: Int

        init(_ rule: Break, _ invariant: Invariant, _ allowed: Int) {
            (self.rule, self.invariant, self.allowed) = (rule, invariant, allowed)
        }

        var testDescription: String { rule.rawValue }
    }

    static let table = [
        Row(.recordAfterSend, .journalFirst, 5), Row(.leaseApart, .journalFirst, 5),
        Row(.notFenced, .once, 50), Row(.renewalsLost, .forgiving, 20),
        Row(.heartbeatRenews, .ends, 50), Row(.countedTwice, .once, 50),
        Row(.notCompared, .once, 50), Row(.attemptNotRaised, .fenced, 20),
        Row(.lateDropped, .kept, 50), Row(.returnSpends, .forgiving, 20),
        Row(.lossIsFault, .forgiving, 50), Row(.diskErrorIgnored, .journalFirst, 50),
        Row(.noEpoch, .fenced, 50), Row(.spoolAfterSend, .kept, 5),
        Row(.unspoolEarly, .kept, 5), Row(.spoolNotChecked, .same, 200),
    ]

    @Test("A broken rule is noticed by its invariant", arguments: table)
    func noticed(_ row: Row) {
        for seed in 0..<row.allowed {
            let violation = Simulation(seed: seed, breaking: row.rule).run().violation
            if violation?.invariant == row.invariant { return }
        }
        Issue.record("\(row.allowed) seeds, and \(row.invariant.rawValue) does not notice")
    }

    @Test("Every rule that can be broken stands in the table")
    func complete() {
        #expect(Set(Self.table.map(\.rule)) == Set(Break.allCases))
        #expect(Self.table.count == Break.allCases.count)
    }
}
