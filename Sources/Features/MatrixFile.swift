import Corpora
import Glibc
import Kernels

/// A matrix as a file of its own: its rows and columns as two little-endian UInt64, then its values
/// in row-major order as little-endian float32: the very bytes that its digest is of.
public enum MatrixFile {
    /// The bytes before the values.
    public static let headerBytes = 16

    /// What lies at a path.
    public enum Content {
        /// The matrix, mapped; while it lives, the file has a shared lock.
        case matrix(Matrix)
        /// Nothing.
        case missing
        /// A file that is not what it shall be.
        case damaged
    }

    /// The matrix of `digest` in the file at `path`; every bit of it is checked.
    ///
    /// The file's time is set to now, so that what was not used for longest is known.
    public static func read(_ path: String, digest: Digest) -> Content {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return .missing }
        let lock = HeldFile(descriptor: descriptor)
        guard flock(descriptor, LOCK_SH) == 0 else { return .missing }
        futimens(descriptor, nil)
        guard let mapping = FileMapping(descriptor: descriptor), mapping.count >= headerBytes else {
            return .damaged
        }
        let (rows, columns) = (
            UInt64(littleEndian: mapping.base.load(as: UInt64.self)),
            UInt64(littleEndian: mapping.base.load(fromByteOffset: 8, as: UInt64.self))
        )
        let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
        guard !overflow, count == UInt64(mapping.count - headerBytes) / 4,
            (mapping.count - headerBytes) % 4 == 0,
            let base = mapping.floats(at: headerBytes, count: Int(count))
        else { return .damaged }
        lock.mapping = mapping
        let matrix = Matrix(rows: Int(rows), columns: Int(columns), base: base, owner: lock)
        return Digest(of: matrix) == digest ? .matrix(matrix) : .damaged
    }

    /// The bytes of the matrix's file, header included.
    public static func byteCount(of matrix: Matrix) -> Int {
        headerBytes + 4 * matrix.values.count
    }

    /// Up to `count` of those bytes from byte `offset` on.
    public static func bytes(of matrix: Matrix, from offset: Int, count: Int) -> [UInt8] {
        let total = byteCount(of: matrix)
        guard offset >= 0, offset < total, count > 0 else { return [] }
        let end = min(total, offset + count)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(end - offset)
        if offset < headerBytes {
            let header = [matrix.rows, matrix.columns].flatMap { number in
                withUnsafeBytes(of: UInt64(number).littleEndian) { Array($0) }
            }
            bytes += header[offset..<min(end, headerBytes)]
        }
        let first = max(offset, headerBytes) - headerBytes
        if end > headerBytes {
            bytes += UnsafeRawBufferPointer(matrix.values)[first..<(end - headerBytes)]
        }
        return bytes
    }
}

/// An open file whose lock ends with it, and what is mapped of it.
private final class HeldFile {
    private let descriptor: Int32
    var mapping: FileMapping?

    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }
}
