import Corpora
import Kernels
import Planning
import Scoring

extension Draft {
    /// How the numbers were made, so that they can be judged and made again.
    var method: Section {
        var blocks: [Block] = schemes.map { .paragraph("\($0): \(explanation(of: $0))") }
        blocks += [
            .paragraph(validation + adversaries), .table(splits), .table(corpora),
            .table(featureTable),
            .table(modelTable), .paragraph(conventionText),
            .paragraph(
                """
                Numerics version \(Numerics.version), numeric class \(Numerics.numericClass): on \
                all machines of this class the same trial gives the same bits.
                """),
        ]
        return Section("How it was made", isBackground: true, blocks)
    }

    private func explanation(of scheme: String) -> String {
        plan.sweep.scheme(named: scheme)?.summary ?? ""
    }

    private var validation: String {
        """
        The validation side is drawn from the training side: \
        \(Fixed.percent(plan.sweep.validation.fraction)) of its groups, at least one. \
        \(otherSides)\(choices)\(chosenOnTest)That no recording, and no gold traces, stand on two \
        sides was checked again when the scores were put together.
        """
    }

    private var chosenOnTest: String {
        let schemes = schemesChosenOnTest
        guard !schemes.isEmpty else { return "Nothing is chosen on the test side. " }
        return """
            In \(schemes.joined(separator: ", ")) there is no such side: all is chosen on the \
            test side, and in no other scheme. \

            """
    }

    /// Where the validation side comes from elsewhere.
    private var otherSides: String {
        var sides = ""
        let schemes = plan.sweep.schemes.filter { $0.selection == .validation }
        let own = schemes.compactMap { scheme -> String? in
            guard case .partition(_, _, let validation, _) = scheme.division else { return nil }
            return validation
        }
        if !own.isEmpty {
            let names = own.distinct.joined(separator: " or ")
            sides += "In partition it is the corpus's own \(names). "
        }
        if plan.cells.contains(where: { $0.shots != nil && $0.selection == .validation }) {
            sides += "In few-shot it is of the culture that is not tested. "
        }
        return sides
    }

    /// What is chosen on the validation side.
    private var choices: String {
        let recipes = plan.cells.map(\.recipe)
        let trained = recipes.filter { !$0.isSolved }.map(\.training)
        var choices = ""
        if trained.contains(where: { $0.epochChoice == .joint || $0.targetModels == .perTarget }) {
            choices += "Epochs are chosen by the mean validation CCC (population convention). "
        }
        if trained.contains(where: { $0.epochChoice == .perTarget && $0.targetModels == .joint }) {
            choices += "Where the best epoch is per target, that of the target alone counts. "
        }
        if recipes.contains(where: { $0.tuning != nil }) {
            choices += "After fine-tuning on shots the last epoch predicts: what is chosen is the "
                + "epoch that it begins from. "
        }
        if recipes.contains(where: { $0.training.lags.count > 1 }) {
            choices += "Of several lags the best one is chosen there. "
        }
        if recipes.contains(where: { !$0.training.postProcessing.isEmpty }) {
            choices += "Post-processing is fitted there, and kept where it gains. "
        }
        if recipes.contains(where: \.isSolved) {
            choices += "The penalty or complexity of a linear model is chosen there, per target. "
        }
        if recipes.contains(where: \.isLateFused) {
            choices += "The weights of late fusion are learnt there, per target. "
        }
        return choices
    }

    /// Which models train in some cells without the adversary that the user gave them.
    private var adversaries: String {
        let bare = plan.cells.filter { $0.recipe.adversaryWeight == nil }.map(\.recipe.name)
        let models = plan.sweep.models.filter {
            $0.adversaryWeight != nil && bare.contains($0.name)
        }
        guard !models.isEmpty else { return "" }
        return """
             Where the training side has one culture there is nothing to tell apart: there \
            \(models.map(\.name).joined(separator: ", ")) trained without adversary.
            """
    }

    private var conventionText: String {
        let list = conventions.map { "\($0.rawValue) (\($0.explanation))" }
        return "CCC conventions in this report: \(list.joined(separator: "; "))."
    }

    private var splits: Table {
        var seen: Set<[String]> = []
        let cells = plan.cells.filter {
            seen.insert([$0.scheme, $0.trainLabel, $0.testCultures.joined(separator: "+")]).inserted
        }
        return Table(
            caption: "Splits: recordings of each side, and the digest of their contents",
            columns: [
                .name("Scheme"), .name("Trained on"), .name("Tested on"), .number("Folds"),
                .number("Repetitions"), .number("Training"), .number("Validation"),
                .number("Test"), .name("Digest"),
            ],
            rows: cells.map { cell in
                let splits = plan.splits[cell.splits]
                let repetitions = plan.repetitions(of: cell)
                let digest = plan.splitsDigest(cell).description.prefix(16)
                return .row([
                    .init(cell.scheme), .init(cell.trainLabel),
                    .init(cell.testCultures.joined(separator: "+")),
                    "\(splits.count / repetitions)", "\(repetitions)",
                    .init(Fixed.range(splits.map(\.train.count))),
                    .init(Fixed.range(splits.map(\.validation.count))),
                    .init(Fixed.range(splits.map(\.test.count))), .init(String(digest)),
                ])
            })
    }

    private var corpora: Table {
        Table(
            caption: "Corpora",
            columns: [
                .name("Corpus"), .name("Culture"), .number("Recordings"), .number("Frames"),
                .number("Hours"),
            ],
            rows: plan.corpora.flatMap { corpus in
                corpus.recordings.map(\.culture).distinct.map { culture in
                    let recordings = corpus.recordings.filter { $0.culture == culture }
                    let frames = recordings.reduce(0) { $0 + $1.frames }
                    let hours = Double(frames) * corpus.hopSeconds / 3600
                    return .row([
                        .init(corpus.name), .init(culture), "\(recordings.count)",
                        .init(Fixed.grouped(frames)), .init(Fixed.text(hours, decimals: 2)),
                    ])
                }
            })
    }

    private var featureTable: Table {
        Table(
            caption: "Features",
            columns: [.name("Name"), .name("Modality"), .name("Feature sets")],
            rows: plan.cells.map(\.features).distinct.flatMap { choice in
                choice.modalities.map { modality in
                    .row([
                        .init(choice.name), .init(modality.name),
                        .init(modality.inputs.map(\.label).joined(separator: ", ")),
                    ])
                }
            })
    }

    private var modelTable: Table {
        Table(
            caption: "Models",
            columns: [.name("Name"), .name("Network"), .name("Training")],
            rows: plan.cells.map(\.recipe).distinct.map { recipe in
                .row([
                    .init(recipe.name), .init(recipe.networkSummary),
                    .init(recipe.trainingSummary),
                ])
            })
    }
}
