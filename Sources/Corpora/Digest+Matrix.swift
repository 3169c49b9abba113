import Crypto
import Kernels

extension Digest {
    /// The content digest of a matrix: its rows and columns as two little-endian UInt64, then its
    /// values in row-major order as little-endian float32.
    ///
    /// It does not depend on how a file stores the matrix. Bits count: -0 differs from 0.
    /// - Complexity: O(rows × columns), without a copy.
    public init(of matrix: Matrix) {
        var hash = SHA256()
        for count in [matrix.rows, matrix.columns] {
            withUnsafeBytes(of: UInt64(count).littleEndian) { hash.update(bufferPointer: $0) }
        }
        #if _endian(little)
            hash.update(bufferPointer: UnsafeRawBufferPointer(matrix.values))
        #else
            for value in matrix.values {
                withUnsafeBytes(of: value.bitPattern.littleEndian) {
                    hash.update(bufferPointer: $0)
                }
            }
        #endif
        self.init(sha256: hash.finalize())
    }
}
