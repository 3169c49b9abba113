import Corpora
import Planning
import Reporting
import Scoring
import Testing
import _StringProcessing

@Suite struct IncompleteTests {
    private func error(
        _ plan: Plan, _ scored: [TrialKey: ScoredTrial], _ quarantined: [TrialKey: String] = [:],
        allowPartial: Bool = false
    ) -> ReportError? {
        do {
            _ = try Report(
                plan: plan, scored: scored, quarantined: quarantined, allowPartial: allowPartial,
                resamples: 10)
            return nil
        } catch { return error }
    }

    private var study: Study {
        var study = Study()
        study.schemes = [.withinCulture(folds: 3, group: nil)]
        study.models = ["lstm"]
        return study
    }

    @Test("A missing and a quarantined trial are refused, with cells, n of N and a way out")
    func refused() throws {
        let plan = try study.plan()
        var scored = study.scored(plan)
        let (first, second, last) = (plan.trials[0].key, plan.trials[1].key, plan.trials[11].key)
        for key in [first, second, last] { scored[key] = nil }
        let found = try #require(error(plan, scored, [first: "diverged"]))
        guard case .incomplete(let missing, let quarantined) = found else {
            Issue.record("\(found)")
            return
        }
        #expect(missing.map(\.cell) == ["within-culture DE av lstm", "within-culture HU av lstm"])
        #expect(missing.map(\.count) == [1, 1])
        #expect(missing.map(\.scored) == [4, 5])
        #expect(quarantined.map(\.count) == [1])
        #expect(
            found.description == """
                The sweep is not complete, so that no number stands for the whole of it.
                  within-culture DE av lstm: 4 of 6 trials, 1 missing
                  within-culture HU av lstm: 5 of 6 trials, 1 missing
                  within-culture DE av lstm: 4 of 6 trials, 1 quarantined
                Run it to its end, or ask with --partial for the numbers that are there, marked.
                """)
        #expect(error(plan, scored, [first: "diverged"], allowPartial: true) == nil)
    }

    @Test("A long list of incomplete cells is cut, with the number of the others")
    func longList() throws {
        var study = Study()
        study.features = ["a", "b", "c", "d"]
        let found = try #require(error(try study.plan(), [:]))
        #expect(found.description.contains("and 36 more cells with missing trials"))
        #expect(found.description.split(separator: "\n").count == 23)
    }

    @Test("Trials that the plan does not hold, or that were done after all, change nothing")
    func irrelevant() throws {
        let plan = try study.plan()
        let scored = study.scored(plan)
        let stranger = TrialKey(digest: Digest(of: "stranger".utf8))
        var more = scored
        more[stranger] = scored[plan.trials[0].key]
        let reasons = [stranger: "crashed", plan.trials[0].key: "late"]
        let plain = try Report(plan: plan, scored: scored, quarantined: [:], resamples: 10)
        let other = try Report(plan: plan, scored: more, quarantined: reasons, resamples: 10)
        #expect(plain.html == other.html && plain.json == other.json)
    }

    @Test("A part of nothing is a report without numbers")
    func nothing() throws {
        let report = try Report(
            plan: try Study().plan(), scored: [:], quarantined: [:], allowPartial: true,
            resamples: 10)
        #expect(report.text().contains("NOTICE: This report is partial: 0 of 92 trials"))
        #expect(report.text(width: 100).contains("– (0/6)"))
        #expect(report.csvFiles[1].text.split(separator: "\n").count == 1)
        #expect(report.html.contains("role=\"note\""))
        #expect(!report.html.contains("nan"))
    }

    @Test("What lacks trials is marked in every table that shows it, and no best is claimed")
    func marked() throws {
        var study = study
        study.models = ["lstm", "eaf"]
        let plan = try study.plan()
        var scored = study.scored(plan)
        scored[plan.trials[0].key] = nil
        let report = try Report(
            plan: plan, scored: scored, quarantined: [:], allowPartial: true, resamples: 10)
        let lines = report.text().split(separator: "\n").filter { $0.hasPrefix("DE") }
        #expect(lines.count == 2)
        #expect(lines.allSatisfy { $0.contains("(5/6)") && !$0.contains("*") })
        let others = report.text().split(separator: "\n").filter { $0.hasPrefix("HU") }
        #expect(others.count == 2 && others.allSatisfy { $0.contains("*") && !$0.contains("/6)") })
        let marks = report.markdown.components(of: "(5/6)")
        // Arousal and valence in the comparison, and among all numbers two CCC and four figures.
        #expect(marks == 14)
    }

    @Test("JSON lists each trial that is missing or quarantined, with its place and the reason")
    func json() throws {
        let plan = try study.plan()
        var scored = study.scored(plan)
        let (first, last) = (plan.trials[0].key, plan.trials[11].key)
        scored[first] = nil
        scored[last] = nil
        let report = try Report(
            plan: plan, scored: scored, quarantined: [first: "diverged"], allowPartial: true,
            resamples: 10)
        #expect(
            report.json.contains(
                """
                "planned":12,"scored":10,"missing":[{"key":"\(last)","cell":"within-culture HU \
                av lstm","fold":3,"seed":1}],"quarantined":[{"key":"\(first)","cell":\
                "within-culture DE av lstm","fold":1,"seed":0,"reason":"diverged"}]
                """))
    }

    @Test("Outcomes that cannot be scored are refused, partial or not")
    func unscorable() throws {
        let plan = try study.plan()
        var scored = study.scored(plan)
        let key = plan.trials[0].key
        scored[key]!.targets = ["liking", "valence"]
        let expected = ReportError.unscorable(
            .foreignTargets(
                key: key, expected: ["arousal", "valence"], found: ["liking", "valence"]))
        #expect(error(plan, scored) == expected)
        #expect(error(plan, scored, allowPartial: true) == expected)
        #expect(expected.description.contains("liking, valence"))
    }
}

extension String {
    /// How often `part` occurs.
    fileprivate func components(of part: String) -> Int {
        var count = 0
        var rest = self[...]
        while let place = rest.firstRange(of: part) {
            count += 1
            rest = rest[place.upperBound...]
        }
        return count
    }
}
