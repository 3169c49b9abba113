import CKernels

/// Some rows of a matrix in memory: the first value, and the distance from a row to the next.
///
/// Columns of a wider matrix are such rows too. A kernel writes only to the operand whose label
/// says so (`into`, `adding`, `gates`); the memory belongs to the caller.
public struct Rows {
    /// The first value of the first row.
    public let base: UnsafeMutablePointer<Float>
    /// The number of float32 from one row to the next; 0 repeats one row.
    public let step: Int

    /// Rows that a kernel may write to.
    public init(_ base: UnsafeMutablePointer<Float>, step: Int) {
        self.base = base
        self.step = step
    }

    /// Rows that are only read.
    public init(reading base: UnsafePointer<Float>, step: Int) {
        self.init(UnsafeMutablePointer(mutating: base), step: step)
    }

    /// The rows from `row` on, and of these the columns from `column` on.
    public func from(row: Int, column: Int = 0) -> Rows {
        Rows(base + (row * step + column), step: step)
    }

    /// Copies the first `columns` values of `rows` rows to `target`.
    public func copy(rows: Int, columns: Int, to target: Rows) {
        copy_rows(rows, columns, base, step, target.base, target.step)
    }
}
