/// The tables of a store.
enum Schema {
    /// The steps from an empty file to the current version; a released step never changes, and a
    /// new ``EventKind`` is a new step: an older program would take its lines for damage.
    static let steps = [first, second, third]

    /// `events` is the journal; `outcomes` are named by their trial's key, which names their
    /// content, and so are shared by all sweeps of the store.
    private static let first = """
        CREATE TABLE facts (
            name TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT;

        CREATE TABLE documents (
            id INTEGER PRIMARY KEY,
            digest BLOB NOT NULL,
            spec TEXT NOT NULL
        ) STRICT;

        CREATE TABLE manifests (
            document INTEGER NOT NULL REFERENCES documents,
            position INTEGER NOT NULL,
            text TEXT NOT NULL,
            folder TEXT NOT NULL,
            PRIMARY KEY (document, position)
        ) STRICT;

        CREATE TABLE outcomes (
            trial BLOB PRIMARY KEY,
            digest BLOB NOT NULL,
            attempt INTEGER NOT NULL,
            worker TEXT NOT NULL,
            provenance BLOB NOT NULL,
            outcome BLOB NOT NULL
        ) STRICT;

        CREATE TABLE events (
            sequence INTEGER PRIMARY KEY,
            time REAL NOT NULL,
            kind TEXT NOT NULL,
            trial BLOB,
            attempt INTEGER,
            worker TEXT,
            number INTEGER,
            cause TEXT,
            detail TEXT,
            digest BLOB,
            document INTEGER REFERENCES documents
        ) STRICT;

        CREATE INDEX plans ON events (sequence) WHERE kind = 'planned';

        CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
        BEGIN SELECT RAISE(ABORT, 'events are only added'); END;

        CREATE TRIGGER events_are_not_removed BEFORE DELETE ON events
        BEGIN SELECT RAISE(ABORT, 'events are only added'); END;

        CREATE TRIGGER outcomes_are_not_changed BEFORE UPDATE ON outcomes
        BEGIN SELECT RAISE(ABORT, 'outcomes are only added'); END;
        """

    /// The epoch, which a program that knows only the first step would neither raise nor compare.
    private static let second = "INSERT INTO facts VALUES ('epoch', '0')"

    /// Kinds of events that came after the second step; and a store is of no one sweep any more,
    /// which an older program would compare with its own.
    private static let third = "DELETE FROM facts WHERE name = 'sweep'"
}
