import Corpora
import Kernels
import Networks

@testable import Planning

/// A digest that a test can tell apart by a word.
func digest(_ word: String) -> Digest { Digest(of: word.utf8) }

/// A recording whose content follows from its id, unless told otherwise.
func recording(
    _ id: String, _ culture: String, frames: Int = 10, content: String? = nil,
    _ columns: [String: String] = [:]
) -> Recording {
    let content = content ?? id
    return Recording(
        id: id, culture: culture, frames: frames, columns: columns,
        digests: [
            "targets": digest(content + " gold"), "egemaps": digest(content + " egemaps"),
            "faus": digest(content + " faus"),
        ])
}

/// A corpus with two targets and two feature sets of one modality each.
func corpus(
    _ recordings: [Recording], name: String = "toy", groups: [String] = [],
    targets: [String] = ["arousal", "valence"]
) -> Corpus {
    let location = MatrixLocation(file: "toy.h5", dataset: "{id}/x")
    return Corpus(
        name: name, hopSeconds: 0.1, dataRoot: ".", targets: targets, gold: location,
        featureSets: [
            FeatureSet(
                name: "egemaps", modality: "audio", width: 23, hopSeconds: 0.1,
                location: location),
            FeatureSet(
                name: "faus", modality: "video", width: 17, hopSeconds: 0.1, location: location),
        ],
        groups: groups, recordings: recordings)
}

/// Two cultures that rate the same eight runs of a film, three clips a run.
func filmCorpus() -> Corpus {
    var recordings: [Recording] = []
    for culture in ["DE", "IT"] {
        for clip in 0..<24 {
            var one = recording("\(culture)_\(clip)", culture, ["run": "\(clip / 3 + 1)"])
            // Both audiences saw the same film.
            one.digests["egemaps"] = digest("clip \(clip) egemaps")
            one.digests["faus"] = digest("clip \(clip) faus")
            recordings.append(one)
        }
    }
    return corpus(recordings, name: "film", groups: ["run"])
}

/// A choice of both feature sets.
let audioVideo = FeatureChoice(
    name: "av",
    modalities: [
        FeatureChoice.Modality(name: "audio", featureSets: ["egemaps"]),
        FeatureChoice.Modality(name: "video", featureSets: ["faus"]),
    ])

/// A model that no test trains.
func recipe(_ name: String = "eaf", _ change: (inout Recipe) -> Void = { _ in }) -> Recipe {
    var recipe = Recipe(name: name, network: .defaultEAF, training: TrainingRecipe())
    change(&recipe)
    return recipe
}

/// A sweep of these schemes with one model, one choice of features and one seed.
func sweep(_ schemes: Scheme..., change: (inout Sweep) -> Void = { _ in }) -> Sweep {
    var sweep = Sweep(
        name: "test", corpora: ["toy.yaml"], targets: ["arousal", "valence"],
        features: [audioVideo], models: [recipe()], schemes: schemes,
        validation: Sweep.ValidationRecipe(), seeds: 1)
    change(&sweep)
    return sweep
}

extension Plan {
    /// The ids of a side.
    func ids(_ side: [Int]) -> [String] { side.map { recordings[$0].recording.id } }

    /// The split of a cell's fold, from 1.
    func split(_ cell: String, fold: Int) -> Split? {
        guard let cell = cells.first(where: { $0.name == cell }) else { return nil }
        return splits[cell.splits].first { $0.fold == fold }
    }
}

/// A corpus of 1 to 3 cultures with dyads of one or two subjects, some of whom come twice.
///
/// Each has a partition that its whole dyad has, and one of nine runs, of 40 where they are
/// `declared`.
func randomCorpus(
    _ random: inout RandomStream, cultures: Int? = nil, declared: Bool = false
) -> Corpus {
    var recordings: [Recording] = []
    for culture in ["DE", "HU", "CN"].prefix(cultures ?? 1 + random.below(3)) {
        for dyad in 0..<6 + random.below(10) {
            for seat in 0...random.below(2) {
                // Every tenth subject also sat in the first dyad of the culture.
                let isGuest = random.below(10) == 0
                recordings.append(
                    recording(
                        "\(culture)_\(dyad)_\(seat)", culture, frames: 5 + random.below(9),
                        [
                            "dyad": "\(culture)-\(dyad)",
                            "subject": "\(culture)-\(isGuest ? 0 : 2 * dyad + seat)",
                            "run": "\(random.below(declared ? 40 : 9))",
                            "partition": ["train", "train", "devel", "test"][dyad % 4],
                        ]))
            }
        }
    }
    return corpus(recordings, groups: declared ? ["run"] : [])
}

/// The stream of one round of a property.
func stream(_ seed: Int) -> RandomStream { RandomStream(digest: digest("seed \(seed)").bytes) }

/// Every clip in turn, without its run.
let leaveOneOut = Scheme.leaveOneRecordingOut(group: "run", partner: .exclude, train: .culture)

/// The keys of all trials of the film corpus, changed, under a sweep, changed.
func keys(
    _ scheme: Scheme = leaveOneOut, sweep changeSweep: (inout Sweep) -> Void = { _ in },
    corpus change: (inout Corpus) -> Void = { _ in }
) throws -> [TrialKey] {
    var corpus = filmCorpus()
    change(&corpus)
    return try Plan(sweep: sweep(scheme, change: changeSweep), corpora: [corpus]).trials.map(\.key)
}
