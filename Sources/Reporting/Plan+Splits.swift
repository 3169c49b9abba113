import Corpora
import Planning

extension Plan {
    /// Names a cell's splits by content: the gold traces of each fold's three lists.
    func splitsDigest(_ cell: Cell) -> Digest {
        var bytes = Array("splits".utf8)
        for split in splits[cell.splits] {
            for side in [split.train, split.validation, split.test] {
                bytes += (0..<8).map { UInt8(truncatingIfNeeded: side.count >> (8 * $0)) }
                for index in side {
                    let digests = recordings[index].recording.digests
                    bytes += digests[Recording.goldDigestName]?.bytes ?? []
                }
            }
        }
        return Digest(of: bytes)
    }
}
