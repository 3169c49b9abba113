/// What must hold after every schedule of faults.
///
/// ``once`` to ``bounded`` are the invariants I1 to I8 of the fault matrix; the others are what
/// holds them up, and are seen earlier.
public enum Invariant: String, CaseIterable, Sendable {
    /// I1: a trial has one outcome that counts; every later one is compared with it and noted.
    case once = "I1 once"
    /// I2: what was acknowledged is never lost: not by the journal, not by the spool before.
    case kept = "I2 kept"
    /// I3: the report is, byte for byte, that of a run in which nothing happened.
    case same = "I3 same report"
    /// I4: machines and networks that fail spend no budget of a trial that is sound, and loss is
    /// counted only where somebody was really silent.
    case forgiving = "I4 forgiving"
    /// I5: a stale attempt or a coordinator whose store was taken over changes nothing.
    case fenced = "I5 fenced"
    /// I6: with one healthy worker, every sound trial ends with an outcome, every poisoned one in
    /// quarantine.
    case ends = "I6 ends"
    /// I7: a trial that has an outcome is not leased again.
    case notAgain = "I7 not again"
    /// I8: the journal, the Dispatcher's memory and the number of leases stay bounded by the trials
    /// and what has happened.
    case bounded = "I8 bounded"
    /// No worker's memory is given away twice, and no trial runs beside others that leave it none.
    case roomy
    /// What depends on a fact is said when the fact is on the disk, and not before.
    case journalFirst = "journal first"
    /// The state machines do not contradict themselves, and the replayed journal is the live state.
    case consistent = "consistent"
    /// Where nothing happens, every trial is leased once.
    case calm = "calm"
}

/// The first thing that was wrong in a run.
public struct Violation: Hashable, Sendable, CustomStringConvertible {
    /// What did not hold.
    public let invariant: Invariant
    /// What happened, in a sentence.
    public let sentence: String
    /// When, in virtual seconds.
    public let seconds: Double
    /// At which step of the run.
    public let step: Int

    /// The invariant, the sentence, when and where.
    public var description: String {
        "\(invariant.rawValue): \(sentence), at \(seconds) s, step \(step)"
    }
}
