import Planning
import Scoring

extension Draft {
    /// What a few groups of the tested culture are worth; nil where no scheme asks for it.
    var fewShot: Section? {
        let blocks = features.flatMap { features -> [Block] in
            let curves = curves(features: features)
            guard !curves.isEmpty else { return [] }
            return scores.targets.indices.map { .table(fewShotTable(curves, features, $0)) }
                + scores.targets.indices.map { .figure(fewShotFigure(curves, features, $0)) }
        }
        guard !blocks.isEmpty else { return nil }
        let text = """
            A model learns from one culture and from so many groups of the one that is tested, \
            more groups including fewer, and all are tested on the same recordings. At 0 it is \
            what the other culture alone is worth. A group is what no split divides: the \
            recordings of a person, a meeting, or whatever else the scheme holds together.
            """
        return Section("Few groups of the tested culture", [.paragraph(text)] + blocks)
    }

    /// The curves of a choice of features, pair of cultures by pair.
    private func curves(features: String) -> [FewShotCurve] {
        var curves: [FewShotCurve] = []
        for cell in scores.cells where plan.cells[cell.cell].features.name == features {
            let planned = plan.cells[cell.cell]
            guard let shots = planned.shots, let test = cell.tests.first else { continue }
            let source = planned.trainCultures.filter { !planned.testCultures.contains($0) }
            let curve = FewShotCurve(
                place: "\(source.joined(separator: "+")) → \(test.label)",
                scheme: planned.scheme, model: planned.recipe.name,
                tested: plan.splits[planned.splits.lowerBound].test)
            let known = curves.firstIndex { $0.isSame(as: curve) }
            if known == nil { curves.append(curve) }
            curves[known ?? curves.count - 1].points.append(
                FewShotCurve.Point(shots: shots, cell: cell, test: test))
        }
        return curves.map(\.panel).distinct.flatMap { panel in
            curves.filter { $0.panel == panel }
        }
    }

    private func fewShotTable(
        _ curves: [FewShotCurve], _ features: String, _ target: Int
    ) -> Table {
        let shots = FewShotCurve.shots(curves)
        let names = FewShotCurve.names(curves)
        var lines: [Table.Line] = []
        var banner = ""
        for (curve, name) in zip(curves, names) {
            if curve.heading != banner { lines.append(.banner(curve.heading)) }
            banner = curve.heading
            let values = shots.map { count -> Table.Value in
                guard let point = curve.points.first(where: { $0.shots == count }) else {
                    return ""
                }
                let interval = point.test.targets[target].interval(headline)
                return .init(
                    score(point.cell, point.test, target: target).text(
                        beside: interval.map { Fixed.text($0) } ?? ""))
            }
            lines.append(.row([.init(name)] + values))
        }
        return Table(
            caption: """
                \(scores.targets[target]) · \(features): CCC (\(headline.rawValue)), mean over \
                \(plan.runs(of: cells(of: curves)).label) and 95 % interval, by the number of the \
                tested culture's groups that were learnt from
                """,
            columns: [.name("Model")] + shots.map { .number("\($0)") }, rows: lines,
            mark: cells(of: curves).mark)
    }

    private func fewShotFigure(
        _ curves: [FewShotCurve], _ features: String, _ target: Int
    ) -> Figure {
        let shots = FewShotCurve.shots(curves)
        let names = FewShotCurve.names(curves)
        let lines = names.distinct
        let panels = curves.map(\.panel).distinct.map { panel in
            let members = zip(curves, names).filter { $0.0.panel == panel }
            return LinePlot.Panel(
                axis: "\(members[0].0.place): CCC (\(headline.rawValue), no unit)",
                series: members.map { curve, name in
                    let line = lines.firstIndex(of: name) ?? 0
                    // Lines stand a little apart, so that no whisker hides another.
                    let apart = 0.05 * (Double(line) - Double(lines.count - 1) / 2)
                    return series(curve, name, line, shots, apart, target)
                })
        }
        let name = scores.targets[target]
        return LinePlot(
            name: Figure.name(["few-shot", features, name]),
            title: "\(name) · \(features): few groups of the tested culture",
            reading: """
                Each line is a model, a panel for each pair of cultures: its CCC on the tested \
                culture's fixed test side, as the mean over \
                \(plan.runs(of: cells(of: curves)).label) with its 95 % interval, by the number \
                of that culture's groups that it learnt from. The places are evenly spaced, \
                whatever the numbers are. The higher the better; where a line is flat, \
                more groups did not help.
                """,
            axis: "groups of the tested culture that were learnt from",
            panels: panels, places: shots.map { "\($0)" }
        ).figure.marked(cells(of: curves).mark)
    }

    private func series(
        _ curve: FewShotCurve, _ name: String, _ line: Int, _ shots: [Int], _ apart: Double,
        _ target: Int
    ) -> LinePlot.Series {
        var points: [(x: Double, y: Double)?] = []
        var whiskers: [(x: Double, low: Double, high: Double)] = []
        for point in curve.points.sorted(by: { $0.shots < $1.shots }) {
            let x = Double(shots.firstIndex(of: point.shots) ?? 0) + apart
            let mean = score(point.cell, point.test, target: target).mean
            points.append(mean.map { (x, $0) })
            if mean != nil, let interval = point.test.targets[target].interval(headline) {
                whiskers.append((x, interval.low, interval.high))
            }
        }
        return LinePlot.Series(
            label: name, points: points, whiskers: whiskers, hasMarks: true, style: line)
    }

    private func cells(of curves: [FewShotCurve]) -> [Cell] {
        curves.flatMap(\.points).map { plan.cells[$0.cell.cell] }
    }
}

/// One model, learning in one way from one culture, tested on one fixed test side of another.
private struct FewShotCurve {
    /// The cultures, such as `DE → HU`.
    let place: String
    let scheme: String
    let model: String
    /// The recordings that are tested.
    let tested: [Int]
    var points: [Point] = []

    /// Its score with so many groups of the tested culture.
    struct Point {
        let shots: Int
        let cell: CellScores
        let test: TestScores
    }

    /// What stands in a panel of a figure.
    struct Panel: Hashable {
        let place: String
        let tested: [Int]
    }

    var panel: Panel { Panel(place: place, tested: tested) }

    /// What stands over its rows in a table.
    var heading: String {
        let test = points[0].test
        let groups = "\(test.groups) groups (\(test.unit))"
        return "\(place), tested on \(tested.count) recordings of \(groups)"
    }

    func isSame(as other: FewShotCurve) -> Bool {
        panel == other.panel && scheme == other.scheme && model == other.model
    }

    /// All numbers of groups, in order.
    static func shots(_ curves: [FewShotCurve]) -> [Int] {
        curves.flatMap { $0.points.map(\.shots) }.distinct.sorted()
    }

    /// The model of each curve, with the scheme where there are several.
    static func names(_ curves: [FewShotCurve]) -> [String] {
        let hasWays = curves.map(\.scheme).distinct.count > 1
        return curves.map { hasWays ? "\($0.model), \($0.scheme)" : $0.model }
    }
}
