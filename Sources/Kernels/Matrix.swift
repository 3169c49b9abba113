/// An immutable, row-major matrix of float32: features (T, D) or traces (T, targets).
///
/// The values lie either in memory that the matrix allocated or in a file that its owner keeps
/// mapped; readers cannot tell. A matrix is shared, never copied, between the recordings, batches
/// and trials that use it.
public final class Matrix: @unchecked Sendable {  // Immutable after `init`.
    /// The number of rows: frames.
    public let rows: Int
    /// The number of values in a row.
    public let columns: Int
    /// The first value; row `r` starts at `base + r * columns`.
    public let base: UnsafePointer<Float>

    private let release: () -> Void

    /// A matrix of `rows` × `columns` values in row-major order.
    ///
    /// - Precondition: `values.count == rows * columns`.
    public init(rows: Int, columns: Int, values: [Float]) {
        precondition(values.count == rows * columns, "\(values.count) values, \(rows) × \(columns)")
        let buffer = UnsafeMutablePointer<Float>.allocate(capacity: max(1, values.count))
        buffer.initialize(from: values, count: values.count)
        self.rows = rows
        self.columns = columns
        base = UnsafePointer(buffer)
        release = { buffer.deallocate() }
    }

    /// A matrix over memory that `owner` keeps alive, such as a mapped file.
    public init(rows: Int, columns: Int, base: UnsafePointer<Float>, owner: AnyObject) {
        self.rows = rows
        self.columns = columns
        self.base = base
        release = { withExtendedLifetime(owner) {} }
    }

    deinit { release() }

    /// The value at `row` and `column`, both from 0.
    public subscript(row: Int, column: Int) -> Float {
        precondition(row >= 0 && row < rows && column >= 0 && column < columns)
        return base[row * columns + column]
    }

    /// All values in row-major order.
    public var values: UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(start: base, count: rows * columns)
    }
}
