import Corpora
import Planning

/// A fact that the coordinator writes down before it acts on it.
public enum JournalEvent: Hashable, Sendable {
    /// A sweep was opened: its document, and how many trials it plans.
    case planned(SweepDocument, trials: Int)
    /// A worker was admitted.
    case joined(WorkerID, name: String, slots: Int)
    /// What a worker that joined has to work with, where it says so.
    case announced(WorkerID, Resources)
    /// A worker left in order (`lost` false) or was not heard of any more (`lost` true).
    case left(WorkerID, lost: Bool)
    /// A trial was given to a worker: written before the worker hears of it.
    case leased(LeaseID, WorkerID)
    /// An idle slot took a second copy of a leased trial, when no other waited.
    case copied(LeaseID, WorkerID)
    /// The first valid outcome of a trial: the one that counts.
    case finished(LeaseID, WorkerID, Delivery)
    /// A later outcome of a trial that has one already, compared byte for byte.
    case repeated(LeaseID, WorkerID, outcome: Digest, equal: Bool)
    /// An attempt ended without an outcome, by a fault of the trial.
    case failed(LeaseID, WorkerID, Failure)
    /// An attempt ended because its worker was lost, or no progress came.
    case expired(LeaseID, WorkerID)
    /// The worker of an expired lease came back with it: what was taken for a loss was an absence,
    /// which spends no budget.
    case explained(LeaseID, WorkerID)
    /// A worker gave the lease back, or was lost before it began it; no budget is spent.
    case returned(LeaseID, WorkerID)
    /// The trial is quarantined: no further attempt until the user asks for one.
    case abandoned(TrialKey, Failure)
    /// Different trials failed on the worker, and on no other: it is given no more.
    case cordoned(WorkerID)
    /// The worker is given trials again, since no other is there.
    case released(WorkerID)
    /// The user asked for new attempts at a quarantined trial; its budgets are whole again.
    case reopened(TrialKey)
    /// A repair found that the trial's outcome is missing or damaged: the trial is open again.
    case discarded(TrialKey, outcome: Digest)
}
