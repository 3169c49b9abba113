import Corpora
import Foundation
import Kernels
import Testing

@testable import Features

@Suite("MatrixFile: a matrix as a file of its own")
struct MatrixFileTests {
    private let matrix = Matrix(rows: 3, columns: 5, values: (0..<15).map { Float($0) / 7 })

    private func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "matrix-\(UUID().uuidString)").path
        try Data(bytes).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test("Its bytes are those that its digest is of, whole or piece by piece")
    func bytes() {
        let whole = MatrixFile.bytes(of: matrix, from: 0, count: 1 << 20)
        #expect(whole.count == MatrixFile.byteCount(of: matrix) && whole.count == 16 + 60)
        #expect(Digest(of: whole) == Digest(of: matrix))
        for size in [1, 7, 16, 17, 75, 76] {
            let pieces = stride(from: 0, to: whole.count, by: size).map {
                MatrixFile.bytes(of: matrix, from: $0, count: size)
            }
            #expect(Array(pieces.joined()) == whole, "pieces of \(size)")
        }
        #expect(MatrixFile.bytes(of: matrix, from: 76, count: 9) == [])
        #expect(MatrixFile.bytes(of: matrix, from: -1, count: 9) == [])
    }

    @Test("What is read back is the matrix; any other byte, and any other length, is noticed")
    func reading() throws {
        let digest = Digest(of: matrix)
        let whole = MatrixFile.bytes(of: matrix, from: 0, count: 1 << 20)
        try withFile(whole) { path in
            guard case .matrix(let found) = MatrixFile.read(path, digest: digest) else {
                Issue.record("It is not read back.")
                return
            }
            #expect(found.rows == 3 && found.columns == 5)
            #expect(Array(found.values) == Array(matrix.values))
        }
        var broken: [[UInt8]] = [[], Array(whole.dropLast()), whole + [0], Array(whole.prefix(16))]
        for place in whole.indices {
            var flipped = whole
            flipped[place] ^= 1 << UInt8(place % 8)
            broken.append(flipped)
        }
        for bytes in broken {
            try withFile(bytes) { path in
                guard case .damaged = MatrixFile.read(path, digest: digest) else {
                    Issue.record("\(bytes.count) bytes are taken for the matrix.")
                    return
                }
            }
        }
        guard case .missing = MatrixFile.read("/nowhere/at/all", digest: digest) else {
            Issue.record("There is no such file.")
            return
        }
    }
}
