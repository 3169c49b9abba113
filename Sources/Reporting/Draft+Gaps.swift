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
            within. Intervals are of the same resampled groups on both sides. Detectable is the \
            smallest gap or asymmetry that this corpus would have shown with a probability of \
            80 % at a level of 5 %: a smaller one may exist unseen.
            """
        let sets = families.flatMap { family in features.map { CrossingSet(family, $0) } }
        let tables = sets.flatMap { set in
            scores.targets.compactMap { gapTable(set, target: $0) }
        }
        let asymmetry = sets.compactMap { asymmetryTable($0) }
        return Section(
            "Where the gap comes from",
            [.paragraph(text)] + (tables + asymmetry).map { .table($0) }
                + sets.flatMap { gapFigures($0) }.map { .figure($0) })
    }

    private func gapTable(_ set: CrossingSet, target: String) -> Table? {
        let gaps = scores.gaps.filter {
            set.family.schemes.contains($0.scheme) && $0.features == set.features
                && $0.target == target
        }
        guard !gaps.isEmpty else { return nil }
        let hasGain = gaps.contains { $0.gain != nil }
        var columns: [Table.Column] = [
            .name("Model"), .name("Trained → tested"), .number("Gap"), .number("95 % interval"),
            .number("Detectable"), .number("Correlation"), .number("Bias"), .number("Scale"),
            .number("Transfer ratio"), .number("95 % interval"),
        ]
        if hasGain { columns += [.number("Pooled gain"), .number("95 % interval")] }
        return Table(
            caption: """
                \(target) · \(set.title): generalization gaps of the CCC (\(headline.rawValue))
                """,
            columns: columns,
            rows: gaps.map { gap in
                func part(_ value: Double?) -> Table.Value {
                    .init(value.map { Fixed.text($0) } ?? nothing)
                }
                var values: [Table.Value] = [
                    .init(gap.model), "\(gap.train) → \(gap.test)", part(gap.gap.value),
                    .init(Fixed.text(gap.gap.interval)), detectable(gap.gap),
                    part(gap.parts?.correlation), part(gap.parts?.bias), part(gap.parts?.scale),
                    part(gap.transfer.value),
                    .init(Fixed.text(gap.transfer.interval)),
                ]
                if hasGain {
                    values += [part(gap.gain?.value), .init(Fixed.text(gap.gain?.interval))]
                }
                return .row(values)
            }, mark: crossing(set).mark)
    }

    private func asymmetryTable(_ set: CrossingSet) -> Table? {
        let found = scores.asymmetries.filter {
            set.family.schemes.contains($0.scheme) && $0.features == set.features
        }
        guard !found.isEmpty else { return nil }
        func number(_ value: Double?) -> Table.Value {
            .init(value.map { Fixed.text($0) } ?? nothing)
        }
        return Table(
            caption: """
                \(set.title): asymmetry, A → B less B → A, of the CCC (\(headline.rawValue))
                """,
            columns: [
                .name("Target"), .name("Model"), .name("A"), .name("B"), .number("A → B"),
                .number("B → A"), .number("Difference"), .number("95 % interval"),
                .number("Detectable"),
            ],
            rows: found.map {
                .row([
                    .init($0.target), .init($0.model), .init($0.first), .init($0.second),
                    number($0.forward), number($0.backward), number($0.difference.value),
                    .init(Fixed.text($0.difference.interval)), detectable($0.difference),
                ])
            }, mark: crossing(set).mark)
    }

    /// The smallest difference that this corpus would have shown.
    private func detectable(_ estimate: Estimate) -> Table.Value {
        .init(estimate.detectable.map { Fixed.text($0) } ?? "–")
    }

    /// What stands for a number that is not there: undefined, if not for want of trials.
    private var nothing: String { scores.coverage.isComplete ? "undefined" : "–" }

    /// The cells that gaps are taken between.
    func crossing(_ set: CrossingSet) -> [Cell] {
        plan.cells.filter { $0.features.name == set.features && set.family.holds($0) }
    }
}

/// What gaps are taken of: schemes that can be set against each other, and a choice of features.
struct CrossingSet {
    let family: MatrixFamily
    let features: String

    init(_ family: MatrixFamily, _ features: String) {
        self.family = family
        self.features = features
    }

    /// Its name in tables.
    var title: String { features + (family.scheme.map { " · " + $0 } ?? "") }

    /// Its name in file names.
    var words: [String] { [features] + (family.scheme.map { [$0] } ?? []) }
}
