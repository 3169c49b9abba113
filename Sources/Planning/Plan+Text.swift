import Corpora

extension Plan {
    /// A table for people: one line a cell, with the sizes of its splits and, where they are given,
    /// the bytes of memory that a trainer of each cell needs, nil where it cannot train.
    public func describe(peakBytes: [Int?]? = nil) -> String {
        let heading = """
            \(sweep.name): \(cells.count) cells, \(splits.count) splits, \(trials.count) trials, \
            \(uniqueKeys.count) of them to be trained; \(recordings.count) recordings
            """
        let repetitions = cells.map(repetitions)
        let isRepeated = repetitions.contains { $0 > 1 }
        var rows = [
            ["cell", "folds"] + (isRepeated ? ["repetitions"] : [])
                + ["seeds", "trials", "train", "validation", "test"]
        ]
        if peakBytes != nil { rows[0].append("memory") }
        for (index, cell) in cells.enumerated() {
            let splits = splits[cell.splits]
            rows.append(
                [cell.name, "\(splits.count / repetitions[index])"]
                    + (isRepeated ? ["\(repetitions[index])"] : [])
                    + ["\(sweep.seeds)", "\(splits.count * sweep.seeds)"]
                    + [splits.map(\.train.count), splits.map(\.validation.count)].map(Plan.range)
                    + [Plan.range(splits.map(\.test.count))])
            if let peakBytes {
                rows[index + 1].append(
                    peakBytes[index].map { "\(($0 + 500_000) / 1_000_000) MB" } ?? "none")
            }
        }
        let sentences = (notes + derived + costs).map { $0 + "\n" }.joined()
        return heading + "\n\n" + Plan.table(rows)
            + (sentences.isEmpty ? "" : "\n" + sentences)
    }

    /// A sentence for each choice of features that has some derived.
    private var derived: [String] {
        sweep.features.compactMap { choice in
            let derived = choice.inputs.filter { $0.derivation != nil }
            guard !derived.isEmpty else { return nil }
            let width = choice.widths(in: corpora[0]).reduce(0, +)
            return "Features \(choice.name), \(width) wide, hold "
                + derived.map(\.label).joined(separator: ", ")
                + ": made inside each fold, codebooks from its training side alone."
        }
    }

    /// A sentence for each model a trial of which trains several networks.
    private var costs: [String] {
        var sentences: [String] = []
        for cell in cells {
            let networks = cell.recipe.networks(of: cell.features, targets: sweep.targets.count)
            guard networks > 1 else { continue }
            var factors: [String] = []
            let training = cell.recipe.training
            if training.lags.count > 1 { factors.append("\(training.lags.count) lags") }
            if training.targetModels == .perTarget {
                factors.append("\(sweep.targets.count) targets")
            }
            if cell.recipe.isLateFused {
                factors.append("\(cell.features.modalities.count) modalities")
            }
            let sentence =
                "A trial of \(cell.recipe.name) over \(cell.features.name) trains \(networks) "
                + "networks (\(factors.joined(separator: " × "))) and costs as much."
            if !sentences.contains(sentence) { sentences.append(sentence) }
        }
        return sentences
    }

    /// All trials for machines:
    /// `{"trials": [{"key", "cell", "fold", "repetition", "seed", "train", "validation", "test"}]}`
    ///
    /// `key` is hexadecimal, `fold` counts from 1 over all repetitions, `repetition` and `seed`
    /// from 0; the lists hold ids. A fine-tuned
    /// trial has `tuned` too: what of `train` it learns from last. Where `peakBytes` tells the
    /// memory that a trial needs, it stands under this name too. `more` may write further members.
    public func json(
        peakBytes: (Trial) -> Int? = { _ in nil },
        more: (Trial, inout JSONWriter) -> Void = { _, _ in }
    ) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.key("trials")
        json.beginArray()
        for trial in trials {
            json.beginObject()
            json.key("key")
            json.string(trial.key.description)
            json.key("cell")
            json.string(cells[trial.cell].name)
            json.key("fold")
            json.integer(trial.fold)
            json.key("repetition")
            json.integer(splits[trial.split].repetition)
            json.key("seed")
            json.integer(trial.seed)
            if let bytes = peakBytes(trial) {
                json.key("peakBytes")
                json.integer(bytes)
            }
            let split = splits[trial.split]
            let isTuned = cells[trial.cell].recipe.tuning != nil
            for (name, side) in [
                ("train", split.train), ("validation", split.validation), ("test", split.test),
            ] + (isTuned ? [("tuned", split.tuned)] : []) {
                json.key(name)
                json.beginArray()
                for index in side { json.string(recordings[index].recording.id) }
                json.endArray()
            }
            more(trial, &json)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.text
    }

    /// `7`, or `6–8` where folds differ.
    private static func range(_ counts: [Int]) -> String {
        guard let low = counts.min(), let high = counts.max() else { return "0" }
        return low == high ? "\(low)" : "\(low)–\(high)"
    }

    /// Columns under each other; the first to the left, the others to the right.
    public static func table(_ rows: [[String]]) -> String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.indices.map { column in
                let blanks = String(repeating: " ", count: widths[column] - row[column].count)
                return column == 0 ? row[column] + blanks : blanks + row[column]
            }.joined(separator: "  ") + "\n"
        }.joined()
    }
}
