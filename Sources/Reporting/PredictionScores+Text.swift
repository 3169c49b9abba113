import Corpora
import Planning
import Scoring

extension PredictionScores {
    /// The scores as a table for a terminal: a line for each target and culture.
    public func text(_ convention: Convention) -> String {
        let table = table(convention)
        let units = tests.map { test in
            let isOne = !test.unit.contains("+")
            let unit = (isOne ? test.unit : "group") + (test.groups == 1 ? "" : "s")
            return "\(test.groups) \(unit)\(isOne ? "" : " (\(test.unit))") of \(test.label)"
        }
        let caption = """
            CCC (\(convention.rawValue): \(convention.explanation)) of all frames end to end
            """
        let note = """
            95 % intervals: \(Fixed.grouped(resamples)) resamples of recordings, drawn in groups: \
            \(units.joined(separator: ", ")).
            """
        let grid = TextGrid(table)
        return ([caption, ""] + grid.lines(Array(table.columns.indices)) + ["", note])
            .joined(separator: "\n") + "\n"
    }

    private func table(_ convention: Convention) -> Table {
        func figure(_ value: Double?) -> Table.Value {
            Table.Value(value.map { Fixed.text($0) } ?? "undefined")
        }
        let targets = tests[0].targets.indices
        let rows = targets.flatMap { index in
            tests.map { test -> Table.Line in
                let target = test.targets[index]
                let score = target.score(convention)
                let interval = target.interval(convention).map {
                    "\(Fixed.text($0.low)) to \(Fixed.text($0.high))"
                }
                return .row([
                    Table.Value(target.target), Table.Value(test.label), figure(score.ccc),
                    Table.Value(interval ?? "-"), figure(score.pearson), figure(score.rmse),
                    Table.Value(Fixed.grouped(test.recordings)),
                    Table.Value(Fixed.grouped(test.frames)),
                ])
            }
        }
        return Table(
            caption: "",
            columns: [
                .name("target"), .name("tested on"), .number("CCC"), .number("95 % interval"),
                .number("Pearson"), .number("RMSE"), .number("recordings"), .number("frames"),
            ], rows: rows)
    }

    /// The scores in the names of a report's `summary.csv`, and what was cropped or filled.
    ///
    /// `pairs` are those that the scores were taken of.
    public func json(_ convention: Convention, pairs: [TracePair]) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.key("convention")
        json.string(convention.rawValue)
        json.key("resamples")
        json.integer(resamples)
        json.key("scores")
        json.beginArray()
        for test in tests {
            for target in test.targets { write(target, of: test, convention, to: &json) }
        }
        json.endArray()
        json.key("lengths")
        json.beginArray()
        for pair in pairs where pair.excess != 0 {
            json.beginObject()
            json.key("recording")
            json.string(pair.recording.id)
            json.key(pair.excess > 0 ? "cropped" : "filled")
            json.integer(abs(pair.excess))
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.text + "\n"
    }

    private func write(
        _ target: Target, of test: Test, _ convention: Convention, to json: inout JSONWriter
    ) {
        let score = target.score(convention)
        let interval = target.interval(convention)
        json.beginObject()
        json.key("test")
        json.string(test.label)
        json.key("target")
        json.string(target.target)
        let figures = [
            ("ccc", score.ccc), ("ccc_low", interval?.low), ("ccc_high", interval?.high),
            ("pearson", score.pearson), ("rmse", score.rmse),
        ]
        for (name, figure) in figures {
            json.key(name)
            json.number(figure)
        }
        json.key("unit")
        json.string(test.unit)
        let counts = [
            ("recordings", test.recordings), ("groups", test.groups), ("frames", test.frames),
        ]
        for (name, count) in counts {
            json.key(name)
            json.integer(count)
        }
        json.endObject()
    }
}
