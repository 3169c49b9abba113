/// A run of frames of one training recording: what a sequence of a training batch is cut from.
struct Chunk: Hashable, Sendable {
    /// The index of its recording in the training side.
    let recording: Int
    /// Its first frame.
    let start: Int
    /// The number of its frames.
    let frames: Int

    /// Cuts recordings into chunks of `length` frames, `hop` frames from start to start.
    ///
    /// The last chunk of a recording ends with it, so that no frame is lost. A recording no longer
    /// than a chunk is one chunk; without `length` every recording is. Chunks in which the lag or
    /// the gold traces' gaps leave no frame to learn from are left out.
    ///
    ///     T = 7, length 4, hop 2      0 1 2 3 · · ·
    ///                                 · · 2 3 4 5 ·
    ///                                 · · · 3 4 5 6
    static func cut(
        _ recordings: [RecordingData], length: Int?, hop: Int, lag: Lag
    ) -> [Chunk] {
        recordings.enumerated().flatMap { index, recording in
            let frames = min(length ?? recording.frames, recording.frames)
            return starts(recording.frames, length: frames, hop: hop)
                .filter { start in
                    (start..<start + frames).contains { recording.partner(of: $0, lag) != .none }
                }
                .map { Chunk(recording: index, start: $0, frames: frames) }
        }
    }

    /// The frames of every chunk that recordings of so many frames are cut into.
    static func lengths(_ recordings: [Int], length: Int?, hop: Int) -> [Int] {
        recordings.flatMap { count in
            let frames = min(length ?? count, count)
            return starts(count, length: frames, hop: hop).map { _ in frames }
        }
    }

    private static func starts(_ count: Int, length: Int, hop: Int) -> [Int] {
        guard count > length else { return [0] }
        let last = count - length
        let regular = Array(stride(from: 0, through: last, by: hop))
        return regular.last == last ? regular : regular + [last]
    }
}
