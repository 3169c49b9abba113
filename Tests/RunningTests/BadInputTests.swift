import Features
import Foundation
import Glibc
import Testing

/// Bad input gets an error that names file, recording and what to do, and loses nothing.
@Suite(.serialized) struct BadInputTests {
    private func fails(
        _ arguments: String..., in folder: URL, saying words: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let running = try Command.Running(arguments, in: folder)
        let result = running.wait()
        #expect(result.status > 0, "\(result.output)", sourceLocation: sourceLocation)
        for word in words {
            #expect(
                result.errors.contains(word), "\(result.errors)", sourceLocation: sourceLocation)
        }
        #expect(!result.errors.contains("Fatal error"), sourceLocation: sourceLocation)
    }

    @Test("A sweep with an unknown key, scheme or network names the nearest known one")
    func unknownWords() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            let text = try String(contentsOfFile: sweep.spec, encoding: .utf8)
            for (good, bad, nearest) in [
                ("seeds:", "sedes:", "seeds"), ("cross-culture", "cros-culture", "cross-culture"),
                ("network: eaf", "network: eef", "eaf"), ("epochs:", "epoch:", "epochs"),
            ] {
                try text.replacingOccurrences(of: good, with: bad)
                    .write(toFile: sweep.spec, atomically: true, encoding: .utf8)
                try fails("plan", sweep.spec, in: folder, saying: "sweep.yaml", nearest)
            }
        }
    }

    @Test("Missing files are named")
    func missingFiles() throws {
        try withFolder { folder in
            try fails("plan", "no.yaml", in: folder, saying: "no.yaml", "does not exist")
            let sweep = try TinySweep(in: folder)
            try FileManager.default.removeItem(at: folder.appending(path: "corpus.yaml"))
            try fails("plan", sweep.spec, in: folder, saying: "corpus.yaml", "does not exist")
        }
    }

    @Test("Fewer groups than folds is refused with both numbers")
    func tooFewGroups() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            let text = try String(contentsOfFile: sweep.spec, encoding: .utf8)
            try text.replacingOccurrences(of: "folds: 2", with: "folds: 9")
                .write(toFile: sweep.spec, atomically: true, encoding: .utf8)
            try fails("plan", sweep.spec, in: folder, saying: "9", "4")
        }
    }

    @Test("A training that overflows names the recordings by their ids")
    func overflow() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            try sweep.write(
                epochs: 3, seeds: 1,
                models: ["eaf: {network: eaf, hidden: 6, learning-rate: 1e38, clip: none}"])
            let run = try sweep.run(store: "store")
            #expect(run.status == 3)
            let named = /is not finite in epoch 1, step \d+, on (DE|HU)_S\d+_P\d+[.,]/
            #expect(run.errors.contains(named), "\(run.errors)")
        }
    }

    @Test("Missing, truncated and changed data quarantine the trials that need them, by name")
    func brokenData() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            let file = folder.appending(path: "corpus.h5")
            let good = try Data(contentsOf: file)

            try FileManager.default.removeItem(at: file)
            try fails(
                "data", "check", "corpus.yaml", in: folder, saying: "corpus.h5", "does not exist")
            let missing = try sweep.run(store: "missing")
            #expect(missing.status == 3)
            #expect(missing.errors.contains("corpus.h5"), "\(missing.errors)")

            try good.prefix(good.count / 2).write(to: file)
            try fails("data", "check", "corpus.yaml", in: folder, saying: "corpus.h5")

            var changed = good
            changed[good.count / 2] ^= 0x10
            try changed.write(to: file)
            try fails("data", "check", "corpus.yaml", in: folder, saying: "digest")
            let bad = try sweep.run(store: "changed")
            #expect(bad.status == 3)
            #expect(bad.errors.contains("it needs data that could not be had"), "\(bad.errors)")
            #expect(!bad.errors.contains("is given no more"), "\(bad.errors)")

            // With the data whole again the same command finishes what was quarantined in a new
            // store; nothing of the broken runs is in it.
            try good.write(to: file)
            #expect(try Command.run("data", "check", "corpus.yaml", in: folder).status == 0)
            #expect(try sweep.run(store: "whole").status == 0)
        }
    }

    @Test("A manifest that is wrong about its files is told so, recording by recording")
    func wrongManifest() throws {
        try withFolder { folder in
            _ = try TinySweep(in: folder)
            let manifest = folder.appending(path: "corpus.yaml")
            let good = try String(contentsOf: manifest, encoding: .utf8)
            func check(
                _ pattern: Regex<Substring>, _ bad: String, saying words: String...
            ) throws {
                let range = try #require(good.firstRange(of: pattern))
                try good.replacingCharacters(in: range, with: bad)
                    .write(to: manifest, atomically: true, encoding: .utf8)
                let result = try Command.run("data", "check", "corpus.yaml", in: folder)
                #expect(result.status == 1)
                for word in words { #expect(result.errors.contains(word), "\(result.errors)") }
            }
            try check(/frames: \d+/, "frames: 7", saying: "DE_S001_P001", "7", "frames")
            try check(/\{id\}\/audio/, "{id}/sound", saying: "DE_S001_P001", "sound", "audio")
            try check(/id: DE_S001_P002/, "id: DE_S001_P001", saying: "DE_S001_P001", "twice")
            try check(/file: "?corpus.h5"?/, "file: ../up.h5", saying: "../up.h5", "data root")
            try check(/width: \d+/, "width: 3", saying: "3", "columns")
        }
    }

    @Test("Features that are not a number are named by file, recording and place")
    func notANumber() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            let manifest = folder.appending(path: "corpus.yaml")
            let text = try String(contentsOf: manifest, encoding: .utf8)
            let line = try #require(text.firstMatch(of: /id: DE_S001_P001.*?frames: (\d+)/))
            let frames = try #require(Int(line.output.1))
            var values = [Float](repeating: 0.5, count: frames * 24)
            values[24 * 3 + 2] = .nan
            let writer = try HDF5Writer(path: folder.appending(path: "other.h5").path)
            try writer.write("DE_S001_P001/audio", shape: [frames, 24], floats: values)
            try writer.close()
            let pattern = /file: "?corpus.h5"?, dataset: "\{id\}\/audio"/
            let audio = try #require(text.firstRange(of: pattern))
            try text.replacingCharacters(
                in: audio, with: "file: other.h5, dataset: \"{id}/audio\""
            ).write(to: manifest, atomically: true, encoding: .utf8)
            let checked = try Command.run("data", "check", "corpus.yaml", in: folder)
            #expect(checked.status == 1)
            #expect(checked.errors.contains("DE_S001_P001: `audio` has NaN"), "\(checked.errors)")
            let run = try sweep.run(store: "store")
            #expect(run.status == 3)
            #expect(run.errors.contains("other.h5"), "\(run.errors)")
        }
    }

    @Test("Quarantined trials get new attempts with --retry, and the sweep ends well")
    func retry() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            let file = folder.appending(path: "corpus.h5")
            let aside = folder.appending(path: "aside.h5")
            try FileManager.default.moveItem(at: file, to: aside)
            #expect(try sweep.run(store: "store").status == 3)
            let status = try Command.run("status", "store", in: folder)
            #expect(status.output.contains("12 quarantined"), "\(status.output)")
            try FileManager.default.moveItem(at: aside, to: file)
            #expect(try sweep.run(store: "store").status == 3)
            let retried = try Command.run(
                "run", sweep.spec, "--store", "store", "--retry", in: folder)
            #expect(retried.status == 0, "\(retried.errors)")
            #expect(sweep.finished(in: "store") == 12)
        }
    }

    @Test("A port in use and an address that is not loopback are refused")
    func addresses() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let port = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, size)
                    listen(descriptor, 1)
                    getsockname(descriptor, $0, &size)
                }
                return UInt16(bigEndian: pointer.pointee.sin_port)
            }
            try fails(
                "coordinate", sweep.spec, "--bind", "tcp://127.0.0.1:\(port)", in: folder,
                saying: "in use", "\(port)")
        }
    }

    @Test("A second coordinator on one store is refused, and the first goes on")
    func secondCoordinator() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            let cluster = try HandCluster(sweep)
            try fails("run", sweep.spec, "--store", "store", in: folder, saying: "store")
            #expect(try cluster.work("a").wait().status == 0)
            #expect(cluster.coordinator.wait().status == 0)
        }
    }

    @Test("A report over missing trials is refused, unless it is asked for")
    func partialReport() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder, models: TinySweep.gated)
            let first = try sweep.start(store: "store")
            defer { first.signal(SIGKILL) }
            try #require(eventually { sweep.finished(in: "store") >= 1 })
            first.signal(SIGINT)
            _ = first.wait()
            try fails("report", "store", in: folder, saying: "--partial")
            let partial = try Command.run("report", "store", "--partial", in: folder)
            #expect(partial.status == 0, "\(partial.errors)")
        }
    }
}
