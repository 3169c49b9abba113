import Corpora
import Kernels
import Planning
import Scoring

extension Report {
    /// Raised whenever a member of ``json`` changes its name or meaning.
    public static let jsonSchema = 3

    /// The report as one JSON object, with the names of the CSV files.
    ///
    /// `schema`, `sweep`, `certificate` (its digest), `planned`, `scored`; `missing` and
    /// `quarantined` trials; `numerics`, `conventions`, `targets`; `cells` with n of N and the
    /// digest of their splits; `interval` with its kind and resamples; the rows of `summary` and
    /// `trials`; `intervals` of both kinds; `gaps`, `asymmetries` and `comparisons` of models.
    /// Undefined figures are null. Figures of single recordings stand in `recordings.csv` alone,
    /// which a large sweep makes too long for one object.
    public var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.member("schema", .count(Self.jsonSchema))
        json.member("sweep", .text(title))
        json.member("certificate", .text(certificate.digest))
        writeCoverage(&json)
        json.key("numerics")
        json.beginObject()
        json.member("version", .count(Numerics.version))
        json.member("class", .text(Numerics.numericClass))
        json.endObject()
        json.array("conventions", conventions) { $0.string($1.rawValue) }
        json.key("interval")
        json.members([
            ("kind", .text(Interval.Kind.standard.rawValue)), ("resamples", .count(resamples)),
        ])
        json.array("targets", scores.targets) { $0.string($1) }
        json.array("cells", scores.cells) { write($1, to: &$0) }
        json.array("summary", scores.summary(conventions)) { $0.row($1) }
        json.array("intervals", intervals) { $0.members($1) }
        json.array("gaps", gaps) { $0.members($1) }
        json.array("asymmetries", asymmetries) { $0.members($1) }
        json.array("comparisons", comparisons) { $0.members($1) }
        json.key("trials")
        json.beginArray()
        for trial in scores.plan.trials {
            for row in scores.rows(of: trial, conventions) { json.row(row) }
        }
        json.endArray()
        json.endObject()
        return json.text + "\n"
    }

    private func writeCoverage(_ json: inout JSONWriter) {
        json.member("planned", .count(scores.coverage.planned))
        json.member("scored", .count(scores.coverage.scored))
        let lacking = scores.plan.trials.filter { scores.scored[$0.key] == nil }
        json.array("missing", lacking.filter { scores.quarantined[$0.key] == nil }) {
            $0.members(place(of: $1))
        }
        json.array("quarantined", lacking.filter { scores.quarantined[$0.key] != nil }) {
            let reason = scores.quarantined[$1.key] ?? ""
            $0.members(place(of: $1) + [("reason", .text(reason))])
        }
    }

    private func place(of trial: Trial) -> [(String, Field)] {
        [
            ("key", .text(trial.key.description)),
            ("cell", .text(scores.plan.cells[trial.cell].name)), ("fold", .count(trial.fold)),
            ("seed", .count(trial.seed)),
        ]
    }

    private func write(_ scores: CellScores, to json: inout JSONWriter) {
        let cell = self.scores.plan.cells[scores.cell]
        let repetitions = self.scores.plan.repetitions(of: cell)
        json.members([
            ("cell", .text(cell.name)), ("scheme", .text(cell.scheme)),
            ("train", .text(cell.trainLabel)),
            ("test", .text(cell.testCultures.joined(separator: "+"))),
            ("model", .text(cell.recipe.name)), ("features", .text(cell.features.name)),
            ("folds", .count(cell.splits.count / repetitions)),
            ("repetitions", .count(repetitions)), ("trials", .count(scores.coverage.scored)),
            ("planned", .count(scores.coverage.planned)),
            ("quarantined", .count(scores.coverage.quarantined)),
            ("selection", .text(cell.selection.rawValue)),
            ("partner", .text(cell.partner.rawValue)),
            ("shots", cell.shots.map { .count($0) } ?? .number(nil)),
            ("splits", .text(self.scores.plan.splitsDigest(cell).description)),
        ])
    }

    /// The intervals of both kinds, of cells, test cultures and targets in the first convention.
    private var intervals: [[(String, Field)]] {
        scores.cells.flatMap { cell in
            cell.tests.flatMap { test in
                test.targets.flatMap { target in
                    Interval.Kind.allCases.map { kind in
                        let interval = target.interval(conventions[0], kind)
                        return [
                            ("cell", .text(scores.plan.cells[cell.cell].name)),
                            ("test", .text(test.label)), ("target", .text(target.target)),
                            ("convention", .text(conventions[0].rawValue)),
                            ("kind", .text(kind.rawValue)), ("low", .number(interval?.low)),
                            ("high", .number(interval?.high)),
                        ]
                    }
                }
            }
        }
    }

    private var gaps: [[(String, Field)]] {
        scores.gaps.map { gap in
            [
                ("scheme", .text(gap.scheme)),
                ("train", .text(gap.train)), ("test", .text(gap.test)),
                ("model", .text(gap.model)), ("features", .text(gap.features)),
                ("target", .text(gap.target)), ("convention", .text(conventions[0].rawValue)),
                ("within", .number(gap.within)), ("cross", .number(gap.cross)),
            ] + members("gap", gap.gap) + members("transfer", gap.transfer)
                + members("gain", gap.gain) + [
                    ("detectable", .number(gap.gap.detectable)),
                    ("correlation", .number(gap.parts?.correlation)),
                    ("bias", .number(gap.parts?.bias)), ("scale", .number(gap.parts?.scale)),
                ]
        }
    }

    private var comparisons: [[(String, Field)]] {
        scores.comparisons.map { comparison in
            let first = scores.plan.cells[comparison.first]
            let second = scores.plan.cells[comparison.second]
            return [
                ("scheme", .text(first.scheme)), ("train", .text(first.trainLabel)),
                ("test", .text(comparison.culture ?? TestScores.allTogether)),
                ("features", .text(first.features.name)), ("target", .text(comparison.target)),
                ("first", .text(first.recipe.name)), ("second", .text(second.recipe.name)),
                ("convention", .text(conventions[0].rawValue)),
            ] + members("difference", comparison.difference) + [
                ("detectable", .number(comparison.difference.detectable)),
                ("p", .number(comparison.probability)), ("p_holm", .number(comparison.adjusted)),
                ("groups", .count(comparison.groups)),
            ]
        }
    }

    private var asymmetries: [[(String, Field)]] {
        scores.asymmetries.map { asymmetry in
            [
                ("scheme", .text(asymmetry.scheme)),
                ("first", .text(asymmetry.first)), ("second", .text(asymmetry.second)),
                ("model", .text(asymmetry.model)), ("features", .text(asymmetry.features)),
                ("target", .text(asymmetry.target)),
                ("convention", .text(conventions[0].rawValue)),
                ("forward", .number(asymmetry.forward)),
                ("backward", .number(asymmetry.backward)),
            ] + members("difference", asymmetry.difference) + [
                ("detectable", .number(asymmetry.difference.detectable))
            ]
        }
    }

    private func members(_ name: String, _ estimate: Estimate?) -> [(String, Field)] {
        [
            (name, .number(estimate?.value)), (name + "_low", .number(estimate?.interval?.low)),
            (name + "_high", .number(estimate?.interval?.high)),
        ]
    }
}

extension JSONWriter {
    fileprivate mutating func member(_ name: String, _ field: Field) {
        key(name)
        switch field {
        case .text(let text): string(text)
        case .count(let count): integer(count)
        case .number(let value): number(value)
        }
    }

    fileprivate mutating func members(_ members: [(String, Field)]) {
        beginObject()
        for (name, field) in members { member(name, field) }
        endObject()
    }

    fileprivate mutating func row<Line: Row>(_ row: Line) {
        beginObject()
        for (name, field) in zip(Line.columns, row.fields) { member(name, field) }
        endObject()
    }

    fileprivate mutating func array<Element>(
        _ name: String, _ elements: [Element], _ write: (inout JSONWriter, Element) -> Void
    ) {
        key(name)
        beginArray()
        for element in elements { write(&self, element) }
        endArray()
    }
}
