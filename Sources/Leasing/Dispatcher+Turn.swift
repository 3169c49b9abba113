extension Dispatcher {
    /// Performs the commands of a turn of the coordinator's loop: first all events go to the
    /// journal, in one transaction, and only then is done and said what depends on them.
    ///
    /// - Parameters:
    ///   - wallSeconds: What the journal notes as the time; nothing depends on it.
    ///   - perform: Performs one command, in order; a `.record` is on the disk by then. False when
    ///     a `.send` finds its connection unreachable.
    /// - Throws: what `journal` or `perform` throws. The coordinator must end then: this Dispatcher
    ///   knows more than the disk.
    public mutating func perform(
        _ commands: [Command], in journal: some Journal, wallSeconds: Double, at now: Instant,
        _ perform: (Command) throws -> Bool
    ) throws {
        var pending = commands
        while !pending.isEmpty {
            let events = pending.compactMap { command in
                if case .record(let event) = command { event } else { nil }
            }
            if !events.isEmpty { try journal.append(events, at: wallSeconds) }
            var next: [Command] = []
            for command in pending {
                let isDone = try perform(command)
                if case .send(_, let connection) = command, !isDone {
                    next += handle(.unreachable(connection), at: now)
                }
            }
            pending = next
        }
    }
}
