import Planning
import Scoring

extension Draft {
    /// Models in pairs: differences, whether they are more than chance, and what could be found.
    var differences: Section? {
        guard !scores.comparisons.isEmpty else { return nil }
        let blocks = schemes.flatMap { scheme in
            features.flatMap { features -> [Block] in
                let table = differenceTable(scheme: scheme, features: features)
                return (table.map { [.table($0)] } ?? [])
                    + differenceFigures(scheme: scheme, features: features).map { .figure($0) }
            }
        }
        return Section("Differences between models", [.paragraph(differencesText)] + blocks)
    }

    private var differencesText: String {
        let pairs =
            models.count > ModelComparison.pairsMax
            ? "Each model is compared with the first, \(models[0])"
            : "Models are compared in pairs"
        let isExact = scores.comparisons.allSatisfy(\.isExact)
        let permutations =
            isExact
            ? "of all exchanges of the two models' predictions of whole groups"
            : """
                of exchanges of the two models' predictions of whole groups (all of them up to 14 \
                groups, else 10,000 drawn ones)
                """
        return """
            \(pairs), both on the same resamples: a difference is the CCC of the second less that \
            of the first. The p-value is the share \(permutations) that make the two differ as \
            much or more; with few groups it cannot be small (2 of 2ⁿ at best). p (Holm) counts \
            all targets and tests of a pair in a scheme. Detectable is the smallest difference \
            that this corpus would have shown with a probability of 80 % at a level of 5 %: a \
            smaller one may exist unseen.
            """
    }

    private func differenceTable(scheme: String, features: String) -> Table? {
        let found = scores.comparisons.filter {
            let cell = plan.cells[$0.first]
            return cell.scheme == scheme && cell.features.name == features
        }
        guard !found.isEmpty else { return nil }
        let runs = plan.runs(of: found.map { plan.cells[$0.first] })
        var lines: [Table.Line] = []
        for target in scores.targets {
            lines.append(.banner(target))
            lines += found.filter { $0.target == target }.map { .row(values($0)) }
        }
        return Table(
            caption: """
                \(scheme) · \(features): differences of the CCC (\(headline.rawValue)), mean over \
                \(runs.label)
                """,
            columns: [
                .name("Second − first"), .name("Trained on"), .name("Tested on"),
                .number("Difference"), .number("95 % interval"), .number("p"),
                .number("p (Holm)"), .number("Detectable"), .number("Groups"),
            ],
            rows: lines, mark: found.map { plan.cells[$0.first] }.mark)
    }

    private func values(_ comparison: ModelComparison) -> [Table.Value] {
        let (first, second) = (plan.cells[comparison.first], plan.cells[comparison.second])
        let difference = comparison.difference
        return [
            "\(second.recipe.name) − \(first.recipe.name)", .init(first.trainLabel),
            .init(comparison.culture ?? TestScores.allTogether),
            .init(difference.value.map { Fixed.text($0) } ?? "undefined"),
            .init(Fixed.text(difference.interval)),
            .init(Fixed.probability(comparison.probability)),
            .init(Fixed.probability(comparison.adjusted)),
            .init(difference.detectable.map { Fixed.text($0) } ?? "–"), "\(comparison.groups)",
        ]
    }
}
