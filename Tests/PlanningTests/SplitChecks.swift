import Corpora
import Testing

@testable import Planning

/// What must hold of every scheme's splits, looked up anew, without the plan's own code: sides are
/// not empty, ascend, and share no recording and no value of `columns`; a repetition tests nothing
/// twice; what is tested is of the cell's cultures.
func expectSound(_ plan: Plan, separated columns: [String], _ comment: String) {
    for cell in plan.cells {
        var tested: [Int: [Int]] = [:]
        for split in plan.splits[cell.splits] {
            expectSeparate(plan, split, columns, "\(comment), \(cell.name), fold \(split.fold)")
            tested[split.repetition, default: []] += split.test
        }
        for (repetition, recordings) in tested {
            #expect(
                Set(recordings).count == recordings.count,
                "\(comment), \(cell.name) tests twice in repetition \(repetition)")
            for index in recordings {
                #expect(cell.testCultures.contains(plan.recordings[index].recording.culture))
            }
        }
        #expect(plan.splits[cell.splits].map(\.fold) == Array(1...cell.splits.count))
    }
}

/// Every value of the columns stands on one side of the split.
func expectSeparate(_ plan: Plan, _ split: Split, _ columns: [String], _ comment: String) {
    let sides = [split.train, split.validation, split.test]
    for column in columns + ["id"] {
        let values = sides.map { side in
            Set(side.compactMap { plan.recordings[$0].recording.value(column) })
        }
        #expect(values[0].isDisjoint(with: values[1]), "\(column), \(comment)")
        #expect(values[0].isDisjoint(with: values[2]), "\(column), \(comment)")
        #expect(values[1].isDisjoint(with: values[2]), "\(column), \(comment)")
    }
    for side in sides {
        #expect(!side.isEmpty && side == side.sorted() && Set(side).count == side.count)
    }
}

/// Each repetition of each cell tests just these recordings.
func expectCovering(_ plan: Plan, _ comment: String, _ expected: (Cell, Recording) -> Bool) {
    for cell in plan.cells {
        let all = plan.recordings.indices.filter { expected(cell, plan.recordings[$0].recording) }
        let splits = plan.splits[cell.splits]
        for repetition in Set(splits.map(\.repetition)) {
            let tested = splits.filter { $0.repetition == repetition }.flatMap(\.test).sorted()
            #expect(tested == all, "\(comment), \(cell.name), repetition \(repetition)")
        }
    }
}

extension Plan {
    /// The recordings that a side holds.
    func recordings(_ side: [Int]) -> [Recording] { side.map { recordings[$0].recording } }

    /// The cell of the plan whose name begins so.
    func cell(_ name: String) -> Cell? { cells.first { $0.name.hasPrefix(name + " ") } }

    /// The splits of that cell.
    func splits(_ name: String) -> [Split] {
        cell(name).map { Array(splits[$0.splits]) } ?? []
    }
}
