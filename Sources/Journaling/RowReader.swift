import CSQLite
import Corpora

/// Reads the rows of a table one by one, so that one that cannot be read costs no other.
struct RowReader {
    /// What a row number gives.
    enum Reading {
        case values([Value])
        case absent
        case unreadable
    }

    /// The greatest row number; more than that where the file does not say it any more.
    let last: Int
    /// Whether the file says it.
    let knowsLast: Bool
    private let statement: Statement
    private let columns: Int32

    /// A reader of the first `columns` columns of `table`.
    init(_ table: String, columns: Int32, in database: Database) throws(JournalError) {
        self.columns = columns
        statement = try Statement("SELECT * FROM \(table) WHERE rowid = ?", in: database)
        // No row of ours is shorter than 32 bytes, whatever a damaged page says.
        let most =
            ((Stamp(database.path)?.size ?? 0) + (Stamp(database.path + "-wal")?.size ?? 0)) / 32
        var found: Int?
        do throws(JournalError) {
            found = try database.integer("SELECT max(rowid) FROM \(table)")
        } catch {
            guard RowReader.isDamage(error) else { throw error }
        }
        knowsLast = found.map { (0...most).contains($0) } ?? false
        last = knowsLast ? found! : most
    }

    /// The row with this number.
    ///
    /// - Throws: what is no damage of the file.
    func row(_ number: Int) throws(JournalError) -> Reading {
        var reading = Reading.absent
        do throws(JournalError) {
            try statement.forEach([.integer(number)]) { (row) throws(JournalError) in
                reading = .values((0..<columns).map { row.value($0) })
            }
        } catch {
            guard RowReader.isDamage(error) else { throw error }
            return .unreadable
        }
        return reading
    }

    private static func isDamage(_ error: JournalError) -> Bool {
        guard case .sqlite(_, _, let code, _) = error else { return false }
        return [SQLITE_CORRUPT, SQLITE_IOERR, SQLITE_NOTADB].contains(code & 0xFF)
    }
}

extension Row {
    /// The value in `column`, of the kind that it has.
    func value(_ column: Int32) -> Value {
        switch kind(column) {
        case SQLITE_INTEGER: .integer(integer(column))
        case SQLITE_FLOAT: .real(real(column))
        case SQLITE_TEXT: .text(text(column))
        case SQLITE_BLOB: .blob(blob(column))
        default: .null
        }
    }
}

extension Value {
    /// The digest that these bytes are; nil where they are none.
    var digest: Digest? { if case .blob(let bytes) = self { Digest(bytes: bytes) } else { nil } }
}
