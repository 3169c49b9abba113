import Foundation
import Glibc
import Testing

/// `concord data extract`, with small programs in place of openSMILE and OpenFace.
@Suite struct ExtractTests {
    /// A folder on the PATH, and sources a.wav, b.wav, a.mp4 and b.mp4.
    private struct Stage {
        let folder: URL
        var bin: URL { folder.appending(path: "bin") }

        init(in folder: URL) throws {
            self.folder = folder
            try FileManager.default.createDirectory(
                at: folder.appending(path: "bin"), withIntermediateDirectories: true)
            try FileManager.default.createDirectory(
                at: folder.appending(path: "media"), withIntermediateDirectories: true)
            for name in ["a.wav", "b.wav", "a.mp4", "b.mp4"] {
                try Data(name.utf8).write(to: folder.appending(path: "media/\(name)"))
            }
        }

        func tool(_ name: String, _ script: String) throws {
            let file = bin.appending(path: name)
            try ("#!/bin/sh\n" + script).write(to: file, atomically: true, encoding: .utf8)
            chmod(file.path, 0o755)
        }

        func run(_ words: String, path: String? = nil) throws -> Command.Result {
            try Command.run(
                ["data", "extract"] + words.split(separator: " ").map(String.init)
                    + ["--output", "out"], in: folder,
                environment: ["PATH": path ?? "\(bin.path):/usr/bin:/bin"])
        }

        func text(_ path: String) throws -> String {
            try String(contentsOf: folder.appending(path: path), encoding: .utf8)
        }
    }

    private static let faces = """
        while [ $# -gt 0 ]; do
          case $1 in -f) f=$2 ;; -out_dir) d=$2 ;; -of) o=$2 ;; esac; shift
        done
        echo "working on $f"
        echo run >> "$(dirname "$0")/runs"
        [ -e "$(dirname "$0")/broken" ] && [ "$o" = b ] && { echo "no face model"; exit 3; }
        echo "frame, timestamp, confidence, success, AU01_r
        1, 0.0, 0.9, 1, 0.5" > "$d/$o.csv"
        echo more > "$d/${o}_of_details.txt"

        """

    @Test("OpenFace runs once a video, and says what it was; what is made is kept")
    func openFace() throws {
        try withFolder { folder in
            let stage = try Stage(in: folder)
            try stage.tool("FeatureExtraction", Self.faces)
            let made = try stage.run("openface media")
            #expect(made.status == 0, "\(made.errors)")
            #expect(made.errors.contains("data import openface out"))
            #expect(try stage.text("out/a.csv").contains("AU01_r"))
            #expect(try stage.text("out/a.csv.made").contains("-pose -gaze -aus\nsource sha256"))
            let names = try FileManager.default.contentsOfDirectory(
                atPath: folder.path + "/out").sorted()
            #expect(names == ["a.csv", "a.csv.made", "b.csv", "b.csv.made"])
            let again = try stage.run("openface media")
            #expect(again.errors.contains("2 were there"), "\(again.errors)")
            #expect(try stage.text("bin/runs") == "run\nrun\n")
            // An edited video, and another setting.
            try Data("new".utf8).write(to: folder.appending(path: "media/a.mp4"))
            let edited = try stage.run("openface media")
            #expect(edited.errors.contains("1 recording, 1 were there"), "\(edited.errors)")
            let other = try stage.run("openface media --argument -aus")
            #expect(other.errors.contains("2 recordings"), "\(other.errors)")
        }
    }

    @Test("A video that fails is named with what the tool said, and the others are made")
    func failing() throws {
        try withFolder { folder in
            let stage = try Stage(in: folder)
            try stage.tool("FeatureExtraction", Self.faces)
            try Data().write(to: stage.bin.appending(path: "broken"))
            let made = try stage.run("openface media")
            #expect(made.status == 1)
            #expect(made.errors.contains("media/b.mp4: FeatureExtraction failed: no face model"))
            #expect(made.errors.contains("1 of 2 files failed"))
            #expect(try stage.text("out/a.csv").contains("AU01_r"))
            try FileManager.default.removeItem(at: stage.bin.appending(path: "broken"))
            let again = try stage.run("openface media")
            #expect(again.status == 0 && again.errors.contains("1 were there"), "\(again.errors)")
        }
    }

    @Test("openSMILE's command and its Python package write the tables that import takes")
    func openSMILE() throws {
        try withFolder { folder in
            let stage = try Stage(in: folder)
            try Data("[conf]".utf8).write(to: folder.appending(path: "e.conf"))
            try stage.tool(
                "SMILExtract",
                """
                [ "$1" = -h ] && { echo "openSMILE version 3.0.2"; exit 0; }
                while [ $# -gt 0 ]; do
                  case $1 in -lldcsvoutput) c=$2 ;; -instname) n=$2 ;; esac; shift
                done
                printf "name;frameTime;F0\\n'$n';0.0;1.0\\n" > "$c"

                """)
            let made = try stage.run("opensmile media --config e.conf")
            #expect(made.status == 0, "\(made.errors)")
            #expect(try stage.text("out/a.csv") == "name;frameTime;F0\n'a';0.0;1.0\n")
            #expect(try stage.text("out/a.csv.made").contains("version 3.0.2, configuration"))
            try stage.tool(
                "python3",
                """
                [ $# -eq 2 ] && { echo 2.5.0; exit 0; }
                printf "file,start,end,F0\\n$5,0 days,0 days,$3\\n" > "$6"

                """)
            let other = try stage.run("opensmile media --features ComParE_2016")
            #expect(other.status == 0, "\(other.errors)")
            #expect(try stage.text("out/b.csv").contains("ComParE_2016"))
            #expect(try stage.text("out/b.csv.made").hasPrefix("opensmile 2.5.0 (Python), ComParE"))
        }
    }

