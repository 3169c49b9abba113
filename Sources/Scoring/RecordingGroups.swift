import Corpora
import Planning

/// The units that a bootstrap draws: recordings that are not independent of each other.
struct RecordingGroups: Hashable, Sendable {
    /// What makes a group: a column, several, or `recording`.
    let unit: String
    /// Of each group what it may have in common with groups of another test side.
    let links: [[Link]]
    /// The group of each recording, by its index in the plan; groups count in the order of content.
    let index: [Int: Int]
    /// Names the recordings and how they are grouped by content: the bootstrap's seed.
    let content: Digest

    /// What two groups that are not independent have in common.
    enum Link: Hashable, Sendable {
        /// A recording, by its index in the plan.
        case recording(Int)
        /// A value of a column.
        case value(column: String, String)
    }

    /// The groups of `recordings`, which are in the order of content: those that the cell's splits
    /// hold together, partners too where these may be trained on.
    init(of recordings: [Int], cell: Cell, plan: Plan) {
        var columns = ["dyad", "session"] + plan.corpora.flatMap(\.groups) + ["subject"]
        if let group = cell.group { columns = [group] + columns.filter { $0 != group } }
        let units = RecordingUnits(
            recordings.map { plan.recordings[$0].recording }, columns: columns)
        var links: [[Link]] = []
        var index: [Int: Int] = [:]
        var bytes = Array("bootstrap".utf8)
        for (recording, group) in zip(recordings, units.ofRecording) {
            index[recording] = group
            if group == links.count { links.append([]) }
            links[group].append(.recording(recording))
            links[group] += columns.compactMap { column in
                plan.recordings[recording].recording.value(column).map {
                    .value(column: column, $0)
                }
            }
            bytes += plan.gold(ofRecording: recording).bytes
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: group >> (8 * $0)) }
        }
        unit = units.name
        self.links = links
        self.index = index
        content = Digest(of: bytes)
    }

    /// The number of groups.
    var count: Int { links.count }
}
