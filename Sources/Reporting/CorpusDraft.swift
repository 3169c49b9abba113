import Corpora
import Scoring

/// What the parts of a corpus's page are written from.
struct CorpusDraft {
    let profile: CorpusProfile

    var corpus: Corpus { profile.corpus }

    var recordings: CorpusPage.Part {
        let partitions = corpus.recordings.map { $0.partition ?? "-" }.distinct
        let all = corpus.recordings
        var rows: [Table.Line] = []
        for culture in profile.cultures {
            for partition in partitions {
                let own = all.filter {
                    $0.culture == culture && ($0.partition ?? "-") == partition
                }
                if !own.isEmpty { rows.append(line(own, culture, partition)) }
            }
        }
        if rows.count > 1 { rows.append(line(all, "all", partitions.count > 1 ? "all" : "")) }
        let table = Table(
            caption: "Recordings",
            columns: [
                .name("culture"), .name("partition"), .number("recordings"),
                .number("subjects"), .number("dyads"), .number("minutes"),
                .number("shortest, s"), .number("longest, s"), .number("frames"),
            ], rows: rows)
        return CorpusPage.Part(
            title: "Recordings",
            texts: [
                """
                \(Fixed.grouped(all.count)) recordings of \
                \(profile.cultures.joined(separator: ", ")), annotated with \
                \(corpus.targets.joined(separator: ", ")) every \(corpus.hopSeconds) s.
                """
            ], tables: [table])
    }

    private func line(_ own: [Recording], _ culture: String, _ partition: String) -> Table.Line {
        func distinct(_ values: [String?]) -> Table.Value {
            values.contains(nil)
                ? "-" : Table.Value(Fixed.grouped(Set(values.compactMap { $0 }).count))
        }
        let frames = own.map(\.frames)
        func seconds(_ frames: Int) -> Double { Double(frames) * corpus.hopSeconds }
        let sum = frames.reduce(0, +)
        return .row([
            Table.Value(culture), Table.Value(partition),
            Table.Value(Fixed.grouped(own.count)), distinct(own.map(\.subject)),
            distinct(own.map(\.dyad)), Table.Value(Fixed.text(seconds(sum) / 60, decimals: 1)),
            Table.Value(Fixed.text(seconds(frames.min() ?? 0), decimals: 1)),
            Table.Value(Fixed.text(seconds(frames.max() ?? 0), decimals: 1)),
            Table.Value(Fixed.grouped(sum)),
        ])
    }

    var traces: CorpusPage.Part {
        var rows: [Table.Line] = []
        var figures: [CorpusPage.Figure] = []
        for (index, target) in corpus.targets.enumerated() {
            var own: [(culture: String, distribution: TraceDistribution)] = []
            for culture in profile.cultures {
                guard let found = profile.distribution(culture, target: index) else { continue }
                own.append((culture, found))
                let figures = [found.mean, found.deviation] + found.quartiles
                rows.append(
                    .row(
                        [Table.Value(target), Table.Value(culture)]
                            + figures.map { Table.Value(Fixed.text($0)) }
                            + [
                                Table.Value(Fixed.grouped(found.count)),
                                Table.Value(Fixed.grouped(profile.goldGaps[culture] ?? 0)),
                            ]))
            }
            guard !own.isEmpty else { continue }
            let chart = Histograms(
                title: target, rows: own, range: profile.goldRange, id: "trace\(index + 1)")
            figures.append(
                CorpusPage.Figure(
                    title: target, svg: chart.svg,
                    caption: "Share of frames by the gold trace's value; the line is the mean."))
        }
        let table = Table(
            caption: "Gold traces, by frames",
            columns: [
                .name("target"), .name("culture"), .number("mean"), .number("SD"),
                .number("least"), .number("quartile"), .number("median"), .number("quartile"),
                .number("greatest"), .number("frames"), .number("not annotated"),
            ], rows: rows)
        return CorpusPage.Part(
            title: "Gold traces", texts: [], figures: figures, tables: [table])
    }

    var raters: CorpusPage.Part? {
        var rows: [Table.Line] = []
        var figures: [CorpusPage.Figure] = []
        for culture in profile.cultures {
            guard let agreements = profile.raters[culture] else { continue }
            for (target, agreement) in zip(corpus.targets, agreements) {
                let values = [agreement.meanConcordance(), agreement.alpha]
                rows.append(
                    .row(
                        [
                            Table.Value(culture), Table.Value(target),
                            Table.Value("\(agreement.raters.count)"),
                            Table.Value(Fixed.grouped(agreement.recordings)),
                        ] + values.map { Table.Value($0.map { Fixed.text($0) } ?? "undefined") }))
                figures.append(
                    CorpusPage.Figure(
                        title: "\(target), \(culture)",
                        svg: RaterMatrix(
                            title: "\(target), \(culture)", agreement: agreement,
                            id: "raters\(figures.count + 1)").svg,
                        caption: "CCC (population) of two raters over all of their frames."))
            }
        }
        guard !rows.isEmpty else { return nil }
        return CorpusPage.Part(
            title: "Agreement of raters",
            texts: [
                """
                Of the raters' own traces, as they lie beside the gold traces, neither shifted nor \
                weighted.
                """
            ], figures: figures,
            tables: [
                Table(
                    caption: """
                        Mean CCC (population) over pairs of raters, and Krippendorff's alpha on an \
                        interval scale
                        """,
                    columns: [
                        .name("culture"), .name("target"), .number("raters"),
                        .number("recordings"), .number("mean CCC"), .number("alpha"),
                    ], rows: rows)
            ])
    }
}
