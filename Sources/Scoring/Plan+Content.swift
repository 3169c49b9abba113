import Corpora
import Planning

extension Plan {
    /// The trials of each cell, in the plan's order.
    public var trialsOfCells: [[Trial]] {
        var trials = cells.map { _ in [Trial]() }
        for trial in self.trials { trials[trial.cell].append(trial) }
        return trials
    }

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
