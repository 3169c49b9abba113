import Corpora
import Descriptors
import Features
import Foundation
import Planning
import Training

/// A model in a file, as `concord run --keep-models` leaves it in the store's folder `models`.
public struct StoredModel {
    private let path: String
    private let model: Model

    /// Reads the model in the file at `path`, or in the one beside it whose name begins so.
    ///
    /// - Throws: an error that names the file and says what is wrong with it.
    public init(path: String) throws {
        let path = try StoredModel.whole(path)
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw RunningError(
                "\(path): there is no such model. A run with --keep-models leaves them in its "
                    + "store, as models/KEY.model.")
        }
        do {
            model = try Model(decoding: Array(bytes))
        } catch {
            throw RunningError("\(path): \(error)")
        }
        self.path = path
    }

    /// The path of the model that `path` gives in whole, or by the first digits of its key.
    private static func whole(_ path: String) throws -> String {
        guard !FileManager.default.fileExists(atPath: path) else { return path }
        let folder = URL(filePath: path).deletingLastPathComponent()
        let digits = URL(filePath: path).lastPathComponent
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let found = names.filter { $0.hasPrefix(digits) && $0.hasSuffix(".model") }
        guard found.count < 2 else {
            throw RunningError("\(path): \(found.count) models begin so. Give more digits.")
        }
        return found.first.map { folder.appending(path: $0).path } ?? path
    }

    /// Puts a trial's model into the store, whole and on the disk.
    ///
    /// - Throws: ``RunningError`` with the system's reason, such as a full disk.
    static func keep(_ model: [UInt8], of key: TrialKey, in store: String) throws {
        try DigestedFile.makeFolder(store + "/models")
        try DigestedFile.replace(path(key, in: store), by: model, isDurable: true)
    }

    /// The sentence on those of the finished trials that have no model in the store; nil where all
    /// have one.
    static func lack(of finished: [TrialKey], in store: String) -> String? {
        let lacking = finished.count {
            !FileManager.default.fileExists(atPath: path($0, in: store))
        }
        guard lacking > 0 else { return nil }
        return "\(lacking) trials finished before without --keep-models, and have no model; to "
            + "have theirs too, run the sweep with another --store"
    }

    private static func path(_ key: TrialKey, in store: String) -> String {
        "\(store)/models/\(key).model"
    }

    /// Predicts every recording of a manifest into `folder`: `RECORDING.csv` in AVEC's layout, and
    /// `predictions.h5` with a matrix (T, targets) each, and where its features lie.
    ///
    /// Gold traces are not read.
    /// - Throws: an error that names the recording, or the feature set that the corpus lacks.
    public func predict(
        manifest: String, dataRoot: String?, into folder: String
    ) throws -> ExitStatus {
        let text = try LoadedSweep.read(manifest, what: "manifest")
        let corpus = try Manifest.parse(text, file: manifest)
        let sets = try featureSets(of: corpus, manifest)
        let root = corpus.dataRoot(
            manifestFolder: LoadedSweep.folder(of: manifest),
            override: LoadedSweep.dataRoot(dataRoot))
        let reader = CorpusReader(corpus: corpus, dataRoot: root)
        try DigestedFile.makeFolder(folder)
        let writer = try HDF5Writer(path: folder + "/predictions.h5")
        try writer.setAttribute("/", "model", .text(model.key.description))
        try writer.setAttribute("/", "hop_seconds", .number(model.hopSeconds))
        try writer.setAttribute("/", "data_root", .text(URL(filePath: root).path))
        for recording in corpus.recordings {
            let values: [Float]
            do {
                values = try model.predict(
                    features: try sets.map { try reader.features(recording, $0) },
                    masks: try sets.map { try reader.mask(recording, $0) })
            } catch let error as TrainingError {
                let sentence = error.description { _ in recording.id }
                throw RunningError("\(manifest): recording \(recording.id): \(sentence)")
            }
            try write(values, of: recording, sets, to: folder, writer)
        }
        try writer.close()
        Terminal.complain(
            "concord: predicted \(corpus.recordings.count) recordings into \(folder)")
        return .done
    }

    /// Writes the model as HDF5: weights in PyTorch's layout and names, and what else it takes to
    /// predict with them.
    ///
    /// - Throws: an error when the file cannot be written.
    public func export(to file: String) throws -> ExitStatus {
        let writer = try HDF5Writer(path: file)
        try writer.setAttribute("/", "format", .text("concord model"))
        try writer.setAttribute("/", "key", .text(model.key.description))
        try writer.setAttribute("/", "network", .text(try model.network.text()))
        try writer.setAttribute("/", "targets", .texts(model.targets))
        try writer.setAttribute("/", "hop_seconds", .number(model.hopSeconds))
        try writer.setAttribute("/", "lag_edges", .text(model.edges))
        for (index, part) in model.parts.enumerated() {
            try StoredModel.write(part, at: "networks/\(index)", writer)
        }
        for (index, input) in model.inputs.derived.enumerated() {
            try StoredModel.write(input, at: "derived/\(index)", writer)
        }
        for (index, choice) in model.choices.enumerated() {
            let name = "targets/\(index)"
            let sources = model.sources[index]
            try writer.write(
                name + "/shares", shape: [sources.count], doubles: sources.map(\.share))
            try writer.setAttribute(name, "name", .text(model.targets[index]))
            try writer.setAttribute(name, "networks", .numbers(sources.map { Double($0.part) }))
            try writer.setAttribute(name, "lag_seconds", .number(choice.lagSeconds))
            let steps = choice.postProcessing.map(StoredModel.words)
            if !steps.isEmpty { try writer.setAttribute(name, "post_processing", .texts(steps)) }
        }
        try writer.close()
        Terminal.complain("concord: wrote \(file)")
        return .done
    }

    private static func write(_ part: Model.Part, at name: String, _ writer: HDF5Writer) throws {
        for tensor in part.tensors {
            try writer.write(
                "\(name)/weights/\(tensor.name)", shape: tensor.shape, floats: tensor.values)
        }
        for (label, values) in [
            ("input_mean", part.inputMeans), ("input_deviation", part.inputDeviations),
            ("output_mean", part.outputMeans), ("output_deviation", part.outputDeviations),
        ] {
            try writer.write("\(name)/\(label)", shape: [values.count], doubles: values)
        }
        try writer.setAttribute(name, "feature_sets", .texts(part.featureSets))
        try writer.setAttribute(
            name, "modality_widths", .numbers(part.modalityWidths.map(Double.init)))
        try writer.setAttribute(name, "targets", .texts(part.targets))
        try writer.setAttribute(name, "lag_frames", .number(Double(part.lagFrames)))
    }

    /// What derives a feature set, with its codebook.
    private static func write(
        _ input: (input: FeatureChoice.Input, deriver: Deriver), at name: String,
        _ writer: HDF5Writer
    ) throws {
        let seconds: Double
        switch input.deriver.making {
        case .functionals(let functionals):
            seconds = functionals.windowSeconds
        case .words(let bag):
            seconds = bag.windowSeconds
            let codebook = bag.codebook
            try writer.write(
                name + "/words", shape: [codebook.words.count, codebook.width],
                floats: codebook.words.flatMap(\.self))
            if let scale = codebook.scale {
                try writer.write(name + "/means", shape: [codebook.width], floats: scale.means)
                try writer.write(
                    name + "/deviations", shape: [codebook.width], floats: scale.deviations)
            }
            try writer.setAttribute(name, "assignments", .number(Double(codebook.assignments)))
            if let width = codebook.gaussianWidth {
                try writer.setAttribute(name, "gaussian_width", .number(Double(width)))
            }
            try writer.setAttribute(
                name, "logarithm", .number(codebook.isLogarithmic ? 1 : 0))
        }
        try writer.write(name + "/window_seconds", shape: [], doubles: [seconds])
        let kind = if case .words = input.deriver.making { "words" } else { "functionals" }
        try writer.setAttribute(name, "kind", .text(kind))
        try writer.setAttribute(name, "label", .text(input.input.label))
        try writer.setAttribute(name, "feature_set", .text(input.input.featureSet))
    }

    /// A step of post-processing, such as `median 9`, `centre -0.02`, `scale 0.1 1.5`.
    private static func words(_ step: FittedStep) -> String {
        switch step {
        case .median(let frames): "median \(frames)"
        case .centre(let shift): "centre \(shift)"
        case .scale(let mean, let factor): "scale \(mean) \(factor)"
        }
    }

    /// The corpus's feature sets that the model reads.
    private func featureSets(of corpus: Corpus, _ manifest: String) throws -> [FeatureSet] {
        guard corpus.hopSeconds == model.hopSeconds else {
            throw RunningError(
                "\(manifest): its frames are \(corpus.hopSeconds) s apart, those of the model "
                    + "\(model.hopSeconds) s. Resample the features.")
        }
        return try zip(model.features.featureSets, model.widths).map { name, width in
            guard let set = corpus.featureSet(name) else {
                throw RunningError(
                    "\(manifest): the model reads the feature set \(name), which the corpus "
                        + "lacks; it has \(corpus.featureSets.map(\.name).joined(separator: ", "))."
                )
            }
            guard set.width == width else {
                throw RunningError(
                    "\(manifest): \(name) is \(set.width) wide; the model reads \(width) features. "
                        + "Extract it as for the model's corpus.")
            }
            return set
        }
    }

    private func write(
        _ values: [Float], of recording: Recording, _ sets: [FeatureSet], to folder: String,
        _ writer: HDF5Writer
    ) throws {
        let count = model.targets.count
        let frames = values.count / count
        let name = recording.id.replacingOccurrences(of: "/", with: "_")
        let text = AVECTrace.text(
            values, of: recording.id, targets: model.targets, hopSeconds: model.hopSeconds)
        try Data(text.utf8).write(to: URL(filePath: folder + "/\(name).csv"), options: .atomic)
        try writer.write("\(name)/predicted", shape: [frames, count], floats: values)
        let places = try sets.map { try $0.location.resolve(for: recording) }
        for (label, texts) in [
            ("columns", model.targets), ("feature_sets", sets.map(\.name)),
            ("files", places.map(\.file)), ("datasets", places.map(\.dataset)),
        ] {
            try writer.setAttribute(name + "/predicted", label, .texts(texts))
        }
    }
}
