import Foundation
import Kernels
import Testing

@testable import Preparing

/// Arrays that NumPy itself has written (References/arrays.py).
@Suite struct NumPyFileTests {
    private func bytes(_ base64: String) throws -> [UInt8] {
        Array(try #require(Data(base64Encoded: base64.filter { $0 != " " })))
    }

    /// Value k of the references.
    private func value(_ k: Int) -> Float { Float(k % 97) / 8 - 1 }

    @Test("Every type of number and order of bytes is read")
    func types() throws {
        for base64 in [
            ArrayReferences.littleF4, ArrayReferences.littleF8, ArrayReferences.bigF4,
            ArrayReferences.bigF8, ArrayReferences.littleF2, ArrayReferences.fortran,
        ] {
            let table = try NumPyFile.table(try bytes(base64))
            #expect(table.columns == ["1", "2"] && table.rows == 3 && table.times == nil)
            #expect(table.values == (0..<6).map(value))
        }
        for base64 in [
            ArrayReferences.littleI2, ArrayReferences.bigI4, ArrayReferences.littleI8,
        ] {
            let table = try NumPyFile.table(try bytes(base64))
            #expect(table.values == (0..<6).map { value($0).rounded(.towardZero) })
        }
        let bools = try NumPyFile.table(try bytes(ArrayReferences.byteB1)).values
        #expect(bools == (0..<6).map { value($0) == 0 ? 0 : 1 })
        #expect(try NumPyFile.table(try bytes(ArrayReferences.byteU1)).rows == 3)
        #expect(try NumPyFile.table(try bytes(ArrayReferences.line)).columns == ["1"])
    }

    @Test("An archive holds recordings, or one with its times; stored or compressed")
    func archives() throws {
        let stored = try NumPyFile.table(try bytes(ArrayReferences.stored))
        #expect(stored.instances.map(\.name) == ["a", "b"])
        #expect(stored.values == (0..<4).map(value) + (0..<6).map(value))
        let deflated = try NumPyFile.table(try bytes(ArrayReferences.deflated))
        #expect(deflated.values == (0..<1200).map(value))
        #expect(deflated.times == (0..<300).map { Double($0) / 2 })
        #expect(deflated.instances == [Table.Instance(name: nil, rows: 0..<300)])
    }

    @Test("Columns, a column of times and the unit of times are chosen as in text")
    func format() throws {
        var format = TableFormat()
        format.columns = ["2"]
        let chosen = try NumPyFile.table(try bytes(ArrayReferences.littleF4), format)
        #expect(chosen.columns == ["2"] && chosen.values == [1, 3, 5].map(value))
        format = TableFormat()
        format.timeColumn = "1"
        format.secondsPerUnit = 8
        let timed = try NumPyFile.table(try bytes(ArrayReferences.littleF4), format)
        #expect(timed.times == [-8, -6, -4] && timed.values == [1, 3, 5].map(value))
        format.timeColumn = nil
        format.secondsPerUnit = 2
        let times = try NumPyFile.table(try bytes(ArrayReferences.deflated), format).times
        #expect(times == (0..<300).map(Double.init))
        format.columns = ["3"]
        #expect(throws: TableError.self) {
            try NumPyFile.table(try bytes(ArrayReferences.littleF4), format)
        }
    }

    @Test("A time that no recording has is refused before it becomes a frame")
    func times() throws {
        let archive = try bytes(ArrayReferences.deflated)
        var format = TableFormat()
        format.secondsPerUnit = 1e30
        let error = #expect(throws: TableError.self) { try NumPyFile.table(archive, format) }
        #expect(error?.problem.contains("expected a time in seconds") == true)
    }

    @Test("What is no matrix of real numbers is refused, saying what it is")
    func refused() throws {
        for (base64, words) in [
            (ArrayReferences.cube, "[1, 3, 2]"), (ArrayReferences.complex, "<c8"),
        ] {
            let bytes = try bytes(base64)
            let error = #expect(throws: TableError.self) { try NumPyFile.table(bytes) }
            #expect(error?.problem.contains(words) == true, "\(error?.problem ?? "")")
        }
    }

    @Test("Cut off anywhere, or with a byte changed, a file is refused or read, and nothing worse")
    func damaged() throws {
        var random = RandomStream(seed: 5)
        for base64 in [
            ArrayReferences.littleF4, ArrayReferences.stored, ArrayReferences.deflated,
        ] {
            let whole = try bytes(base64)
            for length in stride(from: 0, to: whole.count, by: 1 + whole.count / 300) {
                #expect(throws: TableError.self) {
                    try NumPyFile.table(Array(whole.prefix(length)))
                }
            }
            for _ in 0..<3000 {
                var changed = whole
                for _ in 0...random.below(3) {
                    changed[random.below(changed.count)] = UInt8(random.below(256))
                }
                if let table = try? NumPyFile.table(changed) {
                    #expect(table.values.count == table.rows * table.columns.count)
                    for instance in table.instances {
                        _ = try? Alignment(hopSeconds: 0.1).align(table, instance, frames: 30)
                    }
                }
            }
        }
    }
}
