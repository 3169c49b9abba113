import Journaling
import Leasing

extension Store: Journal {
    /// Replays the journal into `history`, without the bytes of outcomes.
    ///
    /// - Throws: an error when the store cannot be read or its journal contradicts itself.
    public func replay(into history: inout Dispatcher.History) throws {
        for entry in try entries() {
            switch entry.event {
            case .finished(let lease, _, let outcome):
                try history.replayFinished(lease, outcome: outcome)
            case .other(let event): try history.replay(event)
            }
        }
    }
}
