import Corpora
import Planning
import Scoring

/// Traces that a report would draw, where somebody reads them: gold traces stand in the corpus, and
/// predictions in outcomes, neither of which a report holds.
public struct TraceRequest: Hashable, Sendable {
    /// The recording, by its index in the plan.
    public let recording: Int
    /// The target, by its index in the sweep.
    public let target: Int
    /// The model's name and that of the choice of features.
    public let model: String, features: String
    /// The cells whose predictions are drawn, by their index in the plan.
    public let cells: [Int]
    /// How many more there are, which are not drawn.
    let others: Int

    /// The most predictions that are drawn.
    static let cellsMax = 6
}

/// What was read for a request.
public struct RecordedTraces: Sendable {
    /// What was asked for.
    public let request: TraceRequest
    /// The gold trace; not-a-number where it has a gap.
    public let gold: [Float]
    /// Of each of the request's cells the prediction, as the mean over seeds; empty where the
    /// trials are not there.
    public let predictions: [[Float]]
    /// Of each of the request's cells where its decoders look, as means over seeds; empty where
    /// none attends to frames.
    public let attention: [[AttentionTrace]]

    /// Traces of one length.
    public init(
        request: TraceRequest, gold: [Float], predictions: [[Float]],
        attention: [[AttentionTrace]] = []
    ) {
        self.request = request
        self.gold = gold
        self.predictions = predictions
        self.attention = attention
    }
}

extension Report {
    /// What traces it would draw: for each choice of features, target and culture the recording
    /// whose CCC is the median within its culture (or wherever it is tested first), by the model
    /// that scores best there, as that model predicts it from every training side; where it does
    /// not attend to frames, the same by the best that does.
    public var traceRequests: [TraceRequest] {
        let plan = scores.plan
        var requests: [TraceRequest] = []
        for features in plan.cells.map(\.features.name).distinct {
            let cells = scores.cells.filter { plan.cells[$0.cell].features.name == features }
            for target in scores.targets.indices {
                for culture in cells.flatMap(\.tests).compactMap(\.culture).distinct.sorted() {
                    guard let best = request(cells, features, target, culture) else { continue }
                    requests.append(best)
                    let attending = cells.filter { plan.cells[$0.cell].recipe.attends }
                    if !attending.contains(where: { best.cells.contains($0.cell) }),
                        let other = request(attending, features, target, culture)
                    {
                        requests.append(other)
                    }
                }
            }
        }
        return requests
    }

    private func request(
        _ cells: [CellScores], _ features: String, _ target: Int, _ culture: String
    ) -> TraceRequest? {
        let plan = scores.plan
        let tested = cells.filter { $0.test(culture) != nil }
        let within = tested.filter { plan.cells[$0.cell].trainCultures == [culture] }
        let candidates = within.isEmpty ? tested : within
        let scored = candidates.compactMap { cell -> (CellScores, Double)? in
            let mean = cell.test(culture)?.targets[target].statistics(\.ccc, conventions[0]).mean
            return mean.map { (cell, $0) }
        }
        guard let top = scored.map(\.1).max(), let best = scored.first(where: { $0.1 == top })?.0,
            let parts = best.test(culture)?.targets[target].recordings
        else { return nil }
        let order = parts.filter { $0.ccc != nil }.sorted {
            ($0.ccc ?? 0, $0.name) < ($1.ccc ?? 0, $1.name)
        }
        guard !order.isEmpty,
            let recording = plan.recordings.firstIndex(where: {
                $0.recording.id == order[order.count / 2].name && $0.recording.culture == culture
            })
        else { return nil }
        let model = plan.cells[best.cell].recipe.name
        let shown = tested.map(\.cell).filter { cell in
            plan.cells[cell].recipe.name == model
                && plan.splits[plan.cells[cell].splits].contains { $0.test.contains(recording) }
        }
        return TraceRequest(
            recording: recording, target: target, model: model, features: features,
            cells: Array(shown.prefix(TraceRequest.cellsMax)),
            others: max(0, shown.count - TraceRequest.cellsMax))
    }

    /// The report with these traces drawn, in a section of their own before the background.
    public func drawing(_ traces: [RecordedTraces]) -> Report {
        let figures = traces.compactMap { figure($0) }
        guard !figures.isEmpty else { return self }
        let text = """
            For each target and culture the recording whose CCC is the median, by the model that \
            is best there and, where that does not attend to frames, by the best that does: below \
            its traces stands where it looks.
            """
        let section = Section(
            "Predicted traces", [.paragraph(text)] + figures.map { .figure($0) })
        let place = sections.firstIndex(where: \.isBackground) ?? sections.count
        var all = sections
        all.insert(section, at: place)
        return Report(self, sections: all)
    }

    private func figure(_ traces: RecordedTraces) -> Figure? {
        let plan = scores.plan
        let request = traces.request
        let planned = plan.recordings[request.recording]
        let target = scores.targets[request.target]
        let hop = plan.corpora[planned.corpus].hopSeconds
        guard traces.gold.contains(where: { !$0.isNaN }) else { return nil }
        let gold = LinePlot.Series(label: "gold", points: points(traces.gold, hop), style: -1)
        var series: [LinePlot.Series] = []
        func label(_ cell: Int) -> String {
            "\(plan.cells[cell].scheme) \(plan.cells[cell].trainLabel)"
        }
        for (index, (cell, values)) in zip(request.cells, traces.predictions).enumerated()
        where !values.isEmpty {
            series.append(
                LinePlot.Series(label: label(cell), points: points(values, hop), style: index))
        }
        // More than two predictions in a panel would hide each other.
        let panels = stride(from: 0, to: max(1, series.count), by: 2).map { start in
            LinePlot.Panel(
                axis: "\(target) (unit of the gold traces)",
                series: [gold] + series[start..<min(start + 2, series.count)])
        }
        let shown = request.cells.count
        let others =
            request.others == 0
            ? ""
            : " Of \(shown + request.others) predictions the first \(shown) of the plan are drawn."
        let attention = traces.attentionPanels(hop: hop, label: label) { points($0, hop) }
        return LinePlot(
            name: Figure.name(
                ["traces", request.features, request.model, target, planned.recording.id]),
            title: """
                \(target) · \(request.model) · \(request.features): recording \
                \(planned.recording.id) of \(planned.recording.culture)
                """,
            reading: """
                The wide line is the gold trace, the others are predictions by models that never \
                met this recording, as means over seeds, named by scheme and training side. The \
                nearer to the gold trace the better, in level and spread too.
                """ + others + (attention.isEmpty ? "" : RecordedTraces.attentionReading),
            axis: "time (s)", panels: panels + attention
        ).figure.marked(request.cells.map { plan.cells[$0] }.mark)
    }

    /// At most some hundred points: each is the mean of as many frames.
    private func points(_ values: [Float], _ hop: Double) -> [(x: Double, y: Double)?] {
        let width = max(1, (values.count + 499) / 500)
        return stride(from: 0, to: values.count, by: width).map { start in
            let part = values[start..<min(start + width, values.count)].filter { !$0.isNaN }
            guard !part.isEmpty else { return nil }
            let mean = part.reduce(0) { $0 + Double($1) } / Double(part.count)
            return ((Double(start) + Double(width - 1) / 2) * hop, mean)
        }
    }
}
