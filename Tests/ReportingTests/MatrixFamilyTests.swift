import Planning
import Scoring
import Testing

@testable import Reporting

/// Schemes that test a culture from itself and from another one have matrices of their own.
@Suite struct MatrixFamilyTests {
    private static let sizeMatched = Scheme(.sizeMatched(folds: 3, size: nil))
    private static let partition = Scheme(
        .partition(from: "train", to: "devel", validation: nil, train: .culture))

    private func report(_ schemes: [Scheme]) throws -> Report {
        var study = Study()
        study.schemes = schemes
        let plan = try study.plan()
        return try Report(
            plan: plan, outcomes: study.outcomes(plan), quarantined: [:], resamples: 100)
    }

    @Test("Size-matched and partition of single cultures are families of their own")
    func families() throws {
        let plan = try report(Study().schemes + [Self.sizeMatched, Self.partition]).scores.plan
        #expect(plan.matrixFamilies.map(\.scheme) == [nil, "size-matched", "partition"])
        #expect(
            plan.matrixFamilies.map(\.schemes) == [
                ["within-culture", "cross-culture", "pooled"], ["size-matched"], ["partition"],
            ])
    }

    @Test("What tests no culture from itself and from another has no matrix")
    func none() throws {
        let report = try report([
            .withinCulture(folds: 3, group: nil),
            Scheme(.kFold(folds: 3, repeats: 1, train: .culture)),
            Scheme(.fewShot(shots: [0, 1], test: 0.5, repeats: 1)),
            Scheme(.partition(from: "train", to: "devel", validation: nil, train: .all)),
        ])
        #expect(report.scores.plan.matrixFamilies.isEmpty && report.matrices.isEmpty)
        #expect(report.scores.gaps.isEmpty && report.scores.asymmetries.isEmpty)
    }

    @Test("A size-matched gap is of its own scores, with the gain of its own pooled side")
    func gaps() throws {
        let report = try report(Study().schemes + [Self.sizeMatched, Self.partition])
        let scores = report.scores
        func ccc(_ scheme: String, _ train: String, _ test: String, _ gap: GeneralizationGap)
            -> Double
        {
            scores.cells.first {
                let cell = scores.plan.cells[$0.cell]
                return cell.scheme == scheme && cell.trainLabel == train
                    && cell.recipe.name == gap.model && $0.test(test) != nil
            }!.test(test)!.targets.first { $0.target == gap.target }!
                .statistics(\.ccc, .population).mean!
        }
        for (scheme, within, pooled) in [
            ("cross-culture", "within-culture", "pooled" as String?),
            ("size-matched", "size-matched", "size-matched"), ("partition", "partition", nil),
        ] {
            let gaps = scores.gaps.filter { $0.scheme == scheme }
            // Two pairs, models and targets.
            #expect(gaps.count == 8)
            #expect(scores.asymmetries.count { $0.scheme == scheme } == 4)
            for gap in gaps {
                let inside = ccc(within, gap.test, gap.test, gap)
                #expect(gap.cross == ccc(scheme, gap.train, gap.test, gap))
                #expect(gap.within == inside)
                #expect(abs(gap.gap.value! - (inside - gap.cross!)) < 1e-12)
                #expect(abs(gap.transfer.value! - gap.cross! / inside) < 1e-12)
                #expect((gap.gain == nil) == (pooled == nil))
                if let pooled {
                    let value = ccc(pooled, "DE+HU", gap.test, gap) - inside
                    #expect(abs(gap.gain!.value! - value) < 1e-12)
                }
                // One dyad of the development partition has no interval.
                #expect((gap.gap.detectable == nil) == (scheme == "partition"))
            }
        }
        #expect(report.json.contains(#"{"scheme":"size-matched","train":"DE","test":"HU""#))
    }

    @Test("Each family has a heatmap, tables and figures that name it")
    func shown() throws {
        let report = try report(Study().schemes + [Self.sizeMatched, Self.partition])
        #expect(report.matrices.count == 12)
        let matrix = try #require(report.matrices.first { $0.scheme == "size-matched" })
        #expect(matrix.title == "arousal · lstm · av · size-matched")
        #expect(matrix.rows.map(\.label) == ["DE", "HU", "pooled (DE+HU)"])
        #expect(matrix.rows.allSatisfy { $0.values.allSatisfy { $0 != nil } })
        #expect(matrix.columns == ["DE", "HU"] && matrix.gaps.count == 2)
        // Three training sides, two test sides, three folds, two seeds.
        #expect(matrix.share == "36/36")
        #expect(matrix.gaps.allSatisfy { $0.interval != nil })
        let captions = report.sections.flatMap(\.blocks).compactMap(\.table?.caption)
        for title in [
            "arousal · av: generalization gaps", "arousal · av · size-matched: generalization gaps",
            "valence · av · partition: generalization gaps", "av · size-matched: asymmetry",
        ] { #expect(captions.contains { $0.hasPrefix(title) }, "\(title)") }
        let names = report.document.figures.map(\.name)
        for name in ["matrix-av-arousal-eaf-size-matched", "gaps-av-size-matched-arousal"] {
            #expect(names.contains(name), "\(name)")
        }
        #expect(report.markdown.contains("within-culture, cross-culture, pooled; size-matched;"))
    }
}
