import Scoring

extension Report {
    /// A file of a report.
    public struct File: Hashable, Sendable {
        /// Its name, such as `summary.csv`.
        public let name: String
        /// What is in it.
        public let text: String
    }

    /// `summary.csv`, `trials.csv` and `recordings.csv`, a row for each of ``conventions``.
    ///
    /// As RFC 4180 has it, but with line feeds alone. Figures have the shortest digits that read
    /// back as the same number; what is undefined is an empty field.
    public var csvFiles: [File] {
        [
            File(name: "summary.csv", text: csv(scores.summary(conventions))),
            File(name: "trials.csv", text: csv(scores.trials(conventions))),
            File(name: "recordings.csv", text: csv(scores.recordings(conventions))),
        ]
    }

    private func csv<Line: Row>(_ rows: [Line]) -> String {
        var text = Line.columns.joined(separator: ",") + "\n"
        for row in rows {
            var separator = ""
            for field in row.fields {
                text += separator
                text += csv(field)
                separator = ","
            }
            text += "\n"
        }
        return text
    }

    private func csv(_ field: Field) -> String {
        switch field {
        case .count(let count): return String(count)
        case .number(let number):
            guard let number, number.isFinite else { return "" }
            return number.description
        case .text(let text):
            let special: Set<Unicode.Scalar> = [",", "\"", "\n", "\r"]
            guard text.unicodeScalars.contains(where: special.contains) else { return text }
            var quoted = "\""
            for scalar in text.unicodeScalars {
                if scalar == "\"" { quoted += "\"" }
                quoted.unicodeScalars.append(scalar)
            }
            return quoted + "\""
        }
    }
}
