/// How long trials take, learnt from those that have finished.
///
/// A trial takes its work times the rate of its cell, which is the mean over the cell's finished
/// trials. A cell of which nothing is known yet is taken for an average one.
public struct CostModel: Sendable {
    /// What was seen of one cell: seconds for a unit of work.
    private struct Rate: Sendable {
        var count = 0.0
        var mean = 0.0
        /// The sum of squared distances from the mean (Welford 1962).
        var squares = 0.0

        mutating func add(_ value: Double) {
            count += 1
            let distance = value - mean
            mean += distance / count
            squares += distance * (value - mean)
        }
    }

    private var cells: [Int: Rate] = [:]
    /// The means of all cells that were seen, together.
    private var sumOfMeans = 0.0
    private var sumOfSquaredMeans = 0.0
    /// Trials that it has learnt from.
    public private(set) var count = 0

    /// A model that has seen nothing.
    public init() {}

    /// Takes in that a trial of this shape took so many seconds.
    ///
    /// - Complexity: O(1).
    public mutating func learn(_ shape: Demands.Shape, seconds: Double) {
        guard seconds.isFinite, seconds > 0 else { return }
        var rate = cells[shape.cell] ?? Rate()
        sumOfMeans -= rate.mean
        sumOfSquaredMeans -= rate.mean * rate.mean
        rate.add(seconds / shape.work)
        sumOfMeans += rate.mean
        sumOfSquaredMeans += rate.mean * rate.mean
        cells[shape.cell] = rate
        count += 1
    }

    /// The seconds that a trial of this shape should take; nil before the first has finished.
    public func seconds(_ shape: Demands.Shape) -> Double? {
        count > 0 ? rate(of: shape.cell) * shape.work : nil
    }

    private var meanOfAll: Double { sumOfMeans / Double(max(1, cells.count)) }

    private func rate(of cell: Int) -> Double {
        cells[cell]?.mean ?? meanOfAll
    }

    /// How far single trials of the cell lie from its rate, and how far that may be off: variances.
    private func variances(of cell: Int) -> (trial: Double, rate: Double) {
        let known = Double(cells.count)
        let mean = meanOfAll
        let among =
            known > 1
            ? max(0, sumOfSquaredMeans - known * mean * mean) / (known - 1) : mean * mean / 4
        guard let own = cells[cell] else { return (mean * mean / 4, among) }
        // Of one trial nothing is known but that trials of a cell are alike.
        let within = own.count > 1 ? own.squares / (own.count - 1) : own.mean * own.mean / 4
        return (within, within / own.count)
    }

    /// How long what is left will take.
    public struct Forecast: Hashable, Sendable {
        /// The seconds that it should take.
        public let seconds: Double
        /// Between these it lies in 8 of 10 cases, while the workers stay.
        public let range: ClosedRange<Double>
    }

    /// The time until the trials that are left have finished.
    ///
    /// - Parameters:
    ///   - left: How many trials there are of each shape.
    ///   - elapsed: The seconds that those which run have run for, together.
    ///   - slots: How many run at a time.
    /// - Returns: nil while nothing is known, nothing is left, or nobody is there.
    /// - Complexity: O(shapes).
    public func forecast(
        left: [(shape: Demands.Shape, count: Int)], elapsed: Double, slots: Int
    ) -> Forecast? {
        guard count > 0, slots > 0 else { return nil }
        var (seconds, variance, longest) = (0.0, 0.0, 0.0)
        var works: [Int: Double] = [:]
        for (shape, count) in left where count > 0 {
            let one = rate(of: shape.cell) * shape.work
            seconds += Double(count) * one
            longest = max(longest, one)
            variance += Double(count) * shape.work * shape.work * variances(of: shape.cell).trial
            works[shape.cell, default: 0] += Double(count) * shape.work
        }
        guard seconds > 0 else { return nil }
        for cell in works.keys.sorted() {
            variance += works[cell]! * works[cell]! * variances(of: cell).rate
        }
        let spread = 1.28 * variance.squareRoot()
        let done = min(elapsed, 0.9 * seconds)
        // The last trials leave slots idle; none ends before the longest could.
        func time(_ sum: Double) -> Double {
            max((sum - done) / Double(slots), min(longest, sum) * max(0, 1 - done / sum))
        }
        return Forecast(
            seconds: time(seconds),
            range: time(max(0.3 * seconds, seconds - spread))...time(seconds + spread))
    }
}
