import Foundation
import Glibc
import Planning
import Testing

/// Few-shot trials, pooled and fine-tuned, of a network with gates and decoders: from the sweep to
/// the figures of what it looks at, with the real program.
@Suite(.serialized) struct AttentionReportTests {
    private func sweep(
        in folder: URL, models: [String], epochs: Int = 2, tuning: Int = 2
    ) throws -> TinySweep {
        let sweep = try TinySweep(in: folder)
        try """
        sweep: shots
        corpora: [corpus.yaml]
        targets: [arousal]
        models:
          \(models.joined(separator: "\n  "))
        schemes:
          - {scheme: few-shot, shots: [0, 1]}
          - scheme: few-shot
            shots: [0, 1]
            mode: fine-tune
            fine-tune: {epochs: \(tuning)}
          - {scheme: pooled, folds: 2}
        training:
          {epochs: \(epochs), patience: \(epochs), batch: 4, chunk: 50, learning-rate: 0.01}
        seeds: 1
        """.write(toFile: sweep.spec, atomically: true, encoding: .utf8)
        return sweep
    }

    @Test("Few-shot both ways is planned, run, audited, certified and drawn")
    func wholeWay() throws {
        try withFolder { folder in
            let sweep = try sweep(
                in: folder,
                models: [
                    "ridge: {network: ridge}",
                    "emafn: {network: emafn, hidden: 3, attention: 3, window: 10}",
                ])
            let plan = try Command.run("plan", sweep.spec, in: folder)
            // Two pairs × (0 and 1 shots) × two models, both ways, and two folds of pooled; of the
            // fine-tuned ones only those with a shot of the network are trials of their own.
            #expect(plan.output.contains("20 trials, 14 of them to be trained"), "\(plan.output)")
            #expect(plan.output.contains("then from the shots alone in 2 epochs at a tenth of its"))
            #expect(plan.output.contains("Linear models (ridge) learn from both at once."))
            let json = try Command.run("plan", sweep.spec, "--json", in: folder)
            #expect(json.output.components(separatedBy: "\"tuned\":[").count == 3)

            try #require(try sweep.run(store: "store").status == 0)
            let audited = try Command.run("audit", "store", "--sample", "100%", in: folder)
            #expect(audited.status == 0, "\(audited.errors)")
            let written = try Command.run(
                "report", "store", "--format", "csv,html,svg,json", "--traces", "--output",
                "report", in: folder)
            try #require(written.status == 0, "\(written.errors)")
            let checked = try Command.run("certificate", "check", "report", in: folder)
            #expect(checked.status == 0, "\(checked.errors)")
            let figures = try FileManager.default.contentsOfDirectory(
                atPath: folder.appending(path: "report/figures").path)
            #expect(figures.count { $0.hasPrefix("gates-") && $0.contains("emafn") } == 3)
            #expect(!figures.contains { $0.contains("ridge") && $0.hasPrefix("gates-") })
            let gates = try String(
                contentsOf: folder.appending(path: "report/figures/gates-all-emafn-pooled.svg"),
                encoding: .utf8)
            #expect(gates.contains("features of audio: ") && gates.contains("modalities: 2"))
            // The synthesized files name their columns.
            #expect(!gates.contains(">audio 1<"))
        }
    }

    @Test("A killed trainer and a stop change no byte, whichever phase a trial is in")
    func kills() throws {
        try withFolder { folder in
            let sweep = try sweep(
                in: folder,
                models: [
                    "baseline: {network: baseline, hidden: [8, 4]}",
                    // Before a worker with the tag comes, the sweep does not end.
                    "other: {network: baseline, hidden: [4, 4], needs: [last]}",
                ], epochs: 150, tuning: 150)
            #expect(try sweep.run(store: "calm", also: TinySweep.last).status == 0)
            let first = try sweep.start(store: "killed")
            defer { first.signal(SIGKILL) }
            try #require(eventually { sweep.finished(in: "killed") >= 1 })
            let trainers = Processes.children(of: first.id, with: "concord work")
                .flatMap { Processes.children(of: $0, with: "trainer") }
            try #require(!trainers.isEmpty)
            kill(trainers[0], SIGKILL)
            try #require(eventually { sweep.finished(in: "killed") >= 3 })
            first.signal(SIGINT)
            _ = first.wait()
            #expect(sweep.finished(in: "killed") < 16)
            let resumed = try sweep.run(store: "killed", also: TinySweep.last)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(try sweep.report(of: "killed") == sweep.report(of: "calm"))
        }
    }

