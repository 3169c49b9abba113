import Descriptors
import Kernels

/// Brings the rows of a table to the frames of the gold traces.
///
/// The row of time t belongs to frame round(t / hop), halves upwards. Frames without a row, and
/// those whose rows hold no number somewhere, are gaps: 0 in the matrix and 0 in its mask.
public struct Alignment: Hashable, Sendable {
    /// How the rows of a frame become one.
    public enum Reduction: String, Hashable, Sendable, CaseIterable {
        /// The mean of the rows that belong to the frame.
        case mean
        /// The row whose time is nearest, no further away than half a row or half a frame,
        /// whichever is longer; of two as near the earlier.
        case nearest
        /// Mean and standard deviation over the window around the frame; see ``Functionals``.
        case functionals
        /// Counts of words over the window around the frame; see ``Codebook``.
        case words
    }

    /// Seconds between two frames.
    public var hopSeconds: Double
    /// How rows become a frame. The default is the mean.
    public var reduction = Reduction.mean
    /// Seconds between two rows of a table without times. The default, nil, is the frames' hop.
    public var rowSeconds: Double?
    /// Added to each time, such as half a window where a tool writes its start. The default is 0.
    public var shiftSeconds = 0.0
    /// By how many seconds features may end earlier or later than the gold traces. The default is
    /// 5, since deep features of 4 s windows end 4 s early.
    public var slackSeconds = 5.0
    /// The length of the window of functionals and words. The default is AVEC's 4 s.
    public var windowSeconds = 4.0
    /// The words that are counted, which ``Reduction/words`` needs. The default is nil.
    public var codebook: Codebook?

    /// An alignment to frames of this hop.
    public init(hopSeconds: Double) { self.hopSeconds = hopSeconds }

    /// What the columns are called when rows have become frames.
    public func columns(of columns: [String]) -> [String] {
        switch reduction {
        case .mean, .nearest: columns
        case .functionals: Functionals.columns(of: columns)
        case .words: (0..<(codebook?.words.count ?? 0)).map { "word_\($0)" }
        }
    }

    /// What became of an instance's rows.
    public struct Result: Sendable {
        /// The values (T, D); 0 in gaps.
        public var matrix: Matrix
        /// 1 where a frame was measured, 0 in a gap; nil without gaps.
        public var mask: [UInt8]?
        /// The rows that lie beyond the last frame.
        public var cropped = 0
        /// The number of gaps.
        public var gaps: Int { mask?.count { $0 == 0 } ?? 0 }

        init(_ values: [Float], _ mask: [UInt8], width: Int) {
            matrix = Matrix(rows: mask.count, columns: width, values: values)
            self.mask = mask.contains(0) ? mask : nil
        }

        init(_ frames: WindowFrames) {
            matrix = frames.matrix
            mask = frames.mask
        }
    }

    /// The rows of `instance` at `frames` frames.
    ///
    /// - Parameter frames: T, the gold traces' length; nil for as many as the rows reach.
    /// - Throws: ``PreparingError`` when the lengths differ by more than the slack, or no frame has
    ///   a value.
    public func align(
        _ table: Table, _ instance: Table.Instance, frames: Int?
    ) throws(PreparingError) -> Result {
        var rows = RowTimes(table, instance, hopSeconds: rowSeconds ?? hopSeconds)
        rows.shift(by: shiftSeconds)
        try check(rows, frames: frames)
        let count = frames ?? max(0, frame(at: rows.seconds.last ?? 0)) + 1
        let isMeasured = Alignment.measured(table, instance)
        var result: Result
        switch reduction {
        case .mean: result = means(table, rows, isMeasured, count)
        case .nearest: result = nearest(table, rows, isMeasured, count)
        case .functionals:
            let functionals = Functionals(windowSeconds: windowSeconds, hopSeconds: hopSeconds)
            result = Result(
                table.withRows(rows, isMeasured) { functionals.frames(of: $0, count: count) })
        case .words:
            let words = try words(of: table)
            result = Result(
                table.withRows(rows, isMeasured) { words.frames(of: $0, count: count) })
        }
        result.cropped = rows.seconds.count { frame(at: $0) >= count }
        guard result.gaps < count else {
            let problem =
                table.isMeasured?[instance.rows].contains(true) == false
                ? """
                none of \(instance.rows.count) rows was measured: success is 0, or the confidence \
                too low. Look at the recording, or lower --confidence.
                """
                : isMeasured.contains(true)
                    ? "no row is at the time of a frame. Check the times and --shift-seconds."
                    : """
                    no row has a number in every column. Choose columns that hold numbers, with \
                    --columns.
                    """
            throw PreparingError(problem: problem)
        }
        return result
    }

    private func words(of table: Table) throws(PreparingError) -> BagOfWords {
        guard let codebook, codebook.width == table.columns.count else {
            throw PreparingError(
                problem: """
                    the codebook has words of \(codebook?.width ?? 0) features, and the table \
                    \(table.columns.count) columns. Choose columns, or another codebook.
                    """)
        }
        return BagOfWords(
            codebook: codebook, windowSeconds: windowSeconds, hopSeconds: hopSeconds)
    }

    /// The frame that a time belongs to; of a time beyond all recordings one beyond all frames.
    func frame(at seconds: Double) -> Int {
        let frame = (seconds / hopSeconds + 0.5 + 1e-9).rounded(.down)
        return Int(min(max(frame, -Alignment.frameMax), Alignment.frameMax))
    }

