import Kernels

/// Counts of words over a window around each frame, as AVEC's challenges have them from openXBOW:
/// 4 s, every 0.1 s.
///
/// The window of the frame at time t holds the rows from t - window / 2 to t + window / 2, both
/// included. Rows that were not measured are left out, and a frame without a measured row is a gap,
/// where openXBOW writes 0.001 for each word.
public struct BagOfWords: Hashable, Sendable {
    /// The words that are counted.
    public let codebook: Codebook
    /// The length of the window.
    public let windowSeconds: Double
    /// Seconds between two frames.
    public let hopSeconds: Double

    /// Bags of the codebook's words over windows of this length.
    public init(codebook: Codebook, windowSeconds: Double = 4, hopSeconds: Double = 0.1) {
        self.codebook = codebook
        self.windowSeconds = windowSeconds
        self.hopSeconds = hopSeconds
    }

    /// The bags (count, W) of rows (n, D).
    ///
    /// - Precondition: The rows are as wide as the codebook.
    /// - Complexity: O(n W D + rows in all windows).
    public func frames(of rows: TimedRows, count: Int) -> WindowFrames {
        precondition(rows.width == codebook.width)
        let words = codebook.words.count
        let assigned = assignments(rows)
        var values = [Float](repeating: 0, count: count * words)
        var mask = [UInt8](repeating: 0, count: count)
        var windows = SlidingWindow(seconds: windowSeconds, hopSeconds: hopSeconds)
        let each = min(codebook.assignments, words)
        for frame in 0..<count {
            guard let window = windows.rows(of: frame, rows.seconds) else { break }
            let base = frame * words
            for row in window where rows.isMeasured[row] {
                mask[frame] = 1
                for place in row * each..<(row + 1) * each {
                    values[base + assigned[place].word] += assigned[place].amount
                }
            }
            guard codebook.isLogarithmic else { continue }
            for word in 0..<words where values[base + word] > 0 {
                let terms = Double(values[base + word]) + 1
                values[base + word] = Float(Elementary.log(terms) / BagOfWords.logTen)
            }
        }
        return WindowFrames(values, mask, width: words)
    }

    private static let logTen = Elementary.log(10)

    /// What each row counts for, `assignments` entries a row; zeros for one that was not measured.
    private func assignments(_ rows: TimedRows) -> [(word: Int, amount: Float)] {
        let assigner = Codebook.Assigner(codebook)
        let each = min(codebook.assignments, codebook.words.count)
        var assigned: [(word: Int, amount: Float)] = []
        assigned.reserveCapacity(rows.isMeasured.count * each)
        for row in rows.isMeasured.indices {
            guard rows.isMeasured[row] else {
                assigned += repeatElement((word: 0, amount: Float(0)), count: each)
                continue
            }
            assigner.assign(rows.values + row * rows.width) { assigned.append(($0, $1)) }
        }
        return assigned
    }
}
