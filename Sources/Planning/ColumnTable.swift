import Corpora

/// The columns of a list of recordings with their values as small numbers, for fast comparison.
struct ColumnTable: Sendable {
    /// Equal values have equal numbers, from 0; -1 stands where a recording has no value.
    struct Codes: Sendable {
        let ofRecording: [Int]
        /// The number of different values.
        let count: Int

        init<Value: Hashable>(_ values: [Value?]) {
            var known: [Value: Int] = [:]
            ofRecording = values.map { value in
                guard let value else { return -1 }
                if let code = known[value] { return code }
                known[value] = known.count
                return known.count - 1
            }
            count = known.count
        }
    }

    private let columns: [String: Codes]
    private let recordings: Int

    /// The values of these columns of all recordings.
    init(_ recordings: [PlannedRecording], columns names: [String]) {
        var columns: [String: Codes] = [:]
        for name in names {
            columns[name] = Codes(recordings.map { $0.recording.value(name) })
        }
        self.columns = columns
        self.recordings = recordings.count
    }

    /// The codes of a column that the table was made with.
    func codes(_ column: String) -> Codes {
        guard let codes = columns[column] else {
            preconditionFailure("The table has no column \(column).")
        }
        return codes
    }

    /// Which of all recordings have an equal value with one of `others` in any of the columns.
    func contacts(of others: [Int], in columns: [String]) -> [Bool] {
        var contacts = [Bool](repeating: false, count: recordings)
        for codes in columns.map(codes) {
            var isThere = [Bool](repeating: false, count: codes.count)
            for other in others where codes.ofRecording[other] >= 0 {
                isThere[codes.ofRecording[other]] = true
            }
            for (index, code) in codes.ofRecording.enumerated() where code >= 0 && isThere[code] {
                contacts[index] = true
            }
        }
        return contacts
    }

    /// Divides recordings into the smallest groups such that no value of any of the columns
    /// occurs in two: connected components.
    ///
    /// `members` ascends; so do the members of each group, and the groups by their first member.
    func components(of members: [Int], joinedBy columns: [String]) -> [[Int]] {
        var sets = DisjointSets(count: members.count)
        for column in columns {
            let codes = codes(column)
            var first = [Int](repeating: -1, count: codes.count)
            for (i, member) in members.enumerated() where codes.ofRecording[member] >= 0 {
                let code = codes.ofRecording[member]
                if first[code] < 0 {
                    first[code] = i
                } else {
                    sets.join(first[code], i)
                }
            }
        }
        var groups: [[Int]] = []
        for (member, group) in zip(members, sets.groups()) {
            if group == groups.count { groups.append([]) }
            groups[group].append(member)
        }
        return groups
    }
}
