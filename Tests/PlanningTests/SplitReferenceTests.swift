import Corpora
import Foundation
import Testing

@testable import Planning

/// Splits against `References/splits.txt`, which `References/splits.py` wrote.
@Suite("Splits of scikit-learn") struct SplitReferenceTests {
    private struct Reference {
        let scheme: String
        let count: Int
        let groups: [String]
        let folds: [Int]

        /// The recordings of each fold.
        var tests: [[String]] {
            (0..<count).map { fold in
                folds.indices.filter { folds[$0] == fold }.map { "r\($0)" }.sorted()
            }
        }
    }

    private func references(_ scheme: String) throws -> [Reference] {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "References/splits.txt")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        let all = lines.map { line in
            let words = line.split(separator: " ")
            return Reference(
                scheme: String(words[0]), count: Int(words[1])!,
                groups: words[2].split(separator: ",").map(String.init),
                folds: words[4].split(separator: ",").map { Int($0)! })
        }
        return all.filter { $0.scheme == scheme }
    }

    private func tests(_ scheme: Scheme, _ reference: Reference, column: String) throws
        -> [[String]]
    {
        let recordings = reference.groups.enumerated().map { index, group in
            PlannedRecording(
                corpus: 0, recording: recording("r\(index)", "DE", [column: group]))
        }
        let columns = scheme.separated(declared: [])
        let splitter = Splitter(
            recordings: recordings, table: ColumnTable(recordings, columns: columns))
        let holdouts = try splitter.holdouts(of: scheme)
        try #require(holdouts.count == 1)
        for fold in holdouts[0].folds {
            #expect((fold.train + fold.test).sorted() == Array(recordings.indices))
        }
        return holdouts[0].folds.map { $0.test.map { "r\($0)" }.sorted() }
    }

    @Test("Grouped k-fold divides as GroupKFold does, in every scheme that is made of it")
    func groupKFold() throws {
        let references = try references("group-k-fold")
        try #require(references.count == 24)
        for reference in references {
            let k = reference.count
            for scheme in [
                Scheme(.withinCulture(folds: k), group: "run"),
                Scheme(.pooled(folds: k), group: "run"),
                Scheme(.kFold(folds: k, repeats: 1, train: .all), group: "run"),
                Scheme(.kFold(folds: k, repeats: 1, train: .culture), group: "run"),
            ] {
                #expect(try tests(scheme, reference, column: "run") == reference.tests)
            }
        }
    }

    @Test("What is left out in turn is what LeaveOneGroupOut leaves out")
    func leaveOneGroupOut() throws {
        let references = try references("leave-one-group-out")
        try #require(references.count == 24)
        for reference in references {
            for unit in [Scheme.Unit.subject, .dyad] {
                let scheme = Scheme(.leaveOneOut(unit, partner: .exclude, train: .culture))
                #expect(
                    try tests(scheme, reference, column: unit.rawValue) == reference.tests)
            }
        }
    }
}
