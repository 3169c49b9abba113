import Foundation
import Testing

/// From a made-up corpus of AVEC 2019's shape to a manifest, as a licence-holder does it.
@Suite struct OutlineTests {
    private static let outline = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "data-manifests/avec2019.yaml").path

    @Test("The shipped outline is checked against files, and a manifest made of both")
    func check() throws {
        try withFolder { folder in
            let made = try Command.run(
                "data", "synthesize", "--shape", "avec2019", "--features", "visual_features",
                "--output", "avec", in: folder)
            try #require(made.status == 0, "\(made.errors)")
            let all = try Command.run(
                "data", "check", Self.outline, "--data-root", "avec", in: folder)
            #expect(all.status == 1)
            #expect(
                all.errors.contains("`visual_features_xbow` is there of none of the 96 recordings"))
            #expect(all.errors.contains("avec/visual_features_xbow/Train_DE_01.h5 does not exist"))
            #expect(all.errors.contains("concord: 14 problems in"))
            let removed = folder.appending(path: "avec/visual_features/Devel_HU_03.h5")
            let kept = folder.appending(path: "kept.h5")
            try FileManager.default.moveItem(at: removed, to: kept)
            let lacking = try Command.run(
                "data", "check", Self.outline, "--data-root", "avec", "--features",
                "visual_features", in: folder)
            #expect(lacking.errors.contains("Devel_HU_03: `visual_features`: "))
            #expect(lacking.errors.contains("concord: 1 problem in"))
            try FileManager.default.moveItem(at: kept, to: removed)
            let gold = folder.appending(path: "avec/targets/Devel_HU_03.h5")
            try FileManager.default.moveItem(at: gold, to: kept)
            let unrated = try Command.run(
                "data", "check", Self.outline, "--data-root", "avec", "--features",
                "visual_features", in: folder)
            #expect(unrated.errors.contains("Devel_HU_03: `targets`: "))
            #expect(unrated.errors.contains("concord: 1 problem in"))
            try FileManager.default.moveItem(at: kept, to: gold)
            let some = try Command.run(
                "data", "check", Self.outline, "--data-root", "avec", "--features",
                "visual_features", "--output", "avec/found.yaml", in: folder)
            try #require(some.status == 0, "\(some.errors)")
            #expect(some.output.contains("48 new"))
            let found = try String(
                contentsOf: folder.appending(path: "avec/found.yaml"), encoding: .utf8)
            let own = try String(
                contentsOf: folder.appending(path: "avec/corpus.yaml"), encoding: .utf8)
            #expect(found == own)
            let again = try Command.run("data", "check", "avec/found.yaml", in: folder)
            #expect(again.status == 0, "\(again.errors)")
            #expect(again.output.contains("48 ok"))
            let wrong = try Command.run(
                "data", "check", Self.outline, "--features", "visual_feature", in: folder)
            #expect(wrong.errors.contains("the nearest is `visual_features`"))
        }
    }

    @Test("A sweep over an outline is refused with the command that completes it")
    func sweep() throws {
        try withFolder { folder in
            try Data(
                "corpora: [\(Self.outline)]\nschemes: [{scheme: pooled, folds: 2}]\n".utf8
            ).write(to: folder.appending(path: "sweep.yaml"))
            let planned = try Command.run("plan", "sweep.yaml", in: folder)
            #expect(planned.status == 1)
            #expect(planned.errors.contains("the manifest is an outline"))
        }
    }
}
