import Foundation
import Glibc
import Testing

/// Disks that fill and rot, and a journal that lost its tail.
@Suite(.serialized, .enabled(if: Full.isAsked, Full.reason))
struct FaultStorageTests {
    @Test("What rots in the spool is set aside and trained again")
    func spoolRots() throws {
        try withFolder { folder in
            let stage = try FaultStage(in: folder)
            var random = CaseRandom(seed: 5)
            for place in ["first byte", "last byte", "any byte"] {
                try stage.disturb("a bit flips in the \(place) of every spooled outcome") { run in
                    try #require(run.reaches(.spooled))
                    run.signal(SIGKILL, to: .everybody)
                    try #require(eventually { run.workers.isEmpty })
                    let files = run.spooled
                    try #require(!files.isEmpty)
                    for file in files { try flip(place, of: file, &random) }
                    try run.begin()
                    try #require(eventually { files.allSatisfy { exists($0 + ".damaged") } })
                }
            }
        }
    }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    private func flip(_ place: String, of path: String, _ random: inout CaseRandom) throws {
        var bytes = try Data(contentsOf: URL(filePath: path))
        let index =
            switch place {
            case "first byte": 0
            case "last byte": bytes.count - 1
            default: Int.random(in: 0..<bytes.count, using: &random)
            }
        bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        try bytes.write(to: URL(filePath: path))
    }

    @Test("A journal that lost any part of its tail resumes, and ends with the same bytes")
    func tailIsLost() throws {
        try withFolder { folder in
            let stage = try FaultStage(in: folder)
            var random = CaseRandom(seed: 6)
            for round in 0..<8 {
                try stage.disturb("the journal loses its tail, round \(round)") { run in
                    try #require(run.reaches(round < 4 ? .firstFinished : .half))
                    run.signal(SIGKILL, to: .everybody)
                    try #require(eventually { run.workers.isEmpty })
                    let log = run.folder + "/concord.sqlite-wal"
                    let size = try Data(contentsOf: URL(filePath: log)).count
                    try #require(size > 0)
                    let cut = Int.random(in: 1...min(size, 12_000), using: &random)
                    try #require(truncate(log, size - cut) == 0)
                }
            }
        }
    }

    @Test("A full disk ends the coordinator loudly; with room again the same command goes on")
    func diskIsFull() throws {
        guard try shell("unshare -m true", []).status == 0 else {
            return Full.say("a full disk: skipped, for this user cannot mount a small one")
        }
        try withFolder { folder in
            let stage = try FaultStage(in: folder)
            let began = Date()
            let done = try shell(
                Self.fillsDisk,
                [Command.concord.path, stage.sweep.spec, folder.path])
            try #require(done.status == 0, "\(done.output)")
            let words = done.output.split(separator: "\n").last.map(String.init) ?? ""
            // The statuses of the run that met a full disk, and of the one that went on.
            #expect(words == "1 0", "\(done.output)")
            let first = try String(contentsOf: folder.appending(path: "first"), encoding: .utf8)
            #expect(first.contains("full"), "\(first)")
            for (name, bytes) in stage.undisturbed {
                let other = try Data(contentsOf: folder.appending(path: "report-full/\(name)"))
                #expect(other == bytes, "\(name) differs")
            }
            Full.say("a full disk: same bytes, \(FaultStage.seconds(since: began)) s")
        }
    }

    /// Runs the sweep on a small disk of its own that fills up in the middle.
    private static let fillsDisk = """
        concord=$1 spec=$2 folder=$3
        exec unshare -m bash -c '
            concord=$1 spec=$2 folder=$3
            cd "$folder" && mkdir disk && mount -t tmpfs -o size=48m none disk || exit 9
            "$concord" run "$spec" --store disk/store --workers 2 >first 2>&1 &
            run=$!
            for _ in $(seq 300); do
                "$concord" status disk/store --json 2>/dev/null |
                    grep -qE "\\"finished\\": ?[1-9]" && break
                sleep 0.1
            done
            dd if=/dev/zero of=disk/filler bs=4k status=none 2>/dev/null
            wait $run; first=$?
            rm disk/filler
            "$concord" run "$spec" --store disk/store --workers 2 >second 2>&1
            second=$?
            "$concord" report disk/store --format csv,json,html,markdown --output report-full ||
                exit 8
            echo "$first $second"
        ' bash "$concord" "$spec" "$folder"
        """

    private func shell(
        _ script: String, _ arguments: [String]
    ) throws -> (status: Int32, output: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", script, "bash"] + arguments
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
