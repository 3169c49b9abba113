import Corpora
import Features
import Foundation
import Planning

/// What the trials of a store predicted, for other programs: out of fold, each recording by models
/// that never met it.
///
/// In a folder for each cell and seed, `RECORDING.csv` as AVEC has it; and `predictions.h5` with a
/// matrix (T, targets) at `/CELL/seed-S/RECORDING`.
struct PredictionFiles {
    let reading: StoreReading

    /// Writes all of them.
    ///
    /// - Throws: an error when a file cannot be written.
    func write(into folder: String) throws {
        let plan = reading.plan
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let writer = try HDF5Writer(path: folder + "/predictions.h5")
        try writer.setAttribute("/", "format", .text("concord predictions"))
        try writer.setAttribute("/", "sweep", .text(plan.sweep.name))
        try writer.setAttribute("/", "columns", .texts(plan.sweep.targets))
        for trial in plan.trials {
            guard let outcome = try reading.outcome(trial.key) else { continue }
            let cell = Self.fileName(plan.cells[trial.cell].name)
            let split = plan.splits[trial.split]
            // A scheme that divides anew predicts a recording once in each repetition.
            let again = split.repetition > 0 ? "-repetition-\(split.repetition)" : ""
            let place = "\(cell)/seed-\(trial.seed)\(again)"
            try FileManager.default.createDirectory(
                atPath: "\(folder)/\(place)", withIntermediateDirectories: true)
            for (index, prediction) in zip(split.test, outcome.recordings) {
                let planned = plan.recordings[index]
                let name = Self.fileName(planned.recording.id)
                let text = AVECTrace.text(
                    prediction.values, of: planned.recording.id, targets: outcome.targets,
                    hopSeconds: plan.corpora[planned.corpus].hopSeconds)
                try Running.write(text, to: "\(folder)/\(place)/\(name).csv")
                try writer.write(
                    "\(place)/\(name)", shape: [prediction.frames, outcome.targets.count],
                    floats: prediction.values)
            }
        }
        try writer.close()
    }

    /// A name that is one folder or file on every system.
    static func fileName(_ text: String) -> String {
        String(text.map { "/\\:*?\"<>|".contains($0) || $0.isNewline ? "_" : $0 })
    }
}

/// Predicted traces in the layout of AVEC 2019: `name;timestamp;target…`.
enum AVECTrace {
    /// The file of one recording, whose `values` are (T, targets), row-major.
    static func text(
        _ values: [Float], of id: String, targets: [String], hopSeconds: Double
    ) -> String {
        var text = "name;timestamp;" + targets.joined(separator: ";") + "\n"
        for frame in 0..<values.count / targets.count {
            let row = values[frame * targets.count..<(frame + 1) * targets.count]
            let fields = row.map { digits(Double($0)) }.joined(separator: ";")
            text += "'\(id)';\(digits(Double(frame) * hopSeconds));\(fields)\n"
        }
        return text
    }

    private static func digits(_ number: Double) -> String { String(format: "%.6f", number) }
}
