import Corpora
import Planning

/// The units that a bootstrap draws: recordings that are not independent of each other.
struct RecordingGroups {
    /// The column whose equal values make a group, or `recording`.
    let unit: String
    /// The number of groups.
    let count: Int
    /// The group of each recording, by its index in the plan; groups count in the order of content.
    let index: [Int: Int]
    /// Names the recordings and how they are grouped by content: the bootstrap's seed.
    let content: Digest

    /// The groups of `recordings`, which are in the order of content.
    ///
    /// The unit is the scheme's group, else dyad, session, a group that the corpora declare, or
    /// subject: the first that every recording has. Failing all, each recording is one. Equal
    /// values mean the same everywhere, in all cultures, as they do in splits.
    init(of recordings: [Int], cell: Cell, plan: Plan) {
        let columns =
            (cell.group.map { [$0] } ?? []) + ["dyad", "session"]
            + plan.corpora.flatMap(\.groups) + ["subject"]
        let unit = columns.first { column in
            recordings.allSatisfy { plan.recordings[$0].recording.value(column) != nil }
        }
        var groups: [String: Int] = [:]
        var index: [Int: Int] = [:]
        var bytes = Array("bootstrap".utf8)
        var next = 0
        for recording in recordings {
            let label = unit.flatMap { plan.recordings[recording].recording.value($0) }
            let group = label.flatMap { groups[$0] } ?? next
            next = max(next, group + 1)
            if let label { groups[label] = group }
            index[recording] = group
            bytes += plan.gold(ofRecording: recording).bytes
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: group >> (8 * $0)) }
        }
        self.unit = unit ?? "recording"
        self.index = index
        count = next
        content = Digest(of: bytes)
    }
}
