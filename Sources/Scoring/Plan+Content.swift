import Corpora
import Planning

extension Plan {
    /// The digest of a recording's gold traces, which names it in outcomes.
    ///
    /// - Precondition: The recording has one; a plan holds no other.
    func gold(ofRecording index: Int) -> Digest {
        let recording = recordings[index].recording
        guard let gold = recording.digests[Recording.goldDigestName] else {
            preconditionFailure("Recording \(recording.id) has no digest of its gold traces.")
        }
        return gold
    }
}
