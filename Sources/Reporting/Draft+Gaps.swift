import Planning
import Scoring

extension Draft {
    /// What the generalization gaps are made of; nil where there are none.
    var gapSection: Section? {
        guard !scores.gaps.isEmpty else { return nil }
        let text = """
            A gap (within − cross) is split into what is owed to a lower correlation, to a \
            difference of the means (bias) and to the ratio of the spreads (scale); the three add \
            up to it. The transfer ratio is cross over within, where within is above 0.05. The \
            pooled gain is the score of the model that learnt from all cultures less the score \
            within. Intervals are of the same resampled groups on both sides.
            """
        let tables = features.flatMap { features in
            scores.targets.compactMap { gapTable(features: features, target: $0) }
        }
        let asymmetry = features.compactMap { asymmetryTable(features: $0) }
        return Section(
            "Where the gap comes from",
            [.paragraph(text)] + (tables + asymmetry).map { .table($0) }
                + features.flatMap { gapFigures(features: $0) }.map { .figure($0) })
    }

    private func gapTable(features: String, target: String) -> Table? {
        let gaps = scores.gaps.filter { $0.features == features && $0.target == target }
        guard !gaps.isEmpty else { return nil }
        let hasGain = gaps.contains { $0.gain != nil }
        var columns: [Table.Column] = [
            .name("Model"), .name("Trained → tested"), .number("Gap"), .number("95 % interval"),
            .number("Correlation"), .number("Bias"), .number("Scale"), .number("Transfer ratio"),
            .number("95 % interval"),
        ]
        if hasGain { columns += [.number("Pooled gain"), .number("95 % interval")] }
        return Table(
            caption: """
                \(target) · \(features): generalization gaps of the CCC (\(headline.rawValue))
                """,
            columns: columns,
            rows: gaps.map { gap in
                func part(_ value: Double?) -> Table.Value {
                    .init(value.map { Fixed.text($0) } ?? nothing)
                }
                var values: [Table.Value] = [
                    .init(gap.model), "\(gap.train) → \(gap.test)", part(gap.gap.value),
                    .init(Fixed.text(gap.gap.interval)), part(gap.parts?.correlation),
                    part(gap.parts?.bias), part(gap.parts?.scale), part(gap.transfer.value),
                    .init(Fixed.text(gap.transfer.interval)),
                ]
                if hasGain {
                    values += [part(gap.gain?.value), .init(Fixed.text(gap.gain?.interval))]
                }
                return .row(values)
            }, mark: crossing(features: features).mark)
    }

    private func asymmetryTable(features: String) -> Table? {
        let found = scores.asymmetries.filter { $0.features == features }
        guard !found.isEmpty else { return nil }
        func number(_ value: Double?) -> Table.Value {
            .init(value.map { Fixed.text($0) } ?? nothing)
        }
        return Table(
            caption: """
                \(features): asymmetry, A → B less B → A, of the CCC (\(headline.rawValue))
                """,
            columns: [
                .name("Target"), .name("Model"), .name("A"), .name("B"), .number("A → B"),
                .number("B → A"), .number("Difference"), .number("95 % interval"),
            ],
            rows: found.map {
                .row([
                    .init($0.target), .init($0.model), .init($0.first), .init($0.second),
                    number($0.forward), number($0.backward), number($0.difference.value),
                    .init(Fixed.text($0.difference.interval)),
                ])
            }, mark: crossing(features: features).mark)
    }

    /// What stands for a number that is not there: undefined, if not for want of trials.
    private var nothing: String { scores.coverage.isComplete ? "undefined" : "–" }

    /// The cells that gaps are taken between.
    func crossing(features: String) -> [Cell] {
        let schemes = plan.matrixSchemes
        return plan.cells.filter { $0.features.name == features && schemes.contains($0.scheme) }
    }
}
