import Corpora
import Kernels
import Testing

@testable import Planning

@Suite("Grouped k-fold") struct GroupKFoldTests {
    @Test("Folds are those of scikit-learn, in whatever order the recordings stand")
    func agreesWithScikitLearn() throws {
        for (round, vector) in vectors.enumerated() {
            let groups = vector.groups.split(separator: " ").map(String.init)
            let folds = vector.folds.compactMap(\.wholeNumberValue)
            try #require(groups.count == folds.count)
            var recordings = groups.enumerated().map { index, group in
                PlannedRecording(
                    corpus: 0, recording: recording("\(index)", "DE", ["run": group]))
            }
            var random = stream(round)
            for _ in 0..<3 {
                random.shuffle(&recordings)
                let table = ColumnTable(
                    recordings, columns: ["run", "subject", "session", "dyad"])
                let splitter = Splitter(recordings: recordings, table: table)
                let scheme = Scheme.withinCulture(folds: vector.count, group: "run")
                let found = try splitter.holdouts(of: scheme)[0].folds
                #expect(found.count == vector.count)
                for (number, fold) in found.enumerated() {
                    let test = fold.test.map { recordings[$0].recording.id }
                    let expected = folds.indices.filter { folds[$0] == number }.map { "\($0)" }
                    #expect(test.sorted() == expected.sorted(), "vector \(round), fold \(number)")
                }
            }
        }
    }

    @Test("The largest group goes first, to the lightest fold")
    func greedy() {
        #expect(GroupKFold.folds(sizes: [1, 3, 2, 2], count: 2) == [0, 0, 1, 1])
        #expect(GroupKFold.folds(sizes: [1, 1, 1, 1], count: 3) == [0, 2, 1, 0])
        #expect(GroupKFold.folds(sizes: [5], count: 1) == [0])
        #expect(GroupKFold.folds(sizes: [], count: 2) == [])
    }

    @Test("Labels are ordered as numbers where all are, else by their bytes")
    func labelOrder() {
        let numbers = ["10", "9", "-1", "9"].map(GroupLabel.value)
        #expect(GroupLabel.ranks(numbers) == [2, 1, 0, 1])
        let texts = ["10", "9", "x", "B"].map(GroupLabel.value)
        #expect(GroupLabel.ranks(texts) == [0, 1, 3, 2])
        // A leading zero makes a text, as it does in a table.
        #expect(GroupLabel.ranks(["010", "9"].map(GroupLabel.value)) == [0, 1])
        #expect(GroupLabel.ranks([.recording(1), .value("x"), .recording(0)]) == [2, 0, 1])
    }

    @Test("Groups that share a value of any column are one")
    func components() {
        let rows: [[String: String]] = [
            ["run": "1", "subject": "a"], ["run": "2", "subject": "b"], ["run": "3"],
            ["run": "4", "subject": "a", "dyad": "x"], ["run": "2"], ["dyad": "x", "run": "5"], [:],
        ]
        let recordings = rows.enumerated().map { index, row in
            PlannedRecording(corpus: 0, recording: recording("\(index)", "DE", row))
        }
        let table = ColumnTable(recordings, columns: ["run", "subject", "dyad"])
        let all = Array(rows.indices)
        #expect(table.components(of: all, joinedBy: ["run"]).count == 6)
        #expect(
            table.components(of: all, joinedBy: ["run", "subject", "dyad"])
                == [[0, 3, 5], [1, 4], [2], [6]])
        #expect(table.components(of: [1, 3, 5], joinedBy: ["subject"]) == [[1], [3], [5]])
        #expect(table.components(of: [], joinedBy: ["run"]).isEmpty)
    }
}

// What scikit-learn 1.9.1 with NumPy 2.4.6 says. Written by:
//
// import random
// import textwrap
// import numpy as np
// from sklearn.model_selection import GroupKFold
//
// random.seed(5)
// for case in range(14):
//     numbers = case % 2 == 0
//     names = [f"{c}-{i}" for c in "baC" for i in range(9, 14)]
//     names = [i + 1 for i in range(20)] if numbers else names
//     used = random.sample(names, random.randint(3, 14))
//     groups = used + random.choices(used, k=random.randint(0, 24))
//     random.shuffle(groups)
//     k = random.randint(2, min(6, len(used)))
//     folds = np.zeros(len(groups), dtype=int)
//     for fold, (_, test) in enumerate(GroupKFold(k).split(groups, groups=np.array(groups))):
//         folds[test] = fold
//     text = textwrap.fill(' '.join(map(str, groups)), 84).replace('\n', ' \\\n        ')
//     print(f'    ({k}, "{"".join(map(str, folds))}", """\n        {text}\n        """),')
private let vectors: [(count: Int, folds: String, groups: String)] = [
    (
        6, "024034213110401210432552535",
        """
        15 12 18 15 2 11 12 17 2 17 6 15 18 1 6 3 17 15 11 2 3 9 13 12 13 4 9
        """
    ),
    (
        5, "320442020301432314011",
        """
        b-12 C-12 a-12 b-10 C-9 b-9 a-12 C-12 a-12 a-10 C-11 C-10 C-9 b-12 b-9 b-13 a-11 \
        C-13 a-9 C-10 C-10
        """
    ),
    (
        3, "02101012",
        """
        11 12 17 11 7 11 17 12
        """
    ),
    (
        5, "12300102130314022",
        """
        a-13 a-12 C-10 b-9 b-9 a-13 b-9 a-12 a-13 C-10 b-9 C-10 a-13 b-10 b-9 a-12 a-12
        """
    ),
    (
        4, "0003013122321321",
        """
        14 3 3 10 9 2 15 2 19 11 18 7 13 6 16 8
        """
    ),
    (
        3, "211210012100210200221",
        """
        b-10 b-11 a-11 b-10 C-13 C-9 b-12 C-13 b-9 C-10 a-13 C-9 C-12 C-10 b-12 a-9 b-13 \
        b-12 a-12 a-12 C-10
        """
    ),
    (
        3, "2101011121012022120201020",
        """
        19 6 18 6 18 15 15 6 19 15 18 6 8 18 8 19 15 8 18 8 18 15 18 19 18
        """
    ),
    (
        5, "21410240032041033",
        """
        a-9 b-9 C-9 b-9 b-10 a-9 C-9 b-10 b-10 a-13 a-9 b-10 C-9 b-9 b-10 a-13 a-13
        """
    ),
    (
        5, "30432434402101002141023",
        """
        2 8 13 2 5 13 2 1 1 8 5 10 8 10 8 8 5 10 13 10 8 5 2
        """
    ),
    (
        3, "02220011211021001011020212",
        """
        b-12 C-10 a-9 C-10 a-11 a-11 C-11 C-9 a-9 b-10 C-9 a-11 b-11 a-10 a-11 a-13 b-10 \
        a-13 b-10 a-10 b-12 C-13 C-12 C-10 C-9 a-9
        """
    ),
    (
        4, "232132310102102130023102",
        """
        20 14 20 6 14 20 14 6 19 6 19 20 6 19 3 6 14 19 19 3 14 6 19 20
        """
    ),
    (
        4, "0013102",
        """
        C-9 C-9 b-9 a-13 b-9 C-9 b-10
        """
    ),
    (
        2, "000110110000110101011",
        """
        8 17 12 14 11 7 4 4 12 13 8 3 9 5 12 19 2 16 3 9 16
        """
    ),
    (
        2, "0111010100010",
        """
        b-10 a-10 a-11 C-13 b-10 a-11 C-11 C-13 b-13 a-9 a-12 a-13 b-10
        """
    ),
]
