import Corpora
import Foundation
import Journaling
import Leasing
import Messaging
import Planning

/// `concord audit`: trains a sample of finished trials again, and compares bytes. The store is only
/// read.
public struct Audit {
    private let folder: String
    private let reading: StoreReading
    private let dataRoot: String?

    /// An audit of the store in `folder`, whose data lie in `dataRoot` or where the manifests say.
    ///
    /// - Throws: an error when there is no store, or it cannot be read.
    public init(store folder: String, dataRoot: String?) throws {
        self.folder = folder
        self.dataRoot = dataRoot
        reading = try StoreReading(folder: folder)
    }

    /// How many trials are trained again.
    public enum Sample: Hashable, Sendable {
        /// A share of the finished ones, from 0 to 1; at least one.
        case share(Double)
        /// So many.
        case count(Int)

        /// The sample that `text` says: `5%` or `20`; nil when it says none.
        public init?(_ text: String) {
            if text.hasSuffix("%"), let percent = Double(text.dropLast()), percent > 0,
                percent <= 100
            {
                self = .share(percent / 100)
            } else if let count = Int(text), count > 0 {
                self = .count(count)
            } else {
                return nil
            }
        }
    }

    /// Trains the sample of `seed` again, in `slots` processes.
    ///
    /// - Returns: ``ExitStatus/done`` when all outcomes are the same bytes,
    ///   ``ExitStatus/different`` when one is not, ``ExitStatus/failed`` when one has none again.
    /// - Throws: an error when nothing is finished, or no trainer can be started.
    public func run(_ sample: Sample, seed: Int, slots: Int) throws -> ExitStatus {
        let keys = try chosen(sample, seed: seed)
        Terminal.complain("concord: trains \(keys.count) finished trials again")
        var bench = try AuditBench(
            document: try document(), dataRoot: LoadedSweep.dataRoot(dataRoot), slots: slots,
            stepLimitSeconds: reading.loaded.limits.stepLimitSeconds)
        var different = 0
        var failed = 0
        var trained = 0
        try bench.train(keys) { key, result in
            trained += 1
            // At most ten lines, however many trials.
            if trained * 10 / keys.count > (trained - 1) * 10 / keys.count, trained < keys.count {
                Terminal.complain("concord: \(trained) of \(keys.count) trials trained again")
            }
            guard let sentence = try complaint(key, result) else { return }
            if case .failure = result { failed += 1 } else { different += 1 }
            Terminal.complain("concord: \(reading.plan.label(key)) (\(key.short)): \(sentence)")
        }
        guard different == 0 else {
            Terminal.complain(
                """
                concord: \(different) of \(keys.count) trials trained again have other bytes: the \
                machine that trained them, or this one, does not compute as it should.
                """)
            return .different
        }
        guard failed == 0 else {
            Terminal.complain(
                """
                concord: \(failed) of \(keys.count) trials could not be trained again, for the \
                reasons above; the other \(keys.count - failed) have the same bytes again.
                """)
            return .failed
        }
        Terminal.complain("concord: all \(keys.count) trials have the same bytes again")
        return .done
    }

    /// The finished trials that stand first when they are ordered by a hash of seed and key.
    private func chosen(_ sample: Sample, seed: Int) throws -> [TrialKey] {
        let finished = reading.plan.uniqueKeys.filter(reading.history.isFinished)
        guard !finished.isEmpty else { throw RunningError("\(folder): no trial is finished yet.") }
        let count =
            switch sample {
            case .share(let share): Int((share * Double(finished.count)).rounded(.up))
            case .count(let count): count
            }
        let ranked = finished.map { key in
            (rank: Digest(of: Array("\(seed) \(key)".utf8)), key: key)
        }
        return ranked.sorted { $0.rank < $1.rank }.prefix(count).map(\.key)
    }

    private func document() throws -> SweepDocument {
        guard let document = try reading.store.document() else {
            throw RunningError("\(folder): the store holds no sweep yet.")
        }
        return document
    }

    /// Whether an outcome is all that another one says but for attention, of which early programs
    /// say nothing.
    private func isOlder(_ recorded: [UInt8], than again: [UInt8]) -> Bool {
        guard let old = try? Outcome(decoding: recorded), old.attention.isEmpty,
            var new = try? Outcome(decoding: again)
        else { return false }
        new.attention = []
        return new == old
    }

