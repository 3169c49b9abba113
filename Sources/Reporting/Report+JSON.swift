import Corpora
import Kernels
import Planning
import Scoring

extension Report {
    /// Raised whenever a member of ``json`` changes its name or meaning.
    public static let jsonSchema = 1

    /// The report as one JSON object, with the names of the CSV files.
    ///
    /// `schema`, `sweep`, `certificate` (its digest), `planned`, `scored`; `missing` and
    /// `quarantined` trials; `numerics`, `conventions`, `targets`; `cells` with n of N and the
    /// digest of their splits; the rows of `summary` and `trials`; `gaps`. Undefined figures are
    /// null. Figures of single recordings stand in `recordings.csv` alone, which a large sweep
    /// makes too long for one object.
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
        json.array("targets", scores.targets) { $0.string($1) }
        json.array("cells", scores.cells) { write($1, to: &$0) }
        json.array("summary", scores.summary(conventions)) { $0.row($1) }
        json.array("gaps", gaps) { $0.members($1) }
        json.array("trials", scores.trials(conventions)) { $0.row($1) }
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
        json.members([
            ("cell", .text(cell.name)), ("scheme", .text(cell.scheme)),
            ("train", .text(cell.trainLabel)),
            ("test", .text(cell.testCultures.joined(separator: "+"))),
            ("model", .text(cell.recipe.name)), ("features", .text(cell.features.name)),
            ("folds", .count(cell.splits.count)), ("trials", .count(scores.coverage.scored)),
            ("planned", .count(scores.coverage.planned)),
            ("quarantined", .count(scores.coverage.quarantined)),
            ("splits", .text(self.scores.plan.splitsDigest(cell).description)),
        ])
    }

    private var gaps: [[(String, Field)]] {
        matrices.flatMap { matrix in
            matrix.gaps.map { gap in
                [
                    ("train", .text(gap.train)), ("test", .text(gap.test)),
                    ("model", .text(matrix.model)), ("features", .text(matrix.features)),
                    ("target", .text(matrix.target)),
                    ("convention", .text(matrix.convention.rawValue)),
                    ("within", .number(gap.within.mean)), ("cross", .number(gap.cross.mean)),
                    ("gap", .number(gap.difference)),
                ]
            }
        }
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
        members(Array(zip(Line.columns, row.fields)))
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
