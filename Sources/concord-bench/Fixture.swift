import Features
import Networks

/// A golden fixture: a network, its weights, and one padded batch.
///
/// Its arrays are padded, [B, T, …]; the engine's are packed, longest sequence first.
struct Fixture {
    let file: HDF5File
    let path: String
    let recipe: NetworkRecipe
    let loss: Loss
    let network: any Network
    /// The sequences in the order of the packed batch.
    let order: [Int]
    let batch: SequenceBatch
    /// The culture of each sequence of the packed batch, where there is an adversary.
    let cultures: [Int]
    /// B, T and O.
    let sequences: Int, frames: Int, outputs: Int

    /// The modalities, in the order in which they stand side by side.
    static let modalities = ["audio", "video"]

    init(path: String) throws {
        self.path = path
        let file = try HDF5File(path: path)
        self.file = file
        let attributes = Attributes(try file.attributes("/"), path)
        recipe = try Self.recipe(attributes)
        let name = attributes.text("loss") ?? "ccc"
        guard let loss = Loss(rawValue: name == "ccc_sequence" ? "ccc-sequence" : name) else {
            throw FixtureError(description: "\(path): there is no loss \(name).")
        }
        self.loss = loss
        let shapes = try Self.modalities.map { try file.shape("inputs/\($0)") }
        let gold = try file.shape("inputs/gold")
        let lengths = try file.readIntegers("inputs/lengths").values.map { Int($0) }
        sequences = gold[0]
        frames = gold[1]
        outputs = gold[2]
        guard lengths.count == gold[0], lengths.allSatisfy({ 1...gold[1] ~= $0 }) else {
            throw FixtureError(description: "\(path): inputs/lengths do not fit inputs/gold.")
        }
        let order = lengths.indices.sorted { (-lengths[$0], $0) < (-lengths[$1], $1) }
        self.order = order
        let sorted = order.map { lengths[$0] }
        batch = SequenceBatch(lengths: sorted)
        let network = try recipe.makeNetwork(widths: shapes.map { $0[2] }, outputs: gold[2])
        if attributes.text("net") == "grl" {
            let weight: Double = try attributes.number("grl_lambda")
            self.network = AdversarialNetwork(
                network, cultures: try attributes.number("cultures"), weight: weight)
            let cultures = try file.readIntegers("inputs/culture").values
            self.cultures = order.map { Int(cultures[$0]) }
        } else {
            self.network = network
            cultures = []
        }
    }

    /// The attributes of a group of a fixture.
    struct Attributes {
        let values: [String: AttributeValue]
        let path: String

        init(_ values: [String: AttributeValue], _ path: String) {
            self.values = values
            self.path = path
        }

        func text(_ name: String) -> String? {
            guard case .text(let text) = values[name] else { return nil }
            return text
        }

        func number(_ name: String) throws -> Double {
            guard case .number(let number) = values[name] else {
                throw FixtureError(description: "\(path): the attribute \(name) is missing.")
            }
            return number
        }

        func numbers(_ name: String) throws -> [Double] {
            guard case .numbers(let numbers) = values[name] else {
                throw FixtureError(
                    description: "\(path): the attribute \(name) is missing, or no list.")
            }
            return numbers
        }

        func number(_ name: String) throws -> Int { Int(try number(name) as Double) }
    }

    /// A padded array [B, T, …] as packed rows beside other columns: `columns` wide, from `column`.
    func pack(
        _ padded: [Double], width: Int, into rows: UnsafeMutablePointer<Float>, columns: Int,
        column: Int
    ) {
        eachFrame { source, row in
            for j in 0..<width {
                rows[row * columns + column + j] = Float(padded[source * width + j])
            }
        }
    }

    /// Columns of packed rows as a padded array [B, T, width], 0 where there is no frame.
    func unpack(
        _ rows: UnsafePointer<Float>, columns: Int, column: Int, width: Int
    ) -> [Float] {
        var padded = [Float](repeating: 0, count: sequences * frames * width)
        eachFrame { target, row in
            for j in 0..<width { padded[target * width + j] = rows[row * columns + column + j] }
        }
        return padded
    }

    /// Each frame's index in [B, T] and its packed row.
    private func eachFrame(_ body: (Int, Int) -> Void) {
        for (n, sequence) in order.enumerated() {
            for t in 0..<batch.lengths[n] {
                body(sequence * frames + t, batch.row(sequence: n, frame: t))
            }
        }
    }
}
