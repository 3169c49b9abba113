import Foundation
import Journaling
import Leasing
import Planning

/// `concord store`: a store checked, repaired, bundled and made of a bundle.
public struct StoreUpkeep {
    private let folder: String

    /// The upkeep of the store in a folder.
    public init(store folder: String) { self.folder = folder }

    /// Reads all of the store and says what is wrong with it; repairs it when asked to.
    ///
    /// - Throws: an error when there is no store, or it cannot be repaired.
    public func check(repair: Bool) throws -> ExitStatus {
        let faults = try faults()
        for fault in faults { Terminal.show(fault) }
        guard !faults.isEmpty else {
            Terminal.show("\(folder): all is well")
            return .done
        }
        guard repair else {
            Terminal.complain(
                """
                concord: \(faults.count) faults in \(folder). With --repair the trials whose \
                outcomes are damaged are open again, and all else is kept.
                """)
            return .damaged
        }
        let done = try Store.repair(folder, at: Clock.wallSeconds)
        Terminal.show(
            """
            \(folder): repaired; \(done.reopened.count) trials are open again, \
            \(done.linesLost) lines of the journal are lost; the damaged file is \(done.damaged)
            """)
        let rest = try self.faults()
        for fault in rest { Terminal.complain("concord: still wrong: \(fault)") }
        return rest.isEmpty ? .done : .damaged
    }

    /// Writes the store as one file.
    ///
    /// - Throws: an error when there is no sound store, or the file cannot be written.
    public func bundle(into file: String) throws -> ExitStatus {
        try Store.bundle(folder, into: file)
        Terminal.complain("concord: wrote \(file); concord store unbundle makes a store of it")
        return .done
    }

    /// Makes the store of a bundle.
    ///
    /// - Throws: an error when the file is no sound bundle, or the folder is there already.
    public func unbundle(_ file: String) throws -> ExitStatus {
        try Store.unbundle(file, into: folder)
        Terminal.complain("concord: the store is in \(folder)")
        return .done
    }

    /// What is wrong with the store's parts; when nothing is, with the story that they tell.
    private func faults() throws -> [String] {
        let store = try Store.observe(folder)
        let faults = store.check()
        guard faults.isEmpty else { return faults.map(\.description) }
        guard let document = try store.document() else { return [] }
        do {
            let plan = try LoadedSweep(document: document, dataRoot: nil).plan
            let keys = try store.outcomeKeys()
            // Those of other sweeps too.
            var history = Dispatcher.History(trials: plan.uniqueKeys + keys)
            try store.replay(into: &history)
            return try keys.compactMap { try fault(of: $0, plan, store) }
        } catch let error as HistoryError {
            return ["the journal: \(error)"]
        }
    }

    /// What is wrong with an outcome that is the one that was written.
    private func fault(of key: TrialKey, _ plan: Plan, _ store: Store) throws -> String? {
        guard let delivery = try store.outcome(key) else { return nil }
        do {
            let outcome = try Outcome(decoding: delivery.outcome)
            if let trial = plan.trial(key) { try outcome.check(against: plan, trial: trial) }
            return nil
        } catch {
            return "the outcome of trial \(key): \(error)"
        }
    }
}
