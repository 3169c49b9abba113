import CHDF5
import Glibc
import Kernels

extension HDF5File {
    /// The matrix `dataset` (T, D) in float32; one dimension (T) counts as T × 1.
    ///
    /// Contiguous little-endian float32 is not copied: the matrix lies in the mapped file, which it
    /// keeps mapped. All else (chunks, compression, float64, float16, integers, big-endian) is
    /// converted by the library into memory. Not-a-number and infinity pass; values of float64
    /// beyond float32 become infinite.
    ///
    /// - Throws: ``FeatureError`` when there is no such dataset, it is not a matrix of numbers, has
    ///   no values, or cannot be decoded.
    public func readMatrix(_ dataset: String) throws(FeatureError) -> Matrix {
        let source = try Dataset(dataset, in: self)
        guard source.shape.count == 1 || source.shape.count == 2 else {
            throw source.error(
                .notAMatrix,
                "has the shape \(source.shape), but features are a matrix (frames, width)",
                advice: "Store two dimensions, one row a frame.")
        }
        let rows = source.shape[0]
        let columns = source.shape.count == 2 ? source.shape[1] : 1
        guard source.count > 0, !isEmptyInMATLAB(source.id) else {
            throw source.error(
                .empty, "has no values (shape \(source.shape))", advice: "Write the file again.")
        }
        if let offset = source.floatOffset, let mapping,
            let base = mapping.floats(at: offset, count: source.count)
        {
            return Matrix(rows: rows, columns: columns, base: base, owner: mapping)
        }
        let count = try source.readableCount()
        guard let memory = FloatMemory(count: count) else {
            throw source.error(
                .tooLarge, "holds \(count) values, for which there is no memory",
                advice: "Store it contiguous as little-endian float32, which is not copied.")
        }
        try source.readAll(into: memory.base, as: chdf5_native_float())
        return Matrix(rows: rows, columns: columns, base: memory.base, owner: memory)
    }

    /// Whether the values of `matrix` lie in this mapped file, not in a copy.
    public func maps(_ matrix: Matrix) -> Bool { mapping?.contains(matrix.base) ?? false }

    /// MATLAB stores the lengths of an empty array in its place, and says so by an attribute.
    private func isEmptyInMATLAB(_ dataset: hid_t) -> Bool {
        H5Aexists(dataset, "MATLAB_empty") > 0
    }
}

/// Memory for converted values, freed with the matrix that owns it.
private final class FloatMemory {
    let base: UnsafeMutablePointer<Float>

    /// Zeroed, because the library leaves chunks untouched that have neither values nor a filler.
    init?(count: Int) {
        guard let memory = calloc(count, MemoryLayout<Float>.stride) else { return nil }
        base = memory.bindMemory(to: Float.self, capacity: count)
    }

    deinit { free(base) }
}
