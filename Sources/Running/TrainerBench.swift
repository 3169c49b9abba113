import Corpora
import Features
import Foundation
import Glibc
import Leasing
import Messaging
import Planning
import Synchronization
import Training

/// Where a trainer trains: the plan, and the corpora's files, opened once for all trials.
final class TrainerBench {
    private let sweep: LoadedSweep
    private let matrices: TrialMatrices

    init(sweep: LoadedSweep, cache: String?) {
        self.sweep = sweep
        matrices = TrialMatrices(sweep: sweep, cache: cache)
    }

    /// Trains the trial of `lease`, from `checkpoint` if there is one, and says how it ended.
    func train(_ lease: LeaseID, from checkpoint: TrialCheckpoint?, keepsModel: Bool) {
        let started = Clock.wallSeconds
        TrainerLoop.reply(.progress(lease, Progress(epoch: 0, epochs: 0)))
        do {
            guard let trial = sweep.plan.trial(lease.key) else {
                throw RunningError("the plan has no trial \(lease.key)")
            }
            let result = try result(of: trial, lease, from: checkpoint)
            let provenance = Provenance(lease: lease, started: started, ended: Clock.wallSeconds)
            TrainerLoop.reply(
                .finished(
                    lease,
                    Delivery(
                        outcome: result.outcome.encoded(),
                        provenance: Array(provenance.json.utf8),
                        model: keepsModel ? try model(of: result, lease) : nil)))
        } catch let lacking as TrialMatrices.Lacking {
            TrainerLoop.reply(.lacking(lease, lacking.digests, reason: lacking.reason))
        } catch {
            let failure = Failure(cause: TrainerBench.cause(of: error), message: "\(error)")
            TrainerLoop.reply(.failed(lease, failure))
        }
    }

    /// The bytes of the model, where a message can hold them beside the outcome.
    private func model(of result: TrialTraining.Result, _ lease: LeaseID) throws -> [UInt8]? {
        let bytes = try result.model.encoded()
        let most = WireCodec.messageBytesMax / 2
        guard bytes.count > most else { return bytes }
        Terminal.complain(
            "concord trainer: \(lease): the model has \(bytes.count) bytes, of which a message "
                + "holds \(most); it is not kept. Use fewer units, or fewer networks a trial.")
        return nil
    }

    private func result(
        of trial: Trial, _ lease: LeaseID, from checkpoint: TrialCheckpoint?
    ) throws -> TrialTraining.Result {
        let plan = sweep.plan
        let cell = plan.cells[trial.cell]
        let data = try data(of: trial)
        var training = try TrialTraining(
            key: trial.key, recipe: cell.recipe, features: cell.features,
            targets: plan.sweep.targets, hopSeconds: plan.corpora[0].hopSeconds, data: data)
        if let checkpoint {
            do {
                try training.resume(from: checkpoint.bytes)
            } catch {
                Terminal.complain("concord trainer: \(lease): \(error)")
            }
        }
        TrainerLoop.isSaveWanted.store(false, ordering: .relaxed)
        var done = checkpoint?.epoch ?? 0
        return try training.train { epoch, epochs in
            done = epoch
            TrainerLoop.reply(.progress(lease, Progress(epoch: epoch, epochs: epochs)))
        } epochEnded: { state in
            guard TrainerLoop.isSaveWanted.exchange(false, ordering: .acquiring) else { return }
            let checkpoint = TrialCheckpoint(epoch: done, bytes: state())
            TrainerLoop.reply(.checkpoint(lease, checkpoint))
        }
    }

    /// The matrices of a trial, read only where its split holds.
    ///
    /// - Throws: ``PlanError/leak(scheme:fold:_:)`` where something stands on two sides, and the
    ///   errors of reading.
    func data(of trial: Trial) throws -> TrialData {
        try sweep.plan.check(trial)
        let cell = sweep.plan.cells[trial.cell]
        let split = sweep.plan.splits[trial.split]
        let tuned = cell.recipe.tuning == nil ? [] : split.tuned
        func loaded(_ side: [Int]) throws -> [RecordingData] {
            try side.map { try load($0, cell.features) }
        }
        return try matrices.gather {
            TrialData(
                train: try loaded(split.train.filter { !tuned.contains($0) }),
                validation: try loaded(split.validation), test: try loaded(split.test),
                tune: try loaded(tuned))
        }
    }

    private func load(_ index: Int, _ features: FeatureChoice) throws -> RecordingData {
        let planned = sweep.plan.recordings[index]
        let corpus = sweep.plan.corpora[planned.corpus]
        let recording = planned.recording
        let sets = features.featureSets
        let targets = Recording.goldDigestName
        guard let gold = recording.digests[Recording.goldDigestName] else {
            throw RunningError("recording \(recording.id) has no digest of its gold traces")
        }
        return RecordingData(
            goldDigest: gold,
            features: try sets.map { try matrices.matrix($0, of: planned) },
            masks: try sets.map { try matrices.mask($0 + ".mask", of: planned) },
            gold: try matrices.matrix(targets, of: planned),
            goldMask: try matrices.mask(targets + ".mask", of: planned),
            targetColumns: sweep.plan.sweep.targets.compactMap {
                corpus.targets.firstIndex(of: $0)
            }, culture: recording.culture)
    }

    private static func cause(of error: any Error) -> Failure.Cause {
        switch error {
        case is FeatureError, is CorpusError: .data
        default: .training
        }
    }
}

/// Where and how an outcome came to be: never compared, never in a report's bytes.
struct Provenance {
    let lease: LeaseID
    let started: Double
    let ended: Double

    /// Host, process, times in seconds, peak memory in bytes.
    var json: String {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("attempt")
        writer.integer(lease.attempt)
        writer.key("host")
        writer.string(ProcessInfo.processInfo.hostName)
        writer.key("process")
        writer.integer(Int(getpid()))
        writer.key("started")
        writer.number(started)
        writer.key("seconds")
        writer.number(ended - started)
        writer.key("peakBytes")
        writer.integer(usage.ru_maxrss * 1024)
        writer.endObject()
        return writer.text
    }
}
