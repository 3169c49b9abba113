import ArgumentParser
import Running

/// `concord predict`: traces of new recordings.
struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Predict the recordings of a manifest with a trial's model.",
        discussion: """
            `concord run --keep-models` leaves the models of all trials in the store. Features are \
            standardised, lag and post-processing applied as the model's trial did; gold traces \
            are not read.
            """)

    @Argument(
        help: """
            The model, such as my-study.store/models/KEY.model; the first digits of the key will \
            do. `concord why KEY` says of which trial it is.
            """)
    var model: String

    @Option(help: "The manifest of the recordings.")
    var manifest: String

    @Option(help: "The folder to write a CSV file for each recording and predictions.h5 into.")
    var output: String

    @Option(help: "The folder that the corpus's files lie in, instead of the manifest's own.")
    var dataRoot: String?

    func run() throws {
        try conclude {
            try StoredModel(path: model)
                .predict(manifest: manifest, dataRoot: dataRoot, into: output)
        }
    }
}

/// `concord model`: what to do with a model.
struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Take a trial's model elsewhere.",
        subcommands: [ExportCommand.self])
}

/// `concord model export`: weights for PyTorch.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a model as HDF5, its weights in PyTorch's layout and names.")

    @Argument(
        help: """
            The model, such as my-study.store/models/KEY.model; the first digits of the key will \
            do. `concord why KEY` says of which trial it is.
            """)
    var model: String

    @Option(help: "The HDF5 file to write.")
    var output: String

    func run() throws {
        try conclude { try StoredModel(path: model).export(to: output) }
    }
}
