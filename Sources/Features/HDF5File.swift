import CHDF5
import Glibc
import Kernels

/// An HDF5 file, open for reading, without locks (which network file systems break).
///
/// ```swift
/// let file = try HDF5File(path: "forrest_DE.h5")
/// let audio = try file.readMatrix("clip_01/audio")  // (T, 29)
/// ```
///
/// Paths of groups and datasets are given with or without a leading slash; "/" is the root. Any
/// thread may use it. The file must not be rewritten in place while it is open.
///
/// Files are taken to be honest: what is damaged is nearly always refused, but values can change
/// unseen, and a rare cycle in a file's structure keeps libhdf5 1.10 busy for ever.
/// ``CorpusReader`` compares digests for the first; a trainer's step limit ends the second.
public final class HDF5File: Sendable {
    /// The path that it was opened by.
    public let path: String

    let handle: Handle
    /// The file's length in bytes.
    let size: hsize_t
    let mapping: FileMapping?

    /// Opens the file at `path`.
    ///
    /// - Throws: ``FeatureError`` with cause `missingFile`, `unreadableFile`, `notHDF5`,
    ///   `truncated`, `newerFormat` or `library`.
    public init(path: String) throws(FeatureError) {
        try Self.checkReadable(path)
        Library.enter()
        self.path = path
        do throws(ErrorStack) {
            let access = try Self.unlockedAccess()
            handle = try Handle(H5Fopen(path, chdf5_read_only(), access.id))
        } catch {
            throw Self.cannotOpen(path, error)
        }
        var size: hsize_t = 0
        self.size = H5Fget_filesize(handle.id, &size) >= 0 ? size : 0
        var descriptor: UnsafeMutableRawPointer?
        let status = H5Fget_vfd_handle(handle.id, Library.defaults, &descriptor)
        mapping =
            status >= 0
            ? descriptor.flatMap { FileMapping(descriptor: $0.load(as: Int32.self)) } : nil
    }

    /// The lengths of the dimensions of `dataset`; a scalar has none.
    ///
    /// - Throws: ``FeatureError`` when there is no such dataset or its length is beyond all bounds.
    public func shape(_ dataset: String) throws(FeatureError) -> [Int] {
        try Dataset(dataset, in: self).shape
    }

    /// All values of `dataset` as float64, row-major, whatever numbers are stored.
    ///
    /// - Throws: ``FeatureError`` when they cannot be read.
    public func readDoubles(
        _ dataset: String
    ) throws(FeatureError) -> (shape: [Int], values: [Double]) {
        let source = try Dataset(dataset, in: self)
        return (source.shape, try source.read(as: chdf5_native_double()))
    }

    /// All values of `dataset` as float32, row-major, whatever numbers are stored.
    ///
    /// - Throws: ``FeatureError`` when they cannot be read.
    public func readFloats(
        _ dataset: String
    ) throws(FeatureError) -> (shape: [Int], values: [Float]) {
        let source = try Dataset(dataset, in: self)
        return (source.shape, try source.read(as: chdf5_native_float()))
    }

    /// All values of `dataset` as integers, row-major.
    ///
    /// - Throws: ``FeatureError`` when they cannot be read or are not integers.
    public func readIntegers(
        _ dataset: String
    ) throws(FeatureError) -> (shape: [Int], values: [Int64]) {
        let source = try Dataset(dataset, in: self)
        guard source.holdsIntegers else {
            throw source.error(
                .notNumeric, "does not hold integers", advice: "Store it as an integer type.")
        }
        return (source.shape, try source.read(as: chdf5_native_int64()))
    }

    /// The mask `dataset` (T) or (T, 1): 1 where a frame was measured, 0 where it is a filler.
    ///
    /// - Throws: ``FeatureError`` when it cannot be read, or holds anything but 0 and 1.
    public func readMask(_ dataset: String) throws(FeatureError) -> [UInt8] {
        let source = try Dataset(dataset, in: self)
        guard source.shape.count == 1 || (source.shape.count == 2 && source.shape[1] == 1) else {
            throw source.error(
                .notAMatrix, "has the shape \(source.shape), but a mask has one value a frame",
                advice: "Store one value a frame.")
        }
        let values: [Double] = try source.read(as: chdf5_native_double())
        if let frame = values.firstIndex(where: { $0 != 0 && $0 != 1 }) {
            throw source.error(
                .notAMask, "holds \(values[frame]) at frame \(frame) (counted from 0)",
                advice: "A mask holds 1 where a frame was measured and 0 elsewhere.")
        }
        return values.map { $0 == 1 ? 1 : 0 }
    }
}

extension HDF5File {
    /// Plain files of the operating system, without locks.
    static func unlockedAccess() throws(ErrorStack) -> Handle {
        let access = try Handle(H5Pcreate(chdf5_file_access()))
        try ErrorStack.check(H5Pset_fapl_sec2(access.id))
        try ErrorStack.check(H5Pset_file_locking(access.id, false, true))
        return access
    }

    /// Tells apart what the library reports alike.
    private static func checkReadable(_ path: String) throws(FeatureError) {
        var status = stat()
        guard !path.utf8.contains(0), stat(path, &status) == 0 else {
            throw FeatureError(
                .missingFile, file: path, "does not exist",
                advice: "Check the data root and the file pattern of the manifest.")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FeatureError(
                .unreadableFile, file: path, "is not a regular file",
                advice: "Name an HDF5 file.")
        }
        guard access(path, R_OK) == 0 else {
            throw FeatureError(
                .unreadableFile, file: path, "must not be read by this user",
                advice: "Change its permissions.")
        }
    }

    private static func cannotOpen(_ path: String, _ stack: ErrorStack) -> FeatureError {
        if stack.mentions("file signature") {
            return FeatureError(
                .notHDF5, file: path, "is not an HDF5 file, or its beginning is lost",
                advice: "Convert it to HDF5, or copy it again.")
        }
        if stack.mentions("truncated file") {
            return FeatureError(
                .truncated, file: path, "is shorter than it says", advice: "Copy it again.")
        }
        return .failed("cannot be opened", file: path, dataset: nil, stack)
    }
}

extension FeatureError {
    /// The error for a library call that failed.
    static func failed(
        _ what: String, file: String, dataset: String?, _ stack: ErrorStack
    ) -> FeatureError {
        if stack.mentions("bad version number") || stack.mentions("bad superblock version") {
            return FeatureError(
                .newerFormat, file: file, dataset: dataset,
                "\(what): it was written for a newer HDF5 (\(stack.summary))",
                advice: "Write it again without libver='latest', or convert it with "
                    + "h5repack --high=v110.")
        }
        return FeatureError(
            .library, file: file, dataset: dataset, "\(what) (\(stack.summary))",
            advice: "Check the file with h5dump, or copy it again.")
    }
}
