import Corpora
import Planning

/// The units that a bootstrap draws: recordings that are not independent of each other.
struct RecordingGroups: Hashable, Sendable {
    /// The column whose equal values make a group, or `recording`.
    let unit: String
    /// Of each group what names it: the value of the column, or the recording by its content.
    let names: [String]
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
        var names: [String] = []
        var index: [Int: Int] = [:]
        var bytes = Array("bootstrap".utf8)
        for recording in recordings {
            let gold = plan.gold(ofRecording: recording)
            let name =
                unit.flatMap { plan.recordings[recording].recording.value($0) }
                ?? "\(recording) \(gold)"
            let group = groups[name] ?? names.count
            if group == names.count {
                groups[name] = group
                names.append(name)
            }
            index[recording] = group
            bytes += gold.bytes
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: group >> (8 * $0)) }
        }
        self.unit = unit ?? "recording"
        self.names = names
        self.index = index
        content = Digest(of: bytes)
    }

    /// The number of groups.
    var count: Int { names.count }
}