    @Test("A store of an early program, whose outcomes say nothing of attention, stays in use")
    func earlyStore() throws {
        try withFolder { folder in
            let sweep = try sweep(
                in: folder, models: ["eaf: {network: eaf, hidden: 3, layers: 1}"])
            try #require(try sweep.run(store: "store").status == 0)
            let whole = try sweep.report(of: "store")
            let early = folder.appending(path: "early")
            try FileManager.default.createDirectory(
                at: early, withIntermediateDirectories: true)
            func python(_ script: String) throws {
                let start = "import hashlib, pathlib, sqlite3\n"
                    + "store = sqlite3.connect('store/concord.sqlite')\n"
                #expect(try Shell.run(["python3", "-c", start + script], in: folder) == 0)
            }
            try python(
                """
                for key, outcome in store.execute("SELECT trial, outcome FROM outcomes"):
                    pathlib.Path("early", key.hex()).write_bytes(outcome)
                """)
            for name in try FileManager.default.contentsOfDirectory(atPath: early.path) {
                let file = early.appending(path: name)
                var outcome = try Outcome(decoding: Array(Data(contentsOf: file)))
                #expect(!outcome.attention.isEmpty)
                outcome.attention = []
                try Data(outcome.encoded()).write(to: file)
            }
            try python(
                """
                store.execute("DROP TRIGGER outcomes_are_not_changed")
                for file in pathlib.Path("early").iterdir():
                    outcome = file.read_bytes()
                    store.execute(
                        "UPDATE outcomes SET outcome = ?, digest = ? WHERE trial = ?",
                        (outcome, hashlib.sha256(outcome).digest(), bytes.fromhex(file.name)))
                store.commit()
                """)
            let audited = try Command.run("audit", "store", "--sample", "100%", in: folder)
            #expect(audited.status == 0, "\(audited.errors)")
            let report = try sweep.report(of: "store")
            #expect(report["trials.csv"] == whole["trials.csv"])
            #expect(report["report.json"] == whole["report.json"])
            let html = String(decoding: try #require(report["report.html"]), as: UTF8.self)
            #expect(!html.contains("What models look at"))
            let again = try sweep.run(store: "store")
            #expect(again.errors.contains("of them before"), "\(again.errors)")
        }
    }

    @Test("Under the traces of a network that attends stand its lags, a panel a modality")
    func traces() throws {
        try withFolder { folder in
            let sweep = try sweep(
                in: folder,
                models: ["emafn: {network: emafn, hidden: 3, attention: 3, window: 10}"])
            try #require(try sweep.run(store: "store").status == 0)
            let written = try Command.run(
                "report", "store", "--format", "html", "--traces", "--output", "report",
                in: folder)
            try #require(written.status == 0, "\(written.errors)")
            let html = try String(
                contentsOf: folder.appending(path: "report/report.html"), encoding: .utf8)
            #expect(html.contains("attention lag, audio (s)"))
            #expect(html.contains("attention lag, video (s)"))
            #expect(html.contains("What models look at"))
            // Another report of the store is the same, byte for byte.
            _ = try Command.run(
                "report", "store", "--format", "html", "--traces", "--output", "again",
                in: folder)
            let again = try String(
                contentsOf: folder.appending(path: "again/report.html"), encoding: .utf8)
            #expect(again == html)
        }
    }
}
