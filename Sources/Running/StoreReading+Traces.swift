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
            return RecordedTraces(
                request: request, gold: values,
                predictions: try request.cells.map { try prediction(of: $0, request) })
        }
    }

    /// The mean over seeds of what a cell predicted for the request's recording and target.
    private func prediction(of cell: Int, _ request: TraceRequest) throws -> [Float] {
        var sum: [Float] = []
        var count: Float = 0
        for trial in plan.trials where trial.cell == cell {
            guard let place = plan.splits[trial.split].test.firstIndex(of: request.recording),
                let outcome = try outcome(trial.key)
            else { continue }
            let targets = outcome.targets.count
            let prediction = outcome.recordings[place]
            let values = stride(from: request.target, to: prediction.values.count, by: targets)
                .map { prediction.values[$0] }
            sum = sum.isEmpty ? values : zip(sum, values).map { $0 + $1 }
            count += 1
        }
        return sum.map { $0 / count }
    }
}
