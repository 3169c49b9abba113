import Corpora
import Kernels
import Networks

/// What a trial's key is made of, item by item and by name, for people who ask why it is new.
///
/// Two trials of one plan or of two have the same key just where their items have the same values;
/// names that a user gave are shown and do not count.
public struct Ingredients: Hashable, Sendable {
    /// One thing that determines the trial's numbers.
    public struct Item: Hashable, Sendable {
        /// What it is, such as `training epochs` or `train DE_clip_01 audio`.
        public var name: String
        /// Its value; of a matrix the content digest.
        public var value: String
    }

    /// Numerics, targets, features, network, training and seed.
    public var settings: [Item]
    /// Culture, groups and matrices of every recording, side by side.
    public var data: [Item]

    /// Where another trial's value differs; nil stands for an item that one of them lacks.
    public struct Difference: Hashable, Sendable {
        /// The item's name.
        public var name: String
        /// Its value here.
        public var old: String?
        /// Its value there.
        public var new: String?
    }

    /// What must change here for it to be `other`, in the order of the items.
    public func differences(to other: Ingredients) -> [Difference] {
        let (mine, theirs) = (settings + data, other.settings + other.data)
        let old = Dictionary(mine.map { ($0.name, $0.value) }) { first, _ in first }
        let new = Dictionary(theirs.map { ($0.name, $0.value) }) { first, _ in first }
        let kept = mine.compactMap { item in
            new[item.name] == item.value
                ? nil : Difference(name: item.name, old: item.value, new: new[item.name])
        }
        return kept
            + theirs.filter { old[$0.name] == nil }.map {
                Difference(name: $0.name, old: nil, new: $0.value)
            }
    }
}

extension Plan {
    /// The ingredients of a trial of this plan, under the numerics of this program.
    public func ingredients(of trial: Trial) -> Ingredients {
        let cell = cells[trial.cell]
        var settings: [Ingredients.Item] = []
        func add(_ name: String, _ value: String) {
            settings.append(Ingredients.Item(name: name, value: value))
        }
        add("numerics", "\(Numerics.version) \(Numerics.numericClass)")
        if cell.recipe.isSeeded { add("seed", "\(trial.seed)") }
        add("targets", sweep.targets.joined(separator: " "))
        add("hop", "\(corpora[0].hopSeconds) s")
        for modality in cell.features.modalities {
            let inputs = modality.inputs.map { input in
                let set = corpora[0].featureSet(input.featureSet)
                return "\(input.label) (\(set?.width ?? 0) at \(set?.hopSeconds ?? 0) s)"
            }
            add("features \(modality.name)", inputs.joined(separator: " "))
        }
        add("network", Plan.words(cell.recipe.network))
        if cell.recipe.isLateFused { add("fusion", "late") }
        if let projection = cell.recipe.projection {
            add("projection", "\(projection.width) above \(projection.above)")
        }
        if let weight = cell.recipe.adversaryWeight { add("adversary weight", "\(weight)") }
        for (name, value) in cell.recipe.training.counted {
            add("training \(name)", Plan.words(value))
        }
        if let tuning = cell.recipe.tuning {
            add("fine-tuning epochs", "\(tuning.epochs)")
            add(
                "fine-tuning learning rate",
                "\(tuning.learningRate(after: cell.recipe.training))")
        }
        let split = splits[trial.split]
        let (source, tuned) = split.phases(of: cell.recipe)
        let sides = [
            ("train", source), ("validation", split.validation), ("test", split.test),
            ("tune", tuned),
        ]
        return Ingredients(
            settings: settings,
            data: sides.flatMap { side, indices in
                indices.flatMap { items(of: recordings[$0], side, cell) }
            })
    }

    /// What a trial of this cell sees of a recording on one side.
    private func items(
        of planned: PlannedRecording, _ side: String, _ cell: Cell
    ) -> [Ingredients.Item] {
        let recording = planned.recording
        let corpus = corpora.count == 1 ? "" : corpora[planned.corpus].name + "/"
        let name = "\(side) \(corpus)\(recording.id)"
        var items = [Ingredients.Item(name: name + " culture", value: recording.culture)]
        for (column, value) in groups(of: recording, cell) {
            items.append(Ingredients.Item(name: "\(name) \(column)", value: value ?? "none"))
        }
        for matrix in [Recording.goldDigestName] + cell.features.featureSets {
            for part in [matrix, matrix + ".mask"] {
                guard let digest = recording.digests[part] else { continue }
                items.append(
                    Ingredients.Item(name: "\(name) \(part)", value: digest.description))
            }
        }
        return items
    }

    /// The columns that group in this cell, and the recording's values.
    private func groups(of recording: Recording, _ cell: Cell) -> [(String, String?)] {
        var groups = [(cell.group ?? "group", recording.group(cell.group))]
        if let other = sweep.validation.group, other != cell.group {
            groups.append((other, recording.value(other)))
        }
        return groups
    }

    /// A value in words, without the wrapping of an optional and the names of modules and types.
    private static func words(_ value: Any) -> String {
        let mirror = Mirror(reflecting: value)
        if mirror.displayStyle == .optional {
            return mirror.children.first.map { words($0.value) } ?? "none"
        }
        return "\(value)".replacing(/([A-Z]\w*\.)+/, with: "")
            .replacing(/Optional\((\w+)\)/) { $0.1 }
    }
}
