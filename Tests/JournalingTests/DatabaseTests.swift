import Journaling
import Testing

@Suite("Database")
struct DatabaseTests {
    let scratch = Scratch()

    private func database() throws -> Database {
        try Database(scratch.path + "/a.sqlite", .write)
    }

    @Test("Values of every kind come back as they went in")
    func values() throws {
        let database = try database()
        try database.script("CREATE TABLE a (i INTEGER, r REAL, t TEXT, b BLOB, n TEXT) STRICT")
        let insert = try Statement("INSERT INTO a VALUES (?, ?, ?, ?, ?)", in: database)
        let rows: [(Int, Double, String, [UInt8])] = [
            (0, 0, "", []), (.max, .infinity, "a\0b ü 😀", [0, 1, 255]), (.min, -0.0, "'--", [0]),
            (-1, .leastNonzeroMagnitude, String(repeating: "x", count: 100_000), .init(0...255)),
        ]
        for (i, r, t, b) in rows {
            try insert.run([.integer(i), .real(r), .text(t), .blob(b), .null])
        }
        let select = try Statement("SELECT * FROM a ORDER BY rowid", in: database)
        for _ in 0..<2 {
            var index = 0
            try select.forEach { row in
                let (i, r, t, b) = rows[index]
                #expect(row.integer(0) == i)
                #expect(row.real(1) == r)
                #expect(row.text(2) == t)
                #expect(row.blob(3) == b)
                #expect(row.isNull(4) && !row.isNull(3) && !row.isNull(2))
                index += 1
            }
            #expect(index == rows.count)
        }
    }

    @Test("A transaction that throws leaves nothing, and the next one works")
    func transactions() throws {
        let database = try database()
        try database.script("CREATE TABLE a (i INTEGER NOT NULL) STRICT")
        let insert = try Statement("INSERT INTO a VALUES (?)", in: database)
        let text = message {
            try database.transaction { () throws(JournalError) in
                try insert.run([.integer(1)])
                try insert.run([.null])
            }
        }
        #expect(text?.contains("NOT NULL") == true)
        #expect(try database.integer("SELECT count(*) FROM a") == 0)
        let value = try database.transaction { () throws(JournalError) in
            try insert.run([.integer(2)])
            return "done"
        }
        #expect(value == "done")
        #expect(try database.integer("SELECT sum(i) FROM a") == 2)
    }

    @Test("Migrations run once each, in order, and a failed one changes nothing")
    func migrations() throws {
        let database = try database()
        let steps = ["CREATE TABLE a (i INTEGER)", "INSERT INTO a VALUES (1)"]
        try database.migrate(Array(steps.prefix(1)))
        #expect(try database.integer("PRAGMA user_version") == 1)
        try database.migrate(steps)
        try database.migrate(steps)
        #expect(try database.integer("SELECT count(*) FROM a") == 1)
        let bad = steps + ["INSERT INTO a VALUES (2); INSERT INTO nowhere VALUES (1)"]
        #expect(message { try database.migrate(bad) }?.contains("nowhere") == true)
        #expect(try database.integer("PRAGMA user_version") == 2)
        #expect(try database.integer("SELECT count(*) FROM a") == 1)
        #expect(throws: JournalError.newerSchema(path: database.path, version: 2, known: 1)) {
            try database.migrate(Array(steps.prefix(1)))
        }
    }

    @Test("Commits are forced to the disk, into a write-ahead log")
    func settings() throws {
        let database = try database()
        #expect(try database.integer("PRAGMA synchronous") == 2)
        var mode = ""
        try Statement("PRAGMA journal_mode", in: database).forEach { mode = $0.text(0) }
        #expect(mode == "wal")
        try database.script("CREATE TABLE a (i INTEGER)")
        let reader = try Database(database.path, .read)
        #expect(
            message { try reader.script("CREATE TABLE b (i INTEGER)") }?
                .contains("cannot be written") == true)
    }

    @Test("What body throws ends the rows, and the statement can be used again")
    func bodyThrows() throws {
        let database = try database()
        let select = try Statement("SELECT 1 UNION SELECT 2 ORDER BY 1", in: database)
        var seen: [Int] = []
        let error = JournalError.missing(folder: "x")
        #expect(throws: error) {
            try select.forEach { (row) throws(JournalError) in
                seen.append(row.integer(0))
                throw error
            }
        }
        try select.forEach { seen.append($0.integer(0)) }
        #expect(seen == [1, 1, 2])
    }
}
