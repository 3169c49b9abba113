import CSQLite
import Corpora

/// A value that goes into a statement.
public enum Value: Hashable, Sendable {
    /// No value.
    case null
    /// A whole number.
    case integer(Int)
    /// A number; not-a-number would be stored as null.
    case real(Double)
    /// A text.
    case text(String)
    /// Bytes.
    case blob([UInt8])
}

/// A prepared statement, which keeps its database open.
public final class Statement {
    private let database: Database
    private let handle: OpaquePointer
    private let sql: String

    /// Prepares `sql`.
    ///
    /// - Throws: ``JournalError/sqlite(path:sql:code:message:)``.
    public init(_ sql: String, in database: Database) throws(JournalError) {
        var handle: OpaquePointer?
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        let code = sqlite3_prepare_v3(database.handle, sql, -1, flags, &handle, nil)
        guard code == SQLITE_OK, let handle else { throw database.error(code, sql) }
        self.database = database
        self.handle = handle
        self.sql = sql
    }

    deinit { sqlite3_finalize(handle) }

    /// Performs it with `values` in place of its question marks; `body` sees row after row.
    ///
    /// - Throws: What `body` throws, which ends it, or ``JournalError``.
    public func forEach(
        _ values: [Value] = [], _ body: (Row) throws(JournalError) -> Void
    ) throws(JournalError) {
        precondition(
            Int(sqlite3_bind_parameter_count(handle)) == values.count,
            "\(values.count) values are for another statement than: \(sql)")
        defer {
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
        }
        for (index, value) in values.enumerated() {
            let code = bind(value, at: Int32(index + 1))
            guard code == SQLITE_OK else { throw database.error(code, sql) }
        }
        while true {
            switch sqlite3_step(handle) {
            case SQLITE_ROW: try body(Row(handle: handle))
            case SQLITE_DONE: return try database.checkStill()
            case let code:
                try database.checkStill()
                throw database.error(code, sql)
            }
        }
    }

    /// Performs it with `values`; it returns no rows of interest.
    ///
    /// - Throws: ``JournalError``.
    public func run(_ values: [Value] = []) throws(JournalError) {
        try forEach(values) { _ in }
    }

    private func bind(_ value: Value, at index: Int32) -> Int32 {
        switch value {
        case .null: sqlite3_bind_null(handle, index)
        case .integer(let number): sqlite3_bind_int64(handle, index, Int64(number))
        case .real(let number): sqlite3_bind_double(handle, index, number)
        case .text(var text):
            text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    concord_bind_text(handle, index, $0.baseAddress, UInt64($0.count))
                }
            }
        // No bytes have no address, which would be null.
        case .blob(let bytes) where bytes.isEmpty: sqlite3_bind_zeroblob(handle, index, 0)
        case .blob(let bytes):
            bytes.withUnsafeBytes {
                concord_bind_blob(handle, index, $0.baseAddress, UInt64($0.count))
            }
        }
    }
}

/// The row that a statement stands at; valid until the statement goes on.
public struct Row {
    fileprivate let handle: OpaquePointer

    /// The whole number in `column`; 0 for null.
    public func integer(_ column: Int32) -> Int { Int(sqlite3_column_int64(handle, column)) }

    /// The number in `column`; 0 for null.
    public func real(_ column: Int32) -> Double { sqlite3_column_double(handle, column) }

    /// The text in `column`; empty for null.
    public func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// The bytes in `column`; empty for null.
    public func blob(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        let count = Int(sqlite3_column_bytes(handle, column))
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// The digest in `column`; nil when its bytes are none.
    func digest(_ column: Int32) -> Digest? {
        Digest(
            raw: UnsafeRawBufferPointer(
                start: sqlite3_column_blob(handle, column),
                count: Int(sqlite3_column_bytes(handle, column))))
    }

    /// The number of columns.
    var count: Int32 { sqlite3_column_count(handle) }

    /// SQLite's number of the kind of value in `column`.
    func kind(_ column: Int32) -> Int32 { sqlite3_column_type(handle, column) }

    /// Whether `column` holds no value.
    public func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(handle, column) == SQLITE_NULL
    }
}