    /// What is wrong with a trial that was trained again; nil when it has the same bytes.
    private func complaint(
        _ key: TrialKey, _ result: Result<[UInt8], AuditBench.Fault>
    ) throws -> String? {
        guard let recorded = try reading.store.outcome(key)?.outcome else { return nil }
        switch result {
        case .failure(let fault): return "it failed this time: \(fault.description)"
        case .success(let again):
            if again == recorded || isOlder(recorded, than: again) { return nil }
            let place = zip(again, recorded).prefix { $0 == $1 }.count
            return """
                its outcome is another, \(Digest(of: again)) instead of \(Digest(of: recorded)), \
                from byte \(place) of \(recorded.count) on
                """
        }
    }
}

/// Trainers that train trials of an audit, one after the other in each slot.
private struct AuditBench {
    /// Why a trial has no outcome this time.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    private let document: SweepDocument
    private let dataRoot: String?
    private let reactor: Reactor
    private let stepLimitSeconds: Double
    private var slots: [Slot]

    private struct Slot {
        var trainer: TrainerProcess?
        var key: TrialKey?
        /// When its trainer was asked for the trial, or last said how far it is.
        var heardAt = 0.0
    }

    init(
        document: SweepDocument, dataRoot: String?, slots: Int, stepLimitSeconds: Double
    ) throws {
        self.document = document
        self.dataRoot = dataRoot
        self.stepLimitSeconds = stepLimitSeconds
        reactor = try Reactor()
        self.slots = Array(repeating: Slot(), count: max(1, slots))
        StopSignal.watch(waking: reactor.waker)
    }

    /// Trains all of `keys`; `done` hears of each when it is done.
    mutating func train(
        _ keys: [TrialKey], _ done: (TrialKey, Result<[UInt8], Fault>) throws -> Void
    ) throws {
        var waiting = keys[...]
        while !waiting.isEmpty || slots.contains(where: { $0.key != nil }) {
            if StopSignal.count > 0 { throw RunningError("stopped.", status: .interrupted) }
            for slot in slots.indices where slots[slot].key == nil {
                guard let key = waiting.popFirst() else { break }
                try start(key, slot)
            }
            let ready = try reactor.wait(seconds: 1)
            for slot in slots.indices {
                guard let trainer = slots[slot].trainer, let key = slots[slot].key else { continue }
                let speaks = ready.contains(.descriptor(trainer.output))
                if let result = speaks ? hear(trainer, slot) : endStalled(trainer, slot) {
                    slots[slot].key = nil
                    try done(key, result)
                }
            }
        }
    }

    private mutating func start(_ key: TrialKey, _ slot: Int) throws {
        let trainer = try slots[slot].trainer ?? TrainerProcess()
        if slots[slot].trainer == nil {
            slots[slot].trainer = trainer
            reactor.watch(trainer.output)
            trainer.ask(.prepare(document, dataRoot: dataRoot, cache: nil))
        }
        slots[slot].key = key
        slots[slot].heardAt = Clock.monotonicSeconds
        trainer.ask(.train(LeaseID(key: key, attempt: 1), checkpoint: nil, keepsModel: false))
    }

    private mutating func hear(
        _ trainer: TrainerProcess, _ slot: Int
    ) -> Result<[UInt8], Fault>? {
        slots[slot].heardAt = Clock.monotonicSeconds
        let (replies, isGone) = trainer.replies()
        for reply in replies {
            switch reply {
            case .ready, .progress, .checkpoint: continue
            case .finished(_, let delivery): return .success(delivery.outcome)
            case .lacking(_, _, let reason): return .failure(Fault(description: reason))
            case .failed(_, let failure):
                return .failure(Fault(description: failure.message))
            }
        }
        guard isGone else { return nil }
        drop(trainer, slot)
        return .failure(Fault(description: "the trainer ended by \(trainer.ending())"))
    }

    /// Ends a trainer that hangs; nil while it does not.
    private mutating func endStalled(
        _ trainer: TrainerProcess, _ slot: Int
    ) -> Result<[UInt8], Fault>? {
        guard Clock.monotonicSeconds > slots[slot].heardAt + stepLimitSeconds else { return nil }
        trainer.end()
        drop(trainer, slot)
        return .failure(
            Fault(
                description:
                    "the trainer made no progress for \(stepLimitSeconds) s and was ended"))
    }

    private mutating func drop(_ trainer: TrainerProcess, _ slot: Int) {
        reactor.unwatch(trainer.output)
        slots[slot].trainer = nil
    }
}
