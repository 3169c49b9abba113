import Foundation
import Testing

/// The holes F1 to F22 that were found in the code of systems that do parts of this job, each with
/// the tests that show that Concord does not have it.
///
/// A test that is named anew is named anew here: the table is checked against the sources.
@Suite struct FaultTableTests {
    struct Row: CustomTestStringConvertible {
        let number: Int
        let hole: String
        let tests: [String]

        init(_ number: Int, _ hole: String, _ tests: String...) {
            (self.number, self.hole, self.tests) = (number, hole, tests)
        }

        var testDescription: String { "F\(number): \(hole)" }
    }

    static let table = [
        Row(
            1,
            "a late result of a worker that was given up is dropped, and its task hangs for ever",
            "A late outcome of an expired lease counts, and the new holder is told to stop",
            "In 2,000 seeds nothing is lost and nothing counts twice, whatever fails",
            "Whoever is stopped for longer than a lease and goes on changes no byte of the report"),
        Row(
            2, "a heartbeat beside the work: who hangs still beats",
            "Heartbeats do not renew a lease: without progress it expires, and is tried elsewhere",
            "A trainer without progress for the step limit is ended, and the trial has failed",
            "A trainer that makes no progress is ended, and its trial trained elsewhere"),
        Row(
            3, "the scheduler's loop dies in silence, and the run stalls",
            "A full disk ends the coordinator loudly; with room again the same command goes on",
            "kill -9 of coordinator, worker and trainer changes no byte of the report"),
        Row(
            4, "a worker that dies between assignment and first heartbeat holds its trial for ever",
            "A broken rule is noticed by its invariant",
            "A lease that does not begin although a slot is free is said again",
            "kill -9 of anybody at any mark changes no byte of the report"),
        Row(
            5, "stale trials are retried only when somebody starts another",
            "A silent worker is lost; what it had begun spends a loss, what it had not does not",
            "Leases of workers that do not come back go out again, and spend nothing"),
        Row(
            6, "a failed cell counts as visited",
            "Quarantined trials get new attempts with --retry, and the sweep ends well",
            "A missing and a quarantined trial are refused, with cells, n of N and a way out"),
        Row(
            7, "one torn append poisons the journal, and a lock times out: two writers",
            "With the log cut off at any byte, a store opens with a prefix of whole batches",
            "With its log cut off at every byte of the tail, a store holds whole batches",
            "A journal that lost any part of its tail resumes, and ends with the same bytes",
            "After a take-over the first one's appends are refused, the second one's are not"),
        Row(
            8, "finished tasks are recomputed after a crash, and workers do not come back",
            "Killed while it appends, a store holds all that was acknowledged, and whole batches",
            "Leases are kept for their workers, which go on with them",
            "A coordinator that dies with outcomes in the spool trains none of them again"),
        Row(
            9, "files that are removed before they are written, and two masters",
            "What rots in the spool is set aside and trained again",
            "A second coordinator is refused with who holds the store, and changes nothing"),
        Row(
            10, "seeds by position: another order gives other numbers",
            "The rest of a grid flips no key: the same trial is the same in any sweep"),
        Row(
            11, "a seed depends on the seeds before it",
            "The same key, recipe and data give the same outcome, whatever ran before"),
        Row(
            12, "the best of the test results is reported, and rows are lost between two writers",
            "Mean and SD are over seeds, each with all of its folds",
            "In 2,000 seeds nothing is lost and nothing counts twice, whatever fails"),
        Row(
            13, "models are selected on the test side",
            "Validation recordings choose the epoch and change nothing else",
            "Test recordings influence neither training nor each other's predictions"),
        Row(
            14, "covariance over N, variances over N - 1; short predictions filled up",
            "Each convention has the divisors of its name",
            "An outcome that does not fit its trial is refused, saying why"),
        Row(
            15, "changed features or code, and old results are taken again",
            "A recording that is edited changes the trials that use it, and no other",
            "The numerics, the seed and each part flip a key"),
        Row(
            16, "a look that fails declares the dead, and looking on changes state",
            "A coordinator that was away itself declares nobody dead",
            "Observers change nothing of a store, its coordinator alive, stopped or killed"),
        Row(
            17, "a failed write is hidden, and an empty run is a success",
            "A full disk stops the append, writes nothing of it, and harms nothing",
            "A full disk ends the coordinator loudly; with room again the same command goes on",
            "A broken rule is noticed by its invariant"),
        Row(
            18, "a stress test that passes without ending",
            "In 2,000 seeds nothing is lost and nothing counts twice, whatever fails",
            "Killed and stopped at random for a while, a sweep ends with the same bytes"),
        Row(
            19, "preemption is guessed from the time that has passed",
            "Ctrl-C ends in order, and the same command goes on",
            "In 2,000 seeds nothing is lost and nothing counts twice, whatever fails"),
        Row(
            20, "an experiment succeeds when one trial does",
            "A report over missing trials is refused, unless it is asked for",
            "A recipe whose loss is no number ends in quarantine; mended, the sweep ends well"),
        Row(
            21, "one worker of another version fails every task",
            "A worker of another version, numerics or class is refused alone, with a sentence",
            "Another version is an error of its own, even when its body cannot be read"),
        Row(
            22, "messages that can execute",
            "A stranger's bytes on the port disturb nobody",
            "A frame that is too large cuts off its sender alone"),
    ]

    @Test("Each hole has tests, and they exist by name", arguments: table)
    func testsExist(_ row: Row) throws {
        let sources = try SourceTree.swift(under: "Tests")
            .filter { !$0.path.hasSuffix("FaultTableTests.swift") }
            .map { $0.lines.joined(separator: "\n") }
        #expect(!row.tests.isEmpty)
        for test in row.tests {
            #expect(
                sources.contains { $0.contains("\"\(test)\"") },
                "F\(row.number) (\(row.hole)): no test is called \"\(test)\". Name it here anew.")
        }
    }

    @Test("The table has all holes")
    func complete() { #expect(Self.table.map(\.number) == Array(1...22)) }
}
