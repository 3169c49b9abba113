import Planning
import Scoring

extension Certificate {
    /// What in a report's `trials.csv` and `recordings.csv` is not of its splits.
    public func problems(trials: String, recordings: String?) -> [String] {
        var problems: [String] = []
        var tests: [String: [Int]] = [:]
        for row in CSVTable(trials).rows {
            let key = row["key"] ?? ""
            if let split = split(of: row) {
                tests[key] = split.test
            } else {
                problems.append("trials.csv: no cell has the fold of trial \(key)")
            }
        }
        guard let recordings else { return problems }
        let cultures = Dictionary(self.recordings.map { ($0.id, $0.culture) }) { first, _ in first }
        var found: [String: Set<String>] = [:]
        for row in CSVTable(recordings).rows {
            let (key, id) = (row["key"] ?? "", row["recording"] ?? "")
            found[key, default: []].insert(id)
            if cultures[id] != row["culture"] {
                problems.append("recordings.csv: \(id) is of another culture")
            }
        }
        for (key, test) in tests.sorted(by: { $0.key < $1.key })
        where found[key] != Set(test.map { self.recordings[$0].id }) {
            problems.append("recordings.csv: trial \(key) tests other recordings than its split")
        }
        for key in found.keys.sorted() where tests[key] == nil {
            problems.append("recordings.csv: trials.csv has no trial \(key)")
        }
        return problems.distinct
    }

    /// The split of a row of `trials.csv`.
    private func split(of row: [String: String]) -> Split? {
        let cell = cells.first {
            $0.scheme == row["scheme"] && $0.train == row["train"] && $0.model == row["model"]
                && $0.features == row["features"]
                && ($0.test.contains(row["test"] ?? "")
                    || row["test"] == TestScores.allTogether && $0.test.count > 1)
        }
        guard let cell, let fold = row["fold"].flatMap({ Int($0) }), (1...cell.count) ~= fold
        else { return nil }
        return splits[cell.first + fold - 1]
    }
}

/// A CSV file of a report, read back: RFC 4180 with line feeds.
struct CSVTable {
    /// The lines below the first, by the names of the columns.
    let rows: [[String: String]]

    init(_ text: String) {
        var lines: [[String]] = [[]]
        var field = ""
        var isQuoted = false
        var wasQuote = false
        for scalar in text.unicodeScalars {
            if isQuoted, scalar != "\"" || wasQuote {
                // Within quotes; a quote that was seen before ends them unless another follows.
                if !wasQuote || scalar == "\"" {
                    field.unicodeScalars.append(scalar)
                    wasQuote = false
                    continue
                }
                (isQuoted, wasQuote) = (false, false)
            }
            switch scalar {
            case "\"":
                if isQuoted { wasQuote = true } else { isQuoted = true }
            case ",", "\n":
                lines[lines.count - 1].append(field)
                field = ""
                if scalar == "\n" { lines.append([]) }
            default: field.unicodeScalars.append(scalar)
            }
        }
        let names = lines[0]
        rows = lines.dropFirst().filter { $0.count == names.count }.map { values in
            Dictionary(zip(names, values)) { first, _ in first }
        }
    }
}
