import Corpora
import Testing

@testable import Planning

/// One content under two ids would count as two.
@Suite("Equal content") struct EqualContentTests {
    private static let partition = Scheme(
        .partition(from: "train", to: "devel", validation: nil, train: .all))

    private func recordings(_ name: String, _ partitions: [String]) -> [Recording] {
        partitions.enumerated().map { number, partition in
            recording(
                "\(name)\(number)", "DE",
                ["subject": "\(name)-\(number)", "partition": partition])
        }
    }

    private let partitions = ["train", "train", "train", "devel", "devel"]

    @Test("A tested recording is refused under another id in another manifest")
    func elsewhere() throws {
        let one = corpus(recordings("a", partitions), name: "one")
        let again = recordings("b", ["devel", "devel"])
        _ = try Plan(
            sweep: sweep(Self.partition), corpora: [one, corpus(again, name: "two")])
        for matrix in ["targets", "egemaps", "faus"] {
            var copied = again
            copied[1].digests[matrix] = one.recordings[4].digests[matrix]
            #expect {
                try Plan(
                    sweep: sweep(Self.partition), corpora: [one, corpus(copied, name: "two")])
            } throws: {
                guard case .equalContent("partition", matrix, let ids) = $0 as? PlanError else {
                    return false
                }
                return Set(ids) == ["a4", "b1"]
            }
        }
    }

    @Test("It is refused in one manifest too, where the features tell nothing")
    func gold() throws {
        var own = recordings("a", partitions)
        own[4].digests["targets"] = own[3].digests["targets"]
        #expect(throws: PlanError.self) {
            try Plan(sweep: sweep(Self.partition), corpora: [corpus(own)])
        }
    }

    @Test("Recordings that a group keeps on one side may be equal: two audiences of one film")
    func grouped() throws {
        var own = recordings("a", partitions)
        own[4].digests["targets"] = own[3].digests["targets"]
        own[4].columns["subject"] = own[3].columns["subject"]
        _ = try Plan(sweep: sweep(Self.partition), corpora: [corpus(own)])
        _ = try Plan(sweep: sweep(.crossCulture(folds: nil, group: nil)), corpora: [filmCorpus()])
    }

    @Test("A feature set that the sweep does not use may be equal")
    func unused() throws {
        var own = recordings("a", partitions)
        own[4].digests["faus"] = own[3].digests["faus"]
        let audio = FeatureChoice(
            name: "a", modalities: [.init(name: "audio", featureSets: ["egemaps"])])
        _ = try Plan(
            sweep: sweep(Self.partition) { $0.features = [audio] }, corpora: [corpus(own)])
    }
}
