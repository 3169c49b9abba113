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
                }
            }
        }
    }
}
