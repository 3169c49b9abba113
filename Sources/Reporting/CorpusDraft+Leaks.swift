import Corpora
import Scoring

extension CorpusDraft {
    var partners: CorpusPage.Part {
        guard let column = profile.partnerColumn else {
            return CorpusPage.Part(
                title: "Partners",
                texts: [
                    """
                    The manifest names neither dyads nor sessions. Where people of two recordings \
                    talk with each other, say so, or a split may have one of them on each side.
                    """
                ])
        }
        func text(_ value: Double?) -> Table.Value {
            Table.Value(value.map { Fixed.text($0) } ?? "-")
        }
        var rows: [Table.Line] = []
        for (index, target) in corpus.targets.enumerated() {
            for culture in profile.cultures {
                let (together, apart) = profile.partners(culture, target: index)
                rows.append(
                    .row([
                        Table.Value(target), Table.Value(culture), text(together.mean),
                        Table.Value(Fixed.grouped(together.count)), text(apart.mean),
                        Table.Value(Fixed.grouped(apart.count)),
                    ]))
            }
        }
        return CorpusPage.Part(
            title: "Partners",
            texts: [
                """
                Gold traces of two people who share a \(column) go together where they react to \
                each other. What partners correlate more than strangers would leak into a test \
                side if they were on two sides of a split; schemes keep them on one.
                """
            ],
            tables: [
                Table(
                    caption: "Mean Pearson correlation of two recordings' gold traces",
                    columns: [
                        .name("target"), .name("culture"), .number("partners"), .number("pairs"),
                        .number("strangers"), .number("pairs"),
                    ], rows: rows)
            ])
    }

    var features: CorpusPage.Part {
        var rows: [Table.Line] = []
        for (set, profiles) in zip(corpus.featureSets, profile.features) {
            for (culture, own) in zip(profile.cultures, profiles) where own.frames > 0 {
                let share = Double(own.gaps) / Double(own.frames) * 100
                rows.append(
                    .row([
                        Table.Value(set.name), Table.Value(set.modality), Table.Value(culture),
                        Table.Value(Fixed.grouped(set.width)),
                        Table.Value(own.range.map { Fixed.text(Double($0.lowerBound)) } ?? "-"),
                        Table.Value(own.range.map { Fixed.text(Double($0.upperBound)) } ?? "-"),
                        Table.Value(Fixed.grouped(own.constants)),
                        Table.Value(
                            own.farthest.map {
                                "\(Fixed.text($0.deviations, decimals: 1)) (\($0.feature + 1))"
                            } ?? "-"),
                        Table.Value(Fixed.text(share, decimals: 2)),
                    ]))
            }
        }
        return CorpusPage.Part(
            title: "Features",
            texts: [
                """
                Farthest is the value that lies the most standard deviations from its feature's \
                mean in the culture, with the number of that feature; constant features never \
                change there; missing frames are those that a mask says were not measured.
                """
            ],
            tables: [
                Table(
                    caption: "Feature sets",
                    columns: [
                        .name("feature set"), .name("modality"), .name("culture"),
                        .number("width"),
                        .number("least"), .number("greatest"), .number("constant"),
                        .number("farthest, SD"), .number("missing frames, %"),
                    ], rows: rows)
            ])
    }

    var duplicates: CorpusPage.Part {
        let found = profile.duplicates
        guard !found.isEmpty else {
            return CorpusPage.Part(
                title: "Equal content",
                texts: ["No two recordings have an equal matrix of any kind."])
        }
        let shown = found.prefix(20)
        return CorpusPage.Part(
            title: "Equal content",
            texts: [
                """
                \(Fixed.grouped(found.count)) groups of recordings share a matrix. Each belongs on \
                one side of a split.
                """
            ],
            tables: [
                Table(
                    caption: shown.count < found.count
                        ? "The first \(shown.count)" : "Recordings with equal matrices",
                    columns: [.name("equal in"), .name("recordings")],
                    rows: shown.map {
                        .row([
                            Table.Value($0.matrices.joined(separator: ", ")),
                            Table.Value($0.recordings.joined(separator: ", ")),
                        ])
                    })
            ])
    }
}
