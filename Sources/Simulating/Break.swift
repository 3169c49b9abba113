/// A rule that a simulated cluster breaks on purpose, to show that the auditor sees it.
///
/// The state machines are left alone: the shell around them, or the disk below, breaks the rule in
/// what it hands to them, performs or writes.
package enum Break: String, CaseIterable, Sendable {
    /// A fact reaches the disk only after what depends on it was said.
    case recordAfterSend
    /// The lease is written in a later transaction than the one before its `train` (F4).
    case leaseApart
    /// Progress of an older attempt renews the newest lease, and its failure ends it.
    case notFenced
    /// Progress renews nothing.
    case renewalsLost
    /// Heartbeats count as progress (F2).
    case heartbeatRenews
    /// A second outcome is counted like the first.
    case countedTwice
    /// A second outcome is thrown away and not compared.
    case notCompared
    /// The number of the attempt is not raised.
    case attemptNotRaised
    /// A late outcome of a lease that has expired is dropped (F1).
    case lateDropped
    /// A lease that was given back in order counts as failed.
    case returnSpends
    /// The loss of a worker counts as a fault of its trial.
    case lossIsFault
    /// An append that failed is taken for one that went well (F17).
    case diskErrorIgnored
    /// A coordinator whose store was taken over goes on writing (F7).
    case noEpoch
    /// An outcome is said before it is in the spool.
    case spoolAfterSend
    /// The spool forgets an outcome when it has been said.
    case unspoolEarly
    /// What rotted in the spool is handed over.
    case spoolNotChecked
}
