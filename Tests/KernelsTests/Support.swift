import Kernels

/// Sizes around the lanes (16), the tiles (6 rows, 64 columns) and one.
let oddSizes = [1, 2, 5, 6, 7, 8, 9, 13, 15, 16, 17, 31, 33, 48, 63, 64, 65, 97]

/// A matrix of the test: rows of `columns` values, `step` apart, with a guard between and after.
final class TestMatrix {
    let rows: Int, columns: Int, step: Int
    var values: [Float]

    init(rows: Int, columns: Int, gap: Int = 3, from random: inout RandomStream, span: Double = 2) {
        self.rows = rows
        self.columns = columns
        step = columns + gap
        values = (0..<rows * (columns + gap) + 32).map { _ in
            Float(span * (random.uniform() - 0.5))
        }
    }

    private init(copying other: TestMatrix) {
        rows = other.rows
        columns = other.columns
        step = other.step
        values = other.values
    }

    func copy() -> TestMatrix { TestMatrix(copying: self) }

    subscript(r: Int, j: Int) -> Double { Double(values[r * step + j]) }

    func withRows<Result>(_ body: (Rows) -> Result) -> Result {
        let step = step
        return values.withUnsafeMutableBufferPointer { body(Rows($0.baseAddress!, step: step)) }
    }

    var bits: [UInt32] { values.map(\.bitPattern) }
}

/// Runs `body` with every instruction set of this machine on copies of `outputs`; true when all
/// leave the same bits, guards included. The copies of the last one, `scalar`, are returned.
func agree(
    _ outputs: [TestMatrix], _ body: (InstructionSet, [TestMatrix]) -> Void
) -> (equal: Bool, outputs: [TestMatrix]) {
    var results: [[TestMatrix]] = []
    for set in InstructionSet.available {
        let copies = outputs.map { $0.copy() }
        body(set, copies)
        results.append(copies)
    }
    let bits = results.map { $0.map(\.bits) }
    return (bits.allSatisfy { $0 == bits[0] }, results[results.count - 1])
}

/// A stream for one case of a test.
func stream(_ numbers: Int...) -> RandomStream {
    var random = RandomStream(state: (1, 2, 3, 4))
    var state = [UInt64](repeating: 0x9E37_79B9, count: 4)
    for (i, number) in numbers.enumerated() {
        state[i % 4] = state[i % 4] &* 0xBF58_476D_1CE4_E5B9 &+ UInt64(number) &+ random.next()
    }
    return RandomStream(state: (state[0], state[1], state[2], state[3]))
}

/// An arena that holds these values.
func arena(_ values: [Float]) -> Arena {
    let arena = Arena(count: values.count)
    for (i, value) in values.enumerated() { arena.base[i] = value }
    return arena
}
