import Corpora
import Features
import Kernels
import Planning
import Reporting

extension StoreReading {
    /// The traces that a report would draw: predictions out of the store, gold traces out of the
    /// corpora's files, whose digests are verified.
    ///
    /// - Throws: an error that names the file that cannot be read, and what to do.
    func traces(_ report: Report) throws -> [RecordedTraces] {
        try report.traceRequests.map { request in
            let planned = plan.recordings[request.recording]
            let corpus = plan.corpora[planned.corpus]
            let reader = CorpusReader(
                corpus: corpus, dataRoot: loaded.dataFolder(ofCorpus: planned.corpus))
            let name = plan.sweep.targets[request.target]
            guard let column = corpus.targets.firstIndex(of: name) else {
                throw RunningError("\(corpus.name) has no target \(name).")
            }
            let gold = try reader.gold(planned.recording)
            let mask = try reader.goldMask(planned.recording)
            let values = (0..<gold.rows).map { frame in
                mask?[frame] == 0 ? Float.nan : gold.values[frame * gold.columns + column]
            }
            let found = try request.cells.map { try outcomes(of: $0, request) }
            return RecordedTraces(
                request: request, gold: values,
                predictions: found.map { mean(of: $0, target: request.target) },
                attention: zip(request.cells, found).map { cell, outcomes in
                    AttentionTrace.means(
                        of: outcomes, target: request.target, features: plan.cells[cell].features)
                })
        }
    }

    /// The names of the columns of all feature sets that the plan uses, where the corpora's files
    /// give them.
    ///
    /// - Throws: an error that names the file that cannot be read.
    func columnNames() throws -> [String: [String]] {
        let corpus = plan.corpora[0]
        let reader = CorpusReader(corpus: corpus, dataRoot: loaded.dataFolder(ofCorpus: 0))
        var names: [String: [String]] = [:]
        for name in Set(plan.cells.flatMap(\.features.featureSets)).sorted() {
            guard let set = corpus.featureSet(name) else { continue }
            names[name] = try reader.columnNames(set)
        }
        return names
    }

    /// The outcomes of a cell that predict the request's recording, and its place in each.
    private func outcomes(
        of cell: Int, _ request: TraceRequest
    ) throws -> [(outcome: Outcome, place: Int)] {
        try plan.trials.filter { $0.cell == cell }.compactMap { trial in
            guard let place = plan.splits[trial.split].test.firstIndex(of: request.recording),
                let outcome = try outcome(trial.key)
            else { return nil }
            return (outcome, place)
        }
    }

    /// The mean of what outcomes predict for a recording and target.
    private func mean(of outcomes: [(outcome: Outcome, place: Int)], target: Int) -> [Float] {
        var sum: [Float] = []
        var count: Float = 0
        for (outcome, place) in outcomes {
            let targets = outcome.targets.count
            let prediction = outcome.recordings[place]
            let values = stride(from: target, to: prediction.values.count, by: targets)
                .map { prediction.values[$0] }
            sum = sum.isEmpty ? values : zip(sum, values).map { $0 + $1 }
            count += 1
        }
        return sum.map { $0 / count }
    }
}
