import Planning
import Scoring

extension Report {
    /// The report with the gate weights of its models drawn, in a section of their own before the
    /// background; itself where no gate weighs anything.
    ///
    /// - Parameter columns: the names of feature sets' columns, where they are known; others are
    ///   called by the feature set and their number, from 1.
    public func showing(_ weights: GateWeights, columns: [String: [String]] = [:]) -> Report {
        let plan = scores.plan
        var figures: [Figure] = []
        for features in plan.cells.map(\.features.name).distinct {
            for model in plan.cells.map(\.recipe.name).distinct {
                for scheme in plan.cells.map(\.scheme).distinct {
                    let cells = plan.cells.indices.filter {
                        let cell = plan.cells[$0]
                        return cell.features.name == features && cell.recipe.name == model
                            && cell.scheme == scheme
                    }
                    let figure = GateTable(plan, cells, weights, columns)?.figure(
                        name: ["gates", features, model, scheme],
                        title: "\(model) · \(features) · \(scheme): gate weights by test culture")
                    if let figure {
                        figures.append(figure.marked(cells.map { plan.cells[$0] }.mark))
                    }
                }
            }
        }
        guard !figures.isEmpty else { return self }
        let text = """
            Gates give every feature, or every modality, a weight in each frame before the first \
            layer reads it. A weight says what the network lets through, not what it makes of it.
            """
        let section = Section(
            "What models look at", [.paragraph(text)] + figures.map { .figure($0) })
        let place = sections.firstIndex(where: \.isBackground) ?? sections.count
        var all = sections
        all.insert(section, at: place)
        return Report(self, sections: all)
    }
}

/// The gate weights of some cells of one choice of features and one model, culture by culture.
private struct GateTable {
    let cultures: [String]
    let means: [GateWeights.Means]
    let modalities: [GatedModality]
    let names: [String: [String]]

    /// The features of a modality that are shown one by one, where it has more.
    private static let shown = 8

    init?(_ plan: Plan, _ cells: [Int], _ weights: GateWeights, _ names: [String: [String]]) {
        guard let first = cells.first else { return nil }
        let cultures = cells.flatMap { plan.cells[$0].testCultures }.distinct.sorted()
        let found = cultures.compactMap { culture in
            weights.means(ofCells: cells, culture: culture).map { (culture, $0) }
        }
        guard !found.isEmpty else { return nil }
        self.cultures = found.map(\.0)
        means = found.map(\.1)
        modalities = plan.cells[first].gatedModalities(in: plan.corpora[0])
        self.names = names
    }

    func figure(name: [String], title: String) -> Figure {
        GateFigure(
            name: Figure.name(name), title: title, columns: cultures,
            blocks: modalities.indices.compactMap(block) + (joint.map { [$0] } ?? [])
        ).figure
    }

    /// The features of a modality: all, or those of the largest mean shares and the rest.
    private func block(_ modality: Int) -> GateFigure.Block? {
        let shares = means.map { $0.features[modality] }
        guard shares.contains(where: { !$0.isEmpty }) else { return nil }
        let columns = modalities[modality].columns
        func summed(_ members: [Int]) -> [Double?] {
            shares.map { own in own.isEmpty ? nil : members.reduce(0) { $0 + own[$1] } }
        }
        let totals = columns.indices.map { column in
            shares.reduce(0) { $0 + ($1.isEmpty ? 0 : $1[column]) }
        }
        let order = columns.indices.sorted { (totals[$1], $0) < (totals[$0], $1) }
        // One more than are shown is shown too: to sum it up would save no row.
        let count = columns.count <= Self.shown + 1 ? columns.count : Self.shown
        var rows = order.prefix(count).map { column in
            GateFigure.Row(
                label: label(columns[column], of: modalities[modality]), count: 1,
                shares: summed([column]))
        }
        let rest = Array(order.dropFirst(count))
        if !rest.isEmpty {
            rows.append(
                GateFigure.Row(
                    label: "the other \(rest.count) together", count: rest.count,
                    shares: summed(rest)))
        }
        return GateFigure.Block(
            name: "features of \(modalities[modality].name)", count: columns.count, rows: rows)
    }

    /// The modalities, where they are weighed against each other.
    private var joint: GateFigure.Block? {
        guard means.contains(where: { !$0.modalities.isEmpty }) else { return nil }
        return GateFigure.Block(
            name: "modalities", count: modalities.count,
            rows: modalities.indices.map { index in
                GateFigure.Row(
                    label: modalities[index].name, count: 1,
                    shares: means.map { $0.modalities.isEmpty ? nil : $0.modalities[index] })
            })
    }

    private func label(_ column: GatedModality.Column, of modality: GatedModality) -> String {
        guard let set = column.input else {
            return "\(modality.name), projected \(column.index + 1)"
        }
        if let known = names[set], column.index < known.count { return known[column.index] }
        return "\(set) \(column.index + 1)"
    }
}
