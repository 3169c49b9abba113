import ArgumentParser
import Descriptors
import Foundation
import Kernels
import Preparing

/// `concord-bench words`: how fast bags of words are learnt and counted.
struct WordsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "words",
        abstract: "Measure codebooks and bags of words on one thread.")

    @Option(help: "Rows of low-level features, 50 a second.") var rows = 123_000
    @Option(help: "Features in a row.") var features = 51
    @Option(help: "Words.") var words = 100
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        if rows < words || features < 1 || words < 1 {
            throw ValidationError("Rows, features and words must be at least 1, rows as words.")
        }
    }

    func run() throws {
        var random = RandomStream(state: (1, 2, 3, 4))
        var table = Table(columns: (0..<features).map { "\($0)" })
        table.values = (0..<rows * features).map { _ in Float(random.normal()) }
        table.times = (0..<rows).map { Double($0) / 50 }
        let instance = Table.Instance(name: nil, rows: 0..<rows)
        table.instances = [instance]
        var learner = CodebookLearner()
        learner.words = words
        var start = ProcessMeter.processorSeconds
        let codebook = try learner.codebook(of: table.values, width: features)
        let learning = ProcessMeter.processorSeconds - start
        var alignment = Alignment(hopSeconds: 0.1)
        alignment.reduction = .words
        alignment.codebook = codebook
        start = ProcessMeter.processorSeconds
        let bags = try alignment.align(table, instance, frames: nil).matrix
        let counting = ProcessMeter.processorSeconds - start
        let result = Result(
            rows: rows, features: features, words: words, frames: bags.rows,
            learningSeconds: learning, countingSeconds: counting,
            peakMegabytes: Double(ProcessMeter.peakBytes) / 1e6)
        if json { return try show(result) }
        print(
            String(
                format: "%d words × %d features × %d rows: learnt in %.2f s, %d bags in %.2f s",
                words, features, rows, learning, bags.rows, counting))
    }

    private struct Result: Encodable {
        let rows: Int, features: Int, words: Int, frames: Int
        let learningSeconds: Double, countingSeconds: Double, peakMegabytes: Double
    }
}
