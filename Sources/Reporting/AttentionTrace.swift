import Networks
import Planning

/// Where a decoder looks in a recording, as the mean over outcomes; frame by frame, in frames.
public struct AttentionTrace: Hashable, Sendable {
    /// The modality whose frames it attends to; empty where it attends to all of them together.
    public let modality: String
    /// The attention lag, above 0 where it looks back.
    public let lags: [Float]
    /// The attention spread.
    public let spreads: [Float]

    /// The traces of a recording's decoders, where networks that predict a target have some.
    ///
    /// - Parameters:
    ///   - outcomes: outcomes of one cell, and the place of the recording in each.
    ///   - target: the target's place in the sweep.
    public static func means(
        of outcomes: [(outcome: Outcome, place: Int)], target: Int, features: FeatureChoice
    ) -> [AttentionTrace] {
        var sums: [(modality: String, lags: [Double], spreads: [Double], count: Double)] = []
        for (outcome, place) in outcomes where target < outcome.choices.count {
            let sources = outcome.choices[target].sources.filter { $0.share != 0 }.map(\.epoch)
            for network in outcome.attention where sources.contains(network.epoch) {
                let frames = outcome.recordings[place].frames
                let attended = network.recordings[place]
                guard frames > 0, let own = features.modalities(of: network.featureSets) else {
                    continue
                }
                let decoders = attended.lags.count / frames
                for decoder in 0..<decoders {
                    let isWhole = decoders == 1 && own.count == features.modalities.count
                    let name = isWhole ? "" : features.modalities[own.lowerBound + decoder].name
                    func values(_ all: [Float]) -> [Double] {
                        (0..<frames).map { Double(all[$0 * decoders + decoder]) }
                    }
                    let (lags, spreads) = (values(attended.lags), values(attended.spreads))
                    if let known = sums.firstIndex(where: { $0.modality == name }) {
                        sums[known].lags = zip(sums[known].lags, lags).map { $0 + $1 }
                        sums[known].spreads = zip(sums[known].spreads, spreads).map { $0 + $1 }
                        sums[known].count += 1
                    } else {
                        sums.append((name, lags, spreads, 1))
                    }
                }
            }
        }
        return sums.map { sum in
            AttentionTrace(
                modality: sum.modality, lags: sum.lags.map { Float($0 / sum.count) },
                spreads: sum.spreads.map { Float($0 / sum.count) })
        }
    }

    /// A trace of these values.
    public init(modality: String, lags: [Float], spreads: [Float]) {
        self.modality = modality
        self.lags = lags
        self.spreads = spreads
    }
}

extension RecordedTraces {
    /// How panels of attention are read.
    static let attentionReading = """
         Below stands where the decoder looks at each moment: the attention lag, the mean distance \
        back in time under its attention weights (below 0 it looks ahead). The upright strokes are \
        the attention spread, one standard deviation to either side, of the first prediction.
        """

    /// A panel for each decoder, with a line for each prediction in the style of its trace.
    func attentionPanels(
        hop: Double, label: (_ cell: Int) -> String,
        points: ([Float]) -> [(x: Double, y: Double)?]
    ) -> [LinePlot.Panel] {
        attention.flatMap { $0.map(\.modality) }.distinct.map { modality in
            var series: [LinePlot.Series] = []
            for (index, traces) in attention.enumerated() {
                guard let trace = traces.first(where: { $0.modality == modality }) else { continue }
                func seconds(_ frames: [Float]) -> [(x: Double, y: Double)?] {
                    points(frames.map { Float(Double($0) * hop) })
                }
                let lags = seconds(trace.lags)
                var line = LinePlot.Series(
                    label: label(request.cells[index]), points: lags, style: index)
                if series.isEmpty {
                    line.whiskers = Self.whiskers(lags, seconds(trace.spreads))
                }
                series.append(line)
            }
            let name = modality.isEmpty ? "" : ", \(modality)"
            return LinePlot.Panel(axis: "attention lag\(name) (s)", series: series)
        }
    }

    /// About thirty strokes, each of a spread to either side of the lag.
    private static func whiskers(
        _ lags: [(x: Double, y: Double)?], _ spreads: [(x: Double, y: Double)?]
    ) -> [(x: Double, low: Double, high: Double)] {
        let step = max(1, lags.count / 30)
        return stride(from: step / 2, to: lags.count, by: step).compactMap { place in
            guard let lag = lags[place], let spread = spreads[place] else { return nil }
            return (lag.x, lag.y - spread.y, lag.y + spread.y)
        }
    }
}
