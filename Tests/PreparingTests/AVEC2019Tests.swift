import Corpora
import Preparing
import Testing

/// The participants against the published dyads, which were found by other means: the numbers of
/// the two files of each session.
@Suite struct AVEC2019Tests {
    private static let dyads: [(String, [[Int]])] = [
        (
            "Devel_DE",
            [[1, 12], [2, 5], [3, 8], [4, 6], [7, 13], [9, 14], [10, 11]]
        ),
        (
            "Devel_HU",
            [[1, 14], [2, 8], [3, 5], [4, 10], [6, 11], [7, 13], [9, 12]]
        ),
        (
            "Train_DE",
            [
                [1, 24], [2, 16], [3, 23], [4, 14], [5, 20], [6, 10], [7, 34], [8, 12], [9, 28],
                [11, 13], [15, 32], [17, 21], [18, 33], [19, 22], [25, 31], [26, 30], [27, 29],
            ]
        ),
        (
            "Train_HU",
            [
                [1, 5], [2, 3], [4, 20], [6, 26], [7, 17], [8, 24], [9, 15], [10, 23], [11, 13],
                [12, 19], [14, 33], [16, 25], [18, 30], [21, 22], [27, 31], [28, 32], [29, 34],
            ]
        ),
        (
            "Test_HU",
            [
                [1, 10], [2, 5], [3, 16], [4, 17], [6, 13], [7, 18], [8, 15], [9, 11], [12, 14],
            ]
        ),
    ]

    @Test("96 recordings: 34 and 34 to train, 14 and 14 of development")
    func counts() {
        let sides = AVEC2019.recordings.map { "\($0.columns["partition"]!) \($0.culture)" }
        #expect(
            Dictionary(grouping: sides) { $0 }.mapValues(\.count) == [
                "train DE": 34, "train HU": 34, "devel DE": 14, "devel HU": 14,
            ])
        #expect(Set(AVEC2019.recordings.map(\.id)).count == 96)
        #expect(Set(AVEC2019.recordings.compactMap(\.subject)).count == 96)
    }

    @Test("Sessions are the published dyads, and none crosses a partition")
    func sessionsAreDyads() throws {
        for (prefix, dyads) in Self.dyads {
            for pair in dyads {
                let both = try pair.map { number in
                    let name = "\(prefix)_\(number < 10 ? "0" : "")\(number)"
                    return try #require(AVEC2019.recording(named: name))
                }
                #expect(both[0].dyad == both[1].dyad && both[0].subject != both[1].subject)
            }
            #expect(dyads.joined().count == Set(dyads.joined()).count)
        }
        let everyone = (1...70).flatMap { number in
            ["Train", "Devel", "Test"].flatMap { side in
                ["DE", "HU", "CN"].compactMap {
                    AVEC2019.recording(
                        named: "\(side)_\($0)_\(number < 10 ? "0" : "")\(number)")
                }
            }
        }
        #expect(everyone.count == 200)
        for (_, members) in Dictionary(grouping: everyone, by: { $0.dyad! }) {
            #expect(members.count == 2)
            #expect(Set(members.map(\.partition)).count == 1)
        }
    }

    @Test("A SEWA id says culture, session and participant")
    func identity() throws {
        let first = try #require(AVEC2019.recording(named: "Train_DE_01"))
        #expect(first.columns["sewa"] == "C3_S083_P166")
        #expect(first.dyad == "C3_S083" && first.subject == "C3_P166" && first.culture == "DE")
        #expect(AVEC2019.recording(named: "Train_DE_35") == nil)
        #expect(AVEC2019.recording(named: "Devel_CN_01") == nil)
    }
}
