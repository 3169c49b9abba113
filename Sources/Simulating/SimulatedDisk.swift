import Kernels
import Leasing

/// The disk under a simulated journal: it fails, fills, tears, and is written by one coordinator.
///
/// The log holds events and the marks that end transactions. An event behind the last mark is what
/// a torn write left; a coordinator that opens the log cuts it off. What is not modelled: a disk
/// that says that it has flushed and has not. No journal survives that; SQLite's does not either.
final class SimulatedDisk {
    /// The chance that an append fails, and that the coordinator is killed before, amid or after.
    var errorChance = 0.0
    var killChance = 0.0
    var isFull = false
    /// The coordinator that may write: the newest that has opened the log.
    private(set) var epoch = 0
    /// Transactions that reached the disk since ``takeLanded()``, acknowledged or not.
    private var landed: [JournalEvent] = []
    /// How often it failed, and how.
    private(set) var faults = 0

    private var log: [Entry] = []
    private var random: RandomStream
    private let breaking: Break?
    /// Events that the disk said it has, and has not: only where a rule is broken.
    private var unwritten: [JournalEvent] = []

    private enum Entry {
        case event(JournalEvent)
        case end
    }

    init(random: RandomStream, breaking: Break?) {
        self.random = random
        self.breaking = breaking
    }

    /// Opens the log for a new coordinator, and fences the one before.
    func open() -> SimulatedJournal {
        epoch += 1
        unwritten = []
        if let end = log.lastIndex(where: { if case .end = $0 { true } else { false } }) {
            log.removeSubrange((end + 1)...)
        } else {
            log.removeAll()
        }
        return SimulatedJournal(disk: self, epoch: epoch)
    }

    /// All events of whole transactions.
    var events: [JournalEvent] {
        let end = log.lastIndex { if case .end = $0 { true } else { false } } ?? 0
        return log[..<end].compactMap { if case .event(let event) = $0 { event } else { nil } }
    }

    /// What has reached the disk since the last call.
    func takeLanded() -> [JournalEvent] {
        defer { landed = [] }
        return landed
    }

    fileprivate func append(_ events: [JournalEvent], epoch: Int) throws(DiskFailure) {
        do {
            try write(events, epoch: epoch)
        } catch {
            // The rule is that the coordinator ends here.
            guard breaking == .diskErrorIgnored, error != .killed else { throw error }
        }
    }

    private func write(_ events: [JournalEvent], epoch: Int) throws(DiskFailure) {
        guard epoch == self.epoch || breaking == .noEpoch else { throw .fenced }
        if isFull { throw fail(.full) }
        if random.chance(killChance) { throw fail(.killed) }
        if random.chance(errorChance) { throw fail(.failed) }
        if random.chance(killChance) {
            let torn = random.below(events.count + 1)
            log += events[..<torn].map { .event($0) }
            throw fail(.killed)
        }
        if breaking == .recordAfterSend {
            land(unwritten)
            unwritten = events
        } else {
            land(events)
        }
        // The system's error at the very end: the events are there, and nobody knows.
        if random.chance(errorChance) { throw fail(.failed) }
        if random.chance(killChance) { throw fail(.killed) }
    }

    private func land(_ events: [JournalEvent]) {
        log += events.map { .event($0) }
        log.append(.end)
        landed += events
    }

    private func fail(_ failure: DiskFailure) -> DiskFailure {
        faults += 1
        return failure
    }
}

/// Why an append ended the coordinator.
enum DiskFailure: Error {
    /// The disk is full.
    case full
    /// The system reports an error.
    case failed
    /// The coordinator was killed meanwhile.
    case killed
    /// A newer coordinator has taken the store over.
    case fenced
}

/// The journal as one life of the coordinator holds it.
final class SimulatedJournal: Journal {
    let epoch: Int
    private let disk: SimulatedDisk

    init(disk: SimulatedDisk, epoch: Int) {
        self.disk = disk
        self.epoch = epoch
    }

    func append(_ events: [JournalEvent], at seconds: Double) throws {
        try disk.append(events, epoch: epoch)
    }

    func replay(into history: inout Dispatcher.History) throws {
        for event in disk.events { try history.replay(event) }
    }
}
