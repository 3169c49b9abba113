import Foundation
import Kernels
import Preparing

/// Deep features: what a network of the user's makes of mel spectrograms, by ONNX Runtime's Python
/// package.
///
/// Every `stepSeconds` the network sees a patch of the spectrogram that is centred there; beyond
/// the sound's ends a patch is silent.
struct ONNXTool: ExtractionTool {
    let identity: String
    private let request: ExtractRequest
    private let model: String

    /// Finds the package and tries the network on a silent patch.
    init(_ request: ExtractRequest) throws {
        guard let model = request.model else {
            throw RunningError("onnx needs a network. Name its file with --model NET.onnx.")
        }
        guard FileManager.default.fileExists(atPath: model) else {
            throw RunningError("\(model): there is no such model. Check --model.")
        }
        self.request = request
        self.model = model
        guard ToolRun.isFound(request.python) else {
            throw ONNXTool.missing(request.python, "there is no `\(request.python)`")
        }
        let found = try ToolRun.run(
            request.python, ["-c", "import numpy, onnxruntime; print(onnxruntime.__version__)"])
        guard found.isDone, let version = found.lines.last else {
            throw ONNXTool.missing(request.python, found.lines.last ?? "no answer")
        }
        let tried = try ToolRun.run(
            request.python, ONNXTool.arguments(request, model, spectrogram: "", table: "", id: ""))
        guard tried.isDone, let width = tried.lines.last else {
            throw RunningError("\(model): \(tried.lines.last ?? "it says nothing").")
        }
        identity =
            "onnxruntime \(version) (Python), model \(try SourceFile.digest(model)), "
            + "\(width) features, \(request.mel.summary), patches of \(request.patchSeconds) s "
            + "every \(request.stepSeconds) s, \(request.patchRange.rawValue)"
    }

    private static func missing(_ python: String, _ reason: String) -> RunningError {
        RunningError(
            """
            ONNX Runtime is not usable: \(python) has no package `onnxruntime` (\(reason)). \
            Install it (pip install onnxruntime), or name another interpreter with --python.
            """)
    }

    func extract(_ source: String, id: String, into folder: String) throws {
        let spectrogram = try MelTool.energies(of: source, request.mel)
        let path = folder + "/mel"
        let bytes = Data(buffer: spectrogram.values)
        guard FileManager.default.createFile(atPath: path, contents: bytes) else {
            throw RunningError("\(path) cannot be written. Check that the disk has room.")
        }
        let answer = try ToolRun.run(
            request.python,
            ONNXTool.arguments(
                request, model, spectrogram: path, table: "\(folder)/\(id).csv", id: id),
            log: folder + "/log")
        guard answer.isDone else {
            throw RunningError("ONNX Runtime failed: \(answer.lines.last ?? "it said nothing").")
        }
    }

    /// The script and what it is told; without a spectrogram it tries the network and prints how
    /// many features it gives.
    private static func arguments(
        _ request: ExtractRequest, _ model: String, spectrogram: String, table: String, id: String
    ) -> [String] {
        [
            "-c", script, model, spectrogram, table, id, "\(request.mel.bands)",
            "\(request.mel.hopSeconds)", "\(request.patchSeconds)", "\(request.stepSeconds)",
            request.patchRange.rawValue, "\(MelSpectrogram.floor)",
        ]
    }

    private static let script = #"""
        import sys
        import numpy as np
        import onnxruntime

        model, spectrogram, table, name = sys.argv[1:5]
        bands, (hop, patch, step) = int(sys.argv[5]), map(float, sys.argv[6:9])
        span, silence = sys.argv[9], float(sys.argv[10])
        frames = max(1, round(patch / hop))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        try:
            session = onnxruntime.InferenceSession(model, options, ["CPUExecutionProvider"])
        except Exception as error:
            sys.exit("it is no model that ONNX Runtime loads: " + " ".join(str(error).split()))
        inputs = session.get_inputs()
        if len(inputs) != 1 or inputs[0].type != "tensor(float)":
            sys.exit("a model with one input of float32 was expected, and it has "
                     + ", ".join(f"{i.name}: {i.type}" for i in inputs))
        shape = [n if isinstance(n, int) else None for n in inputs[0].shape]
        last = len(shape) == 4 and shape[1] not in (1, 3) and shape[3] in (1, 3)
        channels = 1 if len(shape) < 4 else shape[3 if last else 1] or 1
        wanted = {
            2: [None, bands * frames],
            3: [None, bands, frames],
            4: [None, bands, frames, channels] if last else [None, channels, bands, frames],
        }.get(len(shape))
        if wanted is None or any(s not in (None, w) for s, w in zip(shape[1:], wanted[1:])):
            sys.exit(f"its input is {inputs[0].shape}, and a patch has {bands} bands by {frames} "
                     "frames (--bands; --patch-seconds / --hop-seconds)")
        batch = shape[0] or 32

        def features(patches):
            if span == "unit":
                least = patches.min((1, 2), keepdims=True)
                reach = patches.max((1, 2), keepdims=True) - least
                patches = (patches - least) / np.where(reach > 0, reach, 1)
            if len(shape) == 2:
                patches = patches.reshape(len(patches), -1)
            if len(shape) == 4:
                patches = np.repeat(patches[:, None], channels, 1)
                patches = np.moveaxis(patches, 1, 3) if last else patches
            rows = np.zeros((batch, *patches.shape[1:]), np.float32)
            rows[: len(patches)] = patches
            made = session.run(None, {inputs[0].name: rows})[0]
            return np.asarray(made, np.float32).reshape(batch, -1)[: len(patches)]

        if not spectrogram:
            made = features(np.full((1, bands, frames), silence, np.float32))
            print(made.shape[1])
            sys.exit(0)
        sound = np.fromfile(spectrogram, "<f4").reshape(-1, bands)
        padded = np.pad(sound, ((frames, frames), (0, 0)), constant_values=silence)
        centres = np.arange(int(np.ceil(len(sound) * hop / step - 1e-9)))
        starts = np.floor(centres * step / hop + 0.5).astype(int) - frames // 2 + frames
        with open(table, "w") as out:
            for first in range(0, len(starts), batch):
                part = starts[first : first + batch]
                made = features(np.stack([padded[s : s + frames].T for s in part]))
                if not np.isfinite(made).all():
                    sys.exit("the model gives values that are not finite")
                if first == 0:
                    columns = ";".join(f"neuron_{n}" for n in range(made.shape[1]))
                    out.write(f"name;frameTime;{columns}\n")
                for row, values in enumerate(made.tolist()):
                    time = round((first + row) * step, 6)
                    numbers = ";".join("%.8g" % value for value in values)
                    out.write(f"'{name}';{time};{numbers}\n")
        """#
}
