import Kernels

/// Mean and standard deviation of low-level features over a window around each frame, as AVEC's
/// challenges have them: 4 s, every 0.1 s.
///
/// The window of the frame at time t holds the rows from t - window / 2 to t + window / 2, both
/// included, as far as there are rows: at the edges it is shorter. Means of all features come
/// first, then standard deviations (over n). Rows that were not measured are left out, and a frame
/// without a measured row is a gap, as is one that is more than a row behind the last.
public struct Functionals: Hashable, Sendable {
    /// The length of the window.
    public var windowSeconds: Double
    /// Seconds between two frames.
    public var hopSeconds: Double

    /// Times are written with four decimals or so, and a row at the window's edge is in it.
    static let edgeSeconds = 1e-4

    /// Functionals over windows of this length.
    public init(windowSeconds: Double = 4, hopSeconds: Double = 0.1) {
        self.windowSeconds = windowSeconds
        self.hopSeconds = hopSeconds
    }

    /// The columns' names: `F0_mean` …, then `F0_sd` ….
    public static func columns(of columns: [String]) -> [String] {
        columns.map { $0 + "_mean" } + columns.map { $0 + "_sd" }
    }

    /// The functionals (count, 2 D) of rows (n, D).
    /// - Complexity: O(frames × rows in a window × D).
    public func frames(of rows: TimedRows, count: Int) -> WindowFrames {
        let width = rows.width
        var values = [Float](repeating: 0, count: count * 2 * width)
        var mask = [UInt8](repeating: 0, count: count)
        var windows = SlidingWindow(
            seconds: windowSeconds, hopSeconds: hopSeconds, reachSeconds: rows.hopSeconds)
        var means = [Double](repeating: 0, count: width)
        var squares = [Double](repeating: 0, count: width)
        for frame in 0..<count {
            guard let window = windows.rows(of: frame, rows.seconds) else { break }
            let valid = window.filter { rows.isMeasured[$0] }
            guard !valid.isEmpty else { continue }
            mask[frame] = 1
            let n = Double(valid.count)
            for column in 0..<width {
                means[column] = 0
                squares[column] = 0
            }
            for row in valid {
                let features = rows.values + row * width
                for column in 0..<width { means[column] += Double(features[column]) }
            }
            for column in 0..<width { means[column] /= n }
            for row in valid {
                let features = rows.values + row * width
                for column in 0..<width {
                    let difference = Double(features[column]) - means[column]
                    squares[column] += difference * difference
                }
            }
            let target = frame * 2 * width
            for column in 0..<width {
                values[target + column] = Float(means[column])
                values[target + width + column] = Float((squares[column] / n).squareRoot())
            }
        }
        return WindowFrames(values, mask, width: 2 * width)
    }
}

/// Which rows lie in the window around each frame, frame after frame.
struct SlidingWindow {
    let seconds: Double
    let hopSeconds: Double
    /// How far behind the last row a frame may be.
    let reachSeconds: Double
    private var start = 0
    private var end = 0

    init(seconds: Double, hopSeconds: Double, reachSeconds: Double = 0) {
        self.seconds = seconds
        self.hopSeconds = hopSeconds
        self.reachSeconds = reachSeconds
    }

    /// The rows of `times` in the window of `frame`, which is not before the last one asked for;
    /// nil when the frame lies too far behind the last row.
    mutating func rows(of frame: Int, _ times: [Double]) -> Range<Int>? {
        let center = Double(frame) * hopSeconds
        let edge = Functionals.edgeSeconds
        guard let last = times.last, center <= last + reachSeconds + edge else { return nil }
        while start < times.count, times[start] < center - seconds / 2 - edge { start += 1 }
        end = max(end, start)
        while end < times.count, times[end] <= center + seconds / 2 + edge { end += 1 }
        return start..<end
    }
}
