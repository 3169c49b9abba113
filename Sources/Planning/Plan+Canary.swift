import Corpora
import Kernels

/// Faults that are put into a plan on purpose, to see them found: canaries.
extension Plan {
    /// What could be planted on two sides of the first split: the recording itself, each separated
    /// column, and the content of each matrix.
    public var plantable: [Leak.Thing] {
        guard let cell = cells.first else { return [] }
        let columns = cell.separated.test.filter { column in
            recordings.contains { $0.recording.columns[column] != nil }
        }
        let matrices = [Recording.goldDigestName] + cell.features.featureSets
        return [.recording] + columns.map { .column($0) } + matrices.map { .content($0) }
    }

    /// This plan with `thing` on the training and the test side of its first split, past the check
    /// that made it.
    public func planting(_ thing: Leak.Thing) -> Plan {
        var (recordings, splits) = (recordings, splits)
        let split = splits[0]
        let (learnt, tested) = (split.train[0], split.test[0])
        func change(_ index: Int, _ change: (inout Recording) -> Void) {
            var recording = recordings[index].recording
            change(&recording)
            recordings[index] = PlannedRecording(
                corpus: recordings[index].corpus, recording: recording)
        }
        switch thing {
        case .recording:
            splits[0] = Split(
                fold: split.fold, train: (split.train + [tested]).sorted(),
                validation: split.validation, test: split.test, repetition: split.repetition,
                tuned: split.tuned)
        case .column(let column):
            let value = recordings[tested].recording.value(column) ?? "planted"
            for index in [learnt, tested] { change(index) { $0.columns[column] = value } }
        case .content(let matrix):
            let digest = recordings[tested].recording.digests[matrix]
            change(learnt) { $0.digests[matrix] = digest }
        }
        return Plan(
            sweep: sweep, corpora: corpora, recordings: recordings, cells: cells, splits: splits,
            trials: trials, notes: notes)
    }

    /// Whose gold traces a recording has when labels are shuffled, and from which frame on.
    public struct Exchange: Hashable, Sendable {
        /// The index in ``Plan/recordings`` of the recording that the traces were of.
        public let source: Int
        /// The frame of the traces that comes first; after the last comes frame 0.
        public let firstFrame: Int
    }

    /// Gives each recording the gold traces of one of another group, begun at another frame, so
    /// that nothing about them can be learnt: not who speaks, which culture or film it is, nor how
    /// traces begin. The same plan, the same exchange.
    ///
    /// - Returns: an exchange for each recording; nil where a group holds more than half of all.
    public func shuffledLabels() -> [Exchange]? {
        let columns = cells.flatMap(\.separated.test).uniqued()
        let table = ColumnTable(recordings, columns: columns)
        var groups = table.components(of: Array(recordings.indices), joinedBy: columns)
        let largest = groups.map(\.count).max() ?? 0
        guard 2 * largest <= recordings.count else { return nil }
        let seed = Digest("concord canary") { encoder in
            for planned in recordings {
                encoder.optional(planned.recording.digests[Recording.goldDigestName]) {
                    $0.digest($1)
                }
            }
        }
        var random = RandomStream(digest: seed.bytes)
        random.shuffle(&groups)
        // By as many places as the largest group has members, each one lands in another group.
        let order = groups.flatMap { $0 }
        var exchanges = [Exchange](
            repeating: Exchange(source: 0, firstFrame: 0), count: order.count)
        for (place, index) in order.enumerated() {
            let source = order[(place + largest) % order.count]
            let frames = recordings[source].recording.frames
            exchanges[index] = Exchange(source: source, firstFrame: random.below(frames))
        }
        return exchanges
    }
}
