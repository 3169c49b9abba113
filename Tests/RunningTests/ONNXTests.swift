import Foundation
import Testing

/// `concord data extract onnx`: a network of the user's on our spectrograms, by ONNX Runtime.
@Suite struct ONNXTests {
    /// A Python that has onnxruntime; nil says so.
    private static let python: String? = {
        let candidates = [
            ProcessInfo.processInfo.environment["CONCORD_ONNX_PYTHON"], "/usr/bin/python3",
        ]
        let found = candidates.compactMap { $0 }.first { path in
            let check = "import importlib.util as u; print(u.find_spec('onnxruntime') is not None)"
            let said = try? ModelTests.run(path, ["-c", check], in: .temporaryDirectory)
            return said == "True\n"
        }
        if found == nil {
            print("skipped: no Python with onnxruntime; CONCORD_ONNX_PYTHON names one")
        }
        return found
    }()

    private static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "References/onnx/tiny.py")

    /// A tone of two seconds and a click, a.wav; a network of each form, for 8 bands and 50 frames.
    private func stage(in folder: URL, _ python: String) throws {
        let files = FileManager.default
        try files.createDirectory(
            at: folder.appending(path: "media"), withIntermediateDirectories: true)
        let head: [UInt8] = [
            16, 0, 0, 0, 1, 0, 1, 0, 0x40, 0x1F, 0, 0, 0x80, 0x3E, 0, 0, 2, 0, 16, 0,
        ]
        var bytes = Array("RIFF\0\0\0\0WAVEfmt ".utf8) + head + Array("data".utf8)
        bytes += [0x00, 0x7D, 0, 0]
        for sample in 0..<16_000 {
            bytes += [0, sample % 5000 < 40 ? 60 : sample / 8 % 2 == 0 ? 10 : 246]
        }
        try Data(bytes).write(to: folder.appending(path: "media/a.wav"))
        for kind in ["nchw", "nhwc", "flat"] {
            _ = try ModelTests.run(
                python, [Self.script.path, kind, "8", "50", "\(kind).onnx"], in: folder)
        }
    }

    private func extract(_ words: String, in folder: URL) throws -> Command.Result {
        try Command.run(
            ["data", "extract"] + words.split(separator: " ").map(String.init), in: folder)
    }

    /// The values of a table without its header, names and times; and its times.
    private func table(_ path: String, in folder: URL) throws -> (times: [Double], rows: [[Double]])
    {
        let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
        let rows = text.split(separator: "\n").dropFirst().map { line in
            line.split(separator: ";").dropFirst().compactMap { Double($0) }
        }
        return (rows.map { $0[0] }, rows.map { Array($0.dropFirst()) })
    }

    /// The mean of each patch, of 50 frames of a spectrogram about every tenth, band by band.
    private func means(_ mel: [[Double]], unit: Bool) -> [[Double]] {
        (0..<(mel.count + 9) / 10).map { k in
            var patch = (10 * k - 25..<10 * k + 25).map { frame in
                mel.indices.contains(frame) ? mel[frame] : [Double](repeating: -100, count: 8)
            }
            if unit {
                let all = patch.joined()
                let (least, most) = (all.min() ?? 0, all.max() ?? 0)
                patch = patch.map { $0.map { ($0 - least) / (most - least) } }
            }
            return (0..<8).map { band in patch.reduce(0) { $0 + $1[band] } / 50 }
        }
    }

    @Test("A network sees the spectrogram's patches, centred on their times, in every layout")
    func features() throws {
        guard let python = Self.python else { return }
        try withFolder { folder in
            try stage(in: folder, python)
            let mel = try extract("mel media --bands 8 --output mel", in: folder)
            #expect(mel.status == 0, "\(mel.errors)")
            let spectrogram = try table("mel/a.csv", in: folder).rows
            #expect(spectrogram.count == 198)
            for (kind, range) in [("nchw", "decibels"), ("nchw", "unit"), ("nhwc", "unit")] {
                let output = "\(kind)-\(range)"
                let made = try extract(
                    """
                    onnx media --model \(kind).onnx --bands 8 --patch-seconds 0.5 --range \(range) \
                    --python \(python) --output \(output)
                    """, in: folder)
                #expect(made.status == 0, "\(made.errors)")
                let found = try table("\(output)/a.csv", in: folder)
                let expected = means(spectrogram, unit: range == "unit")
                #expect(found.times == (0..<20).map { Double($0) / 10 })
                #expect(found.rows.count == expected.count)
                for (row, values) in zip(found.rows, expected) {
                    for (value, reference) in zip(row, values) {
                        #expect((value - reference).magnitude < 1e-3, "\(output)")
                    }
                }
            }
        }
    }

    @Test("Versions and settings are recorded, what is made is kept, and import takes it")
    func recorded() throws {
        guard let python = Self.python else { return }
        try withFolder { folder in
            try stage(in: folder, python)
            let words = """
                onnx media --model flat.onnx --bands 8 --patch-seconds 0.5 --mel-scale slaney \
                --python \(python) --output deep
                """
            #expect(try extract(words, in: folder).status == 0)
            let note = try String(
                contentsOf: folder.appending(path: "deep/a.csv.made"), encoding: .utf8)
            #expect(
                note.contains(/onnxruntime [0-9.]+ \(Python\), model [0-9a-f]{64}, 1 features/))
            #expect(note.contains("mel (slaney), 8 bands, Hann window 0.025 s, hop 0.01 s, dB"))
            #expect(note.contains("patches of 0.5 s every 0.1 s, decibels"))
            let again = try extract(words, in: folder)
            #expect(again.errors.contains("1 were there"), "\(again.errors)")
            let other = try extract(words + " --step-seconds 0.2", in: folder)
            #expect(other.errors.contains("1 recording"), "\(other.errors)")
        }
    }

    @Test("A network that does not fit is a sentence that says what does")
    func refused() throws {
        guard let python = Self.python else { return }
        try withFolder { folder in
            try stage(in: folder, python)
            try Data("junk".utf8).write(to: folder.appending(path: "junk.onnx"))
            for (words, sentence) in [
                ("--model nhwc.onnx --bands 9", "a patch has 9 bands by 400 frames"),
                ("--model junk.onnx", "no model that ONNX Runtime loads"),
                ("--model none.onnx", "there is no such model"), ("", "--model NET.onnx"),
            ] {
                let made = try extract(
                    "onnx media --python \(python) --output out \(words)", in: folder)
                #expect(made.status == 1 && made.errors.contains(sentence), "\(made.errors)")
            }
        }
    }

    @Test("Without ONNX Runtime the error says how to get it")
    func absent() throws {
        try withFolder { folder in
            try Data().write(to: folder.appending(path: "net.onnx"))
            let made = try extract(
                "onnx media --model net.onnx --python no-python --output out", in: folder)
            #expect(made.status == 1 && made.errors.contains("pip install onnxruntime"))
            #expect(made.errors.contains("there is no `no-python`"), "\(made.errors)")
        }
    }
}
