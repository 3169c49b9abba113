import Corpora
import Features
import Foundation
import Glibc
import Kernels
import Leasing
import Messaging
import Planning
import Synchronization
import Training

/// Where a trainer trains: the plan, and the corpora's files, opened once for all trials.
final class TrainerBench {
    private let sweep: LoadedSweep
    private let matrices: TrialMatrices
    private let tags: [String]
    /// What was learnt to derive features by, for trials of the same training side.
    private var learnt: [LearntFrom: TrialInputs] = [:]

    private struct LearntFrom: Hashable {
        let features: [FeatureChoice.Modality]
        let train: [Int]
    }

    /// The most values of codebooks that are kept: 4 MiB, as each is held twice.
    private static let learntMax = 1 << 19

    init(sweep: LoadedSweep, cache: String?, tags: [String] = []) {
        self.sweep = sweep
        self.tags = tags
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
            let provenance = Provenance(
                lease: lease, started: started, ended: Clock.wallSeconds, tags: tags)
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
            let failure = Failure(
                cause: TrainerBench.cause(of: error), message: sentence(of: error, in: lease.key))
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
        let source = LearntFrom(features: cell.features.modalities, train: phases(of: trial).source)
        var training = try TrialTraining(
            key: trial.key, recipe: cell.recipe, features: cell.features,
            targets: plan.sweep.targets, hopSeconds: plan.corpora[0].hopSeconds, data: data,
            inputs: learnt[source]
        ) {
            TrainerLoop.reply(.progress(lease, Progress(epoch: 0, epochs: 0)))
        }
        keep(training.inputs, as: source)
        if let checkpoint {
            do {
                try training.resume(from: checkpoint.bytes)
            } catch {
                Terminal.complain("concord trainer: \(lease): \(error)")
            }
        }
        var done = checkpoint?.epoch ?? 0
        return try training.train { epoch, epochs in
            done = epoch
            TrainerLoop.reply(.progress(lease, Progress(epoch: epoch, epochs: epochs)))
        } epochEnded: { state in
            guard TrainerLoop.isSaveWanted.exchange(false, ordering: .acquiring) else { return }
            let bytes = state()
            guard bytes.count <= TrialCheckpoint.bytesMax else {
                Terminal.complain(
                    "concord trainer: \(lease): its state has \(bytes.count) bytes, and at most "
                        + "\(TrialCheckpoint.bytesMax) are kept; if it is interrupted, it begins "
                        + "anew. Use fewer units, or a projection.")
                return
            }
            TrainerLoop.reply(.checkpoint(lease, TrialCheckpoint(epoch: done, bytes: bytes)))
        }
    }

    private func keep(_ inputs: TrialInputs, as source: LearntFrom) {
        guard (1...TrainerBench.learntMax).contains(inputs.learntCount), learnt[source] == nil
        else { return }
        let count = learnt.values.reduce(inputs.learntCount) { $0 + $1.learntCount }
        if count > TrainerBench.learntMax { learnt = [:] }
        learnt[source] = inputs
    }

    /// The matrices of a trial, read only where its split holds.
    ///
    /// - Throws: ``PlanError/leak(scheme:fold:_:)`` where something stands on two sides, and the
    ///   errors of reading.
    func data(of trial: Trial) throws -> TrialData {
        try sweep.plan.check(trial)
        let features = sweep.plan.cells[trial.cell].features
        let split = sweep.plan.splits[trial.split]
        let (source, tuned) = phases(of: trial)
        func loaded(_ side: [Int]) throws -> [RecordingData] {
            try side.map { try load($0, features) }
        }
        let recordings = (split.train + split.validation + split.test)
            .map { sweep.plan.recordings[$0] }
        return try matrices.gather(of: recordings) {
            TrialData(
                train: try loaded(source),
                validation: try loaded(split.validation), test: try loaded(split.test),
                tune: try loaded(tuned))
        }
    }

    private func phases(of trial: Trial) -> (source: [Int], tuned: [Int]) {
        sweep.plan.splits[trial.split].phases(of: sweep.plan.cells[trial.cell].recipe)
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

    /// What an error of a trial says, with its recordings by the ids that people know.
    private func sentence(of error: any Error, in key: TrialKey) -> String {
        guard let error = error as? TrainingError, let trial = sweep.plan.trial(key) else {
            return "\(error)"
        }
        let split = sweep.plan.splits[trial.split]
        let recordings = (split.train + split.validation + split.test)
            .map { sweep.plan.recordings[$0].recording }
        return error.description { gold in
            recordings.first { $0.digests[Recording.goldDigestName] == gold }?.id
        }
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
    let tags: [String]

    /// Host, process, times in seconds, peak memory in bytes, what computed, and the worker's tags
    /// if it has any.
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
        writer.key("version")
        writer.string(Release.version)
        writer.key("numerics")
        writer.integer(Numerics.version)
        writer.key("instructionSet")
        writer.string(InstructionSet.current.name)
        if !tags.isEmpty {
            writer.key("tags")
            writer.string(tags.joined(separator: " "))
        }
        writer.endObject()
        return writer.text
    }
}
