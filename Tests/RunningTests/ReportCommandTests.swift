import Features
import Foundation
import Testing

/// `concord report` by the real binary: all formats, two sweeps side by side, refusals.
@Suite struct ReportCommandTests {
    private func names(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test("Every format is written, twice the same bytes, and predictions are those of each fold")
    func formats() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            #expect(try sweep.run(store: "store").status == 0)
            let all = "text,html,markdown,latex,csv,json,svg,predictions"
            for output in ["first", "second"] {
                let written = try Command.run(
                    "report", "store", "--format", all, "--traces", "--published", "--spread",
                    "interval", "--convention", "avec", "--output", output, in: folder)
                #expect(written.status == 0, "\(written.errors)")
            }
            let first = folder.appending(path: "first")
            #expect(
                try names(first) == [
                    "certificate.json", "figures", "predictions", "provenance.csv",
                    "recordings.csv", "report.html", "report.json", "report.md", "report.tex",
                    "report.txt", "subjects.csv", "summary.csv", "trials.csv",
                ])
            let figures = try names(first.appending(path: "figures"))
            for prefix in ["matrix", "differences", "gaps", "recordings", "training", "traces"] {
                #expect(figures.contains { $0.hasPrefix(prefix + "-") }, "\(prefix)")
            }
            let files = try FileManager.default.subpathsOfDirectory(atPath: first.path)
            for file in files {
                let bytes = try? Data(contentsOf: first.appending(path: file))
                let again = try? Data(contentsOf: folder.appending(path: "second/\(file)"))
                #expect(bytes == again, "\(file)")
            }
            try checkPredictions(first.appending(path: "predictions"))
        }
    }

    private func checkPredictions(_ folder: URL) throws {
        // Two cultures within and across, two models.
        let cells = try names(folder).filter { $0 != "predictions.h5" }
        #expect(cells.count == 8)
        let file = try HDF5File(path: folder.appending(path: "predictions.h5").path)
        for cell in cells {
            let place = "\(cell)/seed-0"
            let recordings = try names(folder.appending(path: place))
            // Four dyads: each of the culture's eight recordings once, out of fold.
            #expect(recordings.count == 8)
            for name in recordings {
                let text = try String(
                    contentsOf: folder.appending(path: "\(place)/\(name)"), encoding: .utf8)
                let lines = text.split(separator: "\n")
                #expect(lines[0] == "name;timestamp;arousal;valence")
                #expect(lines[2].contains(";0.100000;"))
                let shape = try file.shape("\(place)/\(name.dropLast(4))")
                #expect(shape == [lines.count - 1, 2])
            }
        }
    }

    @Test("Two sweeps are set side by side; what a comparison lacks is refused")
    func comparison() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            #expect(try sweep.run(store: "old").status == 0)
            try sweep.write(epochs: 3, seeds: 1, name: "other", models: [TinySweep.models[1]])
            #expect(try sweep.run(store: "new").status == 0)
            let shown = try Command.run("report", "old", "--compare", "new", in: folder)
            #expect(shown.status == 0, "\(shown.errors)")
            #expect(shown.output.contains("Only in tiny"))
            // The same model on the same data is the same trial, in whichever sweep.
            let words = shown.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(words.contains("; 6 trials are the very same in both"))
            // The order is the one in which they are named, wherever the flag stands.
            let title = try #require(shown.output.split(separator: "\n").first)
            #expect(title == "tiny · other")
            for arguments in [["--compare", "old", "new"], ["old", "new", "--compare"]] {
                let same = try Command.run(["report"] + arguments, in: folder)
                #expect(same.output == shown.output, "\(same.errors)")
            }
            for arguments in [["old", "--compare"], ["old", "new"]] {
                let refused = try Command.run(["report"] + arguments, in: folder)
                #expect(refused.status == 64 && refused.errors.contains("--compare"))
            }
            let written = try Command.run(
                "report", "old", "--compare", "new", "--format", "html,latex,csv,svg", "--output",
                "difference", in: folder)
            #expect(written.status == 0, "\(written.errors)")
            #expect(
                try names(folder.appending(path: "difference")) == [
                    "comparison.csv", "figures", "report.html", "report.tex",
                ])
            let refused = try Command.run(
                "report", "old", "--compare", "new", "--format", "json", in: folder)
            #expect(refused.status == 1 && refused.errors.contains("not as json"))
        }
    }

    @Test("An unknown convention or spread is named with those that exist; traces need the data")
    func refusals() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            #expect(try sweep.run(store: "store").status == 0)
            let convention = try Command.run(
                "report", "store", "--convention", "lin", in: folder)
            #expect(convention.status == 1)
            #expect(convention.errors.contains("`lin`. Known are population, sample, avec"))
            let spread = try Command.run("report", "store", "--spread", "se", in: folder)
            #expect(spread.status == 1 && spread.errors.contains("sd, interval, none"))
            let several = try Command.run("report", "store", "--format", "svg", in: folder)
            #expect(several.status == 1 && several.errors.contains("--output"))
            let none = try Command.run("report", "store", "--format", ",", in: folder)
            #expect(none.status == 1 && none.errors.contains("--format names none"))
            try Data("mine".utf8).write(to: folder.appending(path: "note.txt"))
            let file = try Command.run(
                "report", "store", "--format", "html", "--output", "note.txt", in: folder)
            #expect(file.status == 1 && file.errors.contains("note.txt, which is a file"))
            let traces = try Command.run(
                "report", "store", "--traces", "--data-root", "/nowhere", in: folder)
            #expect(traces.status == 1 && traces.errors.contains("/nowhere/corpus.h5"))
        }
    }
}