    private static let frameMax = 1e15

    /// Refuses lengths that differ too much.
    private func check(_ rows: RowTimes, frames: Int?) throws(PreparingError) {
        let end = (rows.seconds.last ?? 0) + rows.hopSeconds
        let limit = slackSeconds + 1e-6
        let advice = """
            Check that the files belong together and that times are in seconds; --slack-seconds \
            allows more.
            """
        guard let frames else {
            guard end / hopSeconds <= 1e7 else {
                throw PreparingError(problem: "the rows end at \(end) s. \(advice)")
            }
            return
        }
        let gold = Double(frames) * hopSeconds
        guard (end - gold).magnitude <= limit else {
            throw PreparingError(
                problem: """
                    the rows end at \(Alignment.text(end)) s and the gold traces at \
                    \(Alignment.text(gold)) s. \(advice)
                    """)
        }
    }

    private static func text(_ seconds: Double) -> String {
        "\((seconds * 1000).rounded() / 1000)"
    }

    /// Whether each row of the instance was measured and has a number in every column.
    static func measured(_ table: Table, _ instance: Table.Instance) -> [Bool] {
        let width = table.columns.count
        return instance.rows.map { row in
            guard table.isMeasured?[row] ?? true else { return false }
            return table.values[row * width..<(row + 1) * width].allSatisfy { !$0.isNaN }
        }
    }

    private func means(
        _ table: Table, _ rows: RowTimes, _ isMeasured: [Bool], _ count: Int
    ) -> Result {
        let width = table.columns.count
        var values = [Float](repeating: 0, count: count * width)
        var mask = [UInt8](repeating: 0, count: count)
        var sums = [Double](repeating: 0, count: width)
        var row = 0
        while row < rows.seconds.count {
            let frame = frame(at: rows.seconds[row])
            var end = row + 1
            while end < rows.seconds.count, self.frame(at: rows.seconds[end]) == frame { end += 1 }
            defer { row = end }
            let valid = (row..<end).filter { isMeasured[$0] }
            guard !valid.isEmpty, (0..<count).contains(frame) else { continue }
            mask[frame] = 1
            for column in 0..<width { sums[column] = 0 }
            for source in valid {
                let base = (rows.first + source) * width
                for column in 0..<width { sums[column] += Double(table.values[base + column]) }
            }
            for column in 0..<width {
                values[frame * width + column] = Float(sums[column] / Double(valid.count))
            }
        }
        return Result(values, mask, width: width)
    }

    private func nearest(
        _ table: Table, _ rows: RowTimes, _ isMeasured: [Bool], _ count: Int
    ) -> Result {
        let width = table.columns.count
        var values = [Float](repeating: 0, count: count * width)
        var mask = [UInt8](repeating: 0, count: count)
        let reach = max(hopSeconds, rows.hopSeconds) / 2 + 1e-6
        var row = 0
        for frame in 0..<count {
            let time = Double(frame) * hopSeconds
            func distance(_ row: Int) -> Double { (rows.seconds[row] - time).magnitude }
            while row + 1 < rows.seconds.count, distance(row + 1) < distance(row) { row += 1 }
            guard row < rows.seconds.count, distance(row) <= reach, isMeasured[row] else {
                continue
            }
            mask[frame] = 1
            let base = (rows.first + row) * width
            for column in 0..<width {
                values[frame * width + column] = table.values[base + column]
            }
        }
        return Result(values, mask, width: width)
    }
}

/// When the rows of an instance were measured.
struct RowTimes {
    /// The table's row that is the instance's first.
    let first: Int
    /// A time for each row, rising.
    private(set) var seconds: [Double]
    /// The usual step between two rows: the median.
    let hopSeconds: Double

    /// The times in the table, or where it has none a hop for each row.
    init(_ table: Table, _ instance: Table.Instance, hopSeconds hop: Double) {
        first = instance.rows.lowerBound
        seconds =
            table.times.map { Array($0[instance.rows]) }
            ?? instance.rows.indices.map { Double($0 - instance.rows.lowerBound) * hop }
        let steps = zip(seconds.dropFirst(), seconds).map { $0 - $1 }.sorted()
        hopSeconds = steps.isEmpty ? hop : steps[steps.count / 2]
    }

    /// Adds `shift` to each time.
    mutating func shift(by shift: Double) {
        guard shift != 0 else { return }
        for row in seconds.indices { seconds[row] += shift }
    }
}

extension Table {
    /// What `body` makes of the rows of an instance.
    func withRows<Made>(
        _ rows: RowTimes, _ isMeasured: [Bool], _ body: (TimedRows) -> Made
    ) -> Made {
        // Without rows there is nothing at the address, and nobody looks.
        let values = self.values.isEmpty ? [0] : self.values
        return values.withUnsafeBufferPointer { values in
            body(
                TimedRows(
                    values: values.baseAddress! + rows.first * columns.count,
                    width: columns.count, seconds: rows.seconds, isMeasured: isMeasured,
                    hopSeconds: rows.hopSeconds))
        }
    }
}

extension SampledRows {
    /// Adds the measured rows of an instance.
    public mutating func add(_ table: Table, _ instance: Table.Instance) {
        let rows = RowTimes(table, instance, hopSeconds: 1)
        table.withRows(rows, Alignment.measured(table, instance)) { add($0) }
    }
}
