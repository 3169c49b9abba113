import Kernels

/// What the values of a feature set are like in one culture: a sum over recordings, in one pass.
public struct FeatureProfile: Hashable, Sendable {
    /// The number of features in a frame, D.
    public let width: Int
    /// The number of frames.
    public private(set) var frames = 0
    /// The frames that a mask says were not measured; their values do not count.
    public private(set) var gaps = 0
    private var lows: [Float]
    private var highs: [Float]
    /// The first measured frame: sums are of differences from it, so that offsets cost no digits.
    private var pivots: [Double] = []
    private var sums: [Double]
    private var squares: [Double]

    init(width: Int) {
        self.width = width
        lows = [Float](repeating: .infinity, count: width)
        highs = [Float](repeating: -.infinity, count: width)
        sums = [Double](repeating: 0, count: width)
        squares = [Double](repeating: 0, count: width)
    }

    /// Adds a recording's matrix (T, D); a mask (T) has a 0 where a frame was not measured.
    ///
    /// - Precondition: The matrix has ``width`` columns.
    mutating func add(_ matrix: Matrix, mask: [UInt8]?) {
        precondition(matrix.columns == width)
        frames += matrix.rows
        for row in 0..<matrix.rows {
            if mask?[row] == 0 {
                gaps += 1
                continue
            }
            let values = UnsafeBufferPointer(start: matrix.base + row * width, count: width)
            if pivots.isEmpty { pivots = values.map(Double.init) }
            for column in 0..<width {
                let value = values[column]
                let difference = Double(value) - pivots[column]
                sums[column] += difference
                squares[column] += difference * difference
                lows[column] = min(lows[column], value)
                highs[column] = max(highs[column], value)
            }
        }
    }

    private var measured: Double { Double(frames - gaps) }

    /// The least and the greatest value; nil where no frame was measured.
    public var range: ClosedRange<Float>? {
        guard let low = lows.min(), let high = highs.max(), low <= high else { return nil }
        return low...high
    }

    /// The number of features that never change.
    public var constants: Int { zip(lows, highs).count { $0 == $1 } }

    /// The value that lies the farthest from its feature's mean: the feature's place, from 0, and
    /// the distance in standard deviations; nil where no feature changes.
    public var farthest: (feature: Int, deviations: Double)? {
        var best: (feature: Int, deviations: Double)?
        for column in 0..<width where lows[column] < highs[column] {
            let mean = sums[column] / measured
            let variance = squares[column] / measured - mean * mean
            guard variance > 0 else { continue }
            let center = mean + pivots[column]
            let distance =
                max(Double(highs[column]) - center, center - Double(lows[column]))
                / variance.squareRoot()
            if best.map({ distance > $0.deviations }) ?? true { best = (column, distance) }
        }
        return best
    }
}
