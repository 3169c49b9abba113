import Kernels

/// Rows of low-level features, and when they were measured.
///
/// The values belong to who made the rows, and must live as long.
public struct TimedRows {
    /// The values (n, D), row by row.
    public let values: UnsafePointer<Float>
    /// The number of features, D.
    public let width: Int
    /// The time of each row (n), rising.
    public let seconds: [Double]
    /// Whether each row was measured (n).
    public let isMeasured: [Bool]
    /// The usual step between two rows.
    public let hopSeconds: Double

    /// Rows of these parts.
    ///
    /// - Precondition: There is a time and a word on its measurement for each row.
    public init(
        values: UnsafePointer<Float>, width: Int, seconds: [Double], isMeasured: [Bool],
        hopSeconds: Double
    ) {
        precondition(seconds.count == isMeasured.count)
        self.values = values
        self.width = width
        self.seconds = seconds
        self.isMeasured = isMeasured
        self.hopSeconds = hopSeconds
    }

    /// The frames of a matrix (T, D), the first at time 0; those whose mask is 0 were not measured.
    public init(_ matrix: Matrix, mask: [UInt8]?, hopSeconds: Double) {
        self.init(
            values: matrix.base, width: matrix.columns,
            seconds: (0..<matrix.rows).map { Double($0) * hopSeconds },
            isMeasured: mask.map { $0.map { $0 != 0 } }
                ?? [Bool](repeating: true, count: matrix.rows),
            hopSeconds: hopSeconds)
    }
}

/// What was made of the rows around each frame.
public struct WindowFrames: Sendable {
    /// The values (T, W); 0 in gaps.
    public let matrix: Matrix
    /// 1 where a window held a measured row, 0 in a gap; nil without gaps.
    public let mask: [UInt8]?

    init(_ values: [Float], _ mask: [UInt8], width: Int) {
        matrix = Matrix(rows: mask.count, columns: width, values: values)
        self.mask = mask.contains(0) ? mask : nil
    }
}
