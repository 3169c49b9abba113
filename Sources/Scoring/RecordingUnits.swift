import Corpora

/// Recordings in the groups that splits never cut: those that share a value of any of the columns,
/// directly or through others.
struct RecordingUnits {
    /// What makes a group: the one column that does it alone, such as `dyad`, else all that join
    /// recordings, such as `dyad+subject`; or `recording`, where each is one.
    let name: String
    /// The group of each recording; groups count in the order of their first recordings.
    let ofRecording: [Int]

    /// The groups of `recordings`; of columns that make the same groups the first names them.
    ///
    /// Equal values mean the same everywhere, in all cultures, as they do in splits.
    init(_ recordings: [Recording], columns: [String]) {
        let groups = components(
            joining: recordings.map { recording in
                columns.compactMap { column in recording.value(column).map { [column, $0] } }
            })
        func values(_ column: String) -> [[String]] {
            recordings.map { recording in recording.value(column).map { [$0] } ?? [] }
        }
        let alone = columns.first { column in
            let values = values(column)
            return values.allSatisfy { !$0.isEmpty } && components(joining: values) == groups
        }
        let joining = columns.filter { column in
            let known = recordings.compactMap { $0.value(column) }
            return Set(known).count < known.count
        }
        name = alone ?? (joining.isEmpty ? "recording" : joining.joined(separator: "+"))
        ofRecording = groups
    }
}

/// Divides items into the smallest groups such that no link occurs in two: connected components.
///
/// - Parameter links: those of each item.
/// - Returns: the group of each item; groups count in the order of their first items.
func components<Link: Hashable>(joining links: [[Link]]) -> [Int] {
    var sets = DisjointSets(count: links.count)
    var holders: [Link: Int] = [:]
    for (item, links) in links.enumerated() {
        for link in links {
            if let holder = holders[link] { sets.join(holder, item) } else { holders[link] = item }
        }
    }
    return sets.groups()
}
