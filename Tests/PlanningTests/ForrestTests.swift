import Corpora
import Foundation
import Testing

@testable import Planning

@Suite("The shipped sweep") struct ForrestTests {
    @Test("forrest-small plans both schemes for both cultures, run by run")
    func counts() throws {
        var sweep = try Sweep(yaml: forrestSmallYAML(), file: "forrest-small.yaml")
        #expect(sweep.name == "forrest-small")
        #expect(sweep.corpora == ["../../data-manifests/forrest.yaml"])
        #expect(sweep.models.map(\.name) == ["ridge", "baseline", "eaf", "eaf-ungated"])
        #expect(sweep.models.dropFirst().allSatisfy { $0.training.epochs == 40 })
        // The same shape as the real corpus: two cultures, one film, eight runs.
        sweep.features = [audioVideo]
        let plan = try Plan(sweep: sweep, corpora: [filmCorpus()])
        #expect(plan.cells.count == (2 + 2) * 4)
        #expect(plan.splits.count == (2 + 2) * 4)
        #expect(plan.trials.count == (2 + 2) * 4 * 4 * 2)
        // Both seeds of ridge are one trial.
        #expect(plan.uniqueKeys.count == plan.trials.count - (2 + 2) * 4)
        try plan.check()
    }

    @Test(
        "The real corpus fits it: 44 recordings a culture, and every run on one side",
        .enabled(if: FileManager.default.fileExists(atPath: manifest.path), "no forrest.yaml"))
    func realCorpus() throws {
        let text = try String(contentsOf: manifest, encoding: .utf8)
        let corpus = try Manifest.parse(text, file: "forrest.yaml")
        let sweep = try Sweep(yaml: forrestSmallYAML(), file: "forrest-small.yaml")
        let plan = try Plan(sweep: sweep, corpora: [corpus])
        #expect(plan.recordings.count == 88)
        #expect(
            plan.cells.map(\.name) == [
                "within-culture DE av ridge", "within-culture DE av baseline",
                "within-culture DE av eaf", "within-culture DE av eaf-ungated",
                "within-culture IT av ridge", "within-culture IT av baseline",
                "within-culture IT av eaf", "within-culture IT av eaf-ungated",
                "cross-culture DE→IT av ridge", "cross-culture DE→IT av baseline",
                "cross-culture DE→IT av eaf", "cross-culture DE→IT av eaf-ungated",
                "cross-culture IT→DE av ridge", "cross-culture IT→DE av baseline",
                "cross-culture IT→DE av eaf", "cross-culture IT→DE av eaf-ungated",
            ])
        #expect(plan.uniqueKeys.count == 112 && plan.trials.count == 128)
        for cell in plan.cells {
            #expect(plan.splits[cell.splits].map(\.test.count).reduce(0, +) == 44)
        }
        try plan.check()

        // The manifest declares the group, so that no scheme needs to name it.
        var unnamed = sweep
        unnamed.schemes = [.crossCulture(folds: nil, group: nil)]
        unnamed.validation.group = nil
        let runs = try Plan(sweep: unnamed, corpora: [corpus])
        #expect(runs.splits.count == 16)
        // Where it does not, the film itself would leak, and the error says what to do.
        var undeclared = corpus
        undeclared.groups = []
        let error = #expect(throws: PlanError.self) {
            try Plan(sweep: unnamed, corpora: [undeclared])
        }
        #expect(error?.description.hasSuffix("lists under `groups`.") == true)
    }
}

/// The repository's root, which this file stands three folders below.
private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

private let manifest = root.appendingPathComponent("data-manifests/forrest.yaml")

private func forrestSmallYAML() throws -> String {
    try String(
        contentsOf: root.appendingPathComponent("cluster/sweeps/forrest-small.yaml"),
        encoding: .utf8)
}