    @Test("Two sounds of one name are refused, and neither is lost")
    func twins() throws {
        try withFolder { folder in
            let stage = try Stage(in: folder)
            try stage.tool("FeatureExtraction", Self.faces)
            try FileManager.default.createDirectory(
                at: folder.appending(path: "media/s2"), withIntermediateDirectories: true)
            try Data().write(to: folder.appending(path: "media/s2/a.mp4"))
            let made = try stage.run("openface media")
            #expect(made.status == 1)
            #expect(made.errors.contains("media/a.mp4 and media/s2/a.mp4 would both become a.csv"))
            #expect(!FileManager.default.fileExists(atPath: folder.path + "/out"))
        }
    }

    @Test("A tool that is absent is named, with how to get it")
    func absent() throws {
        try withFolder { folder in
            let stage = try Stage(in: folder)
            try Data().write(to: folder.appending(path: "e.conf"))
            for (words, saying) in [
                ("openface media", "FeatureExtraction"),
                ("opensmile media --config e.conf", "SMILExtract"),
                ("opensmile media", "pip install opensmile"),
                ("opensmile media --python no-python", "no-python"),
            ] {
                let made = try stage.run(words, path: stage.bin.path)
                #expect(made.status == 1 && made.errors.contains(saying), "\(made.errors)")
            }
            try stage.tool("FeatureExtraction", Self.faces)
            let none = try stage.run("openface bin")
            #expect(none.status == 1 && none.errors.contains("mp4"), "\(none.errors)")
        }
    }

    @Test("A stopped extraction ends its tools, leaves no half table, and goes on")
    func stopped() throws {
        try withFolder { folder in
            let stage = try Stage(in: folder)
            try stage.tool("FeatureExtraction", "echo $$ > \"$(dirname \"$0\")/id\"\nsleep 60\n")
            let running = try Command.Running(
                ["data", "extract", "openface", "media", "--output", "out", "--jobs", "1"],
                in: folder, environment: ["PATH": "\(stage.bin.path):/usr/bin:/bin"])
            let id = stage.bin.appending(path: "id")
            try #require(eventually { (try? Data(contentsOf: id).count) ?? 0 > 1 })
            running.signal(SIGINT)
            #expect(running.wait().status == 130)
            let child = pid_t(try stage.text("bin/id").filter(\.isNumber))
            #expect(child.map { !Processes.isAlive($0) } == true)
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/out")
            #expect(left.isEmpty, "\(left)")
            try stage.tool("FeatureExtraction", Self.faces)
            #expect(try stage.run("openface media").status == 0)
        }
    }

    @Test("Mel spectrograms of sound become a corpus")
    func mel() throws {
        try withFolder { folder in
            let stage = try Stage(in: folder)
            let head: [UInt8] = [
                16, 0, 0, 0, 1, 0, 1, 0, 0x40, 0x1F, 0, 0, 0x80, 0x3E, 0, 0, 2, 0, 16, 0,
            ]
            let size: [UInt8] = [0x00, 0x7D, 0, 0]
            var bytes = Array("RIFF\0\0\0\0WAVEfmt ".utf8) + head + Array("data".utf8) + size
            for sample in 0..<16_000 {
                bytes.append(0)
                bytes.append(sample / 8 % 2 == 0 ? 10 : 246)
            }
            for name in ["a", "b"] {
                try Data(bytes).write(to: folder.appending(path: "media/\(name).wav"))
                var labels = "time;arousal\n"
                for frame in 0..<20 { labels += "\(Double(frame) / 10);0.5\n" }
                try FileManager.default.createDirectory(
                    at: folder.appending(path: "labels"), withIntermediateDirectories: true)
                try labels.write(
                    to: folder.appending(path: "labels/\(name).csv"), atomically: true,
                    encoding: .utf8)
                bytes[5000] = 3
            }
            let made = try stage.run("mel media --bands 16")
            #expect(made.status == 0, "\(made.errors)")
            for words in [
                "labels labels --culture DE", "csv out --name mel --modality audio",
            ] {
                let imported = try Command.run(
                    ["data", "import"] + words.split(separator: " ").map(String.init)
                        + ["--output", "corpus"], in: folder)
                #expect(imported.status == 0, "\(imported.errors)")
            }
            let manifest = try stage.text("corpus/corpus.yaml")
            #expect(manifest.contains("mel: {modality: audio, width: 16"))
        }
    }
}
