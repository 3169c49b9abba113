import CHDF5
import Glibc
import Kernels

/// Writes an HDF5 file: all of it or nothing.
///
/// ```swift
/// let writer = try HDF5Writer(path: "corpus.h5")
/// try writer.write("recording_01/audio", shape: [1500, 29], floats: values)
/// try writer.setAttribute("recording_01", "culture", .text("DE"))
/// try writer.close()
/// ```
///
/// The bytes go to a temporary file beside `path`, which ``close()`` renames; without it `path`
/// stays as it was. The same calls write the same bytes: there are no time stamps. Values are
/// contiguous and aligned to 64 bytes, so that ``HDF5File`` maps float32 without a copy. One thread
/// at a time may use it.
public final class HDF5Writer {
    /// The file that ``close()`` makes.
    public let path: String

    private let temporary: String
    private var file: hid_t

    /// Begins a file that will replace whatever is at `path`.
    ///
    /// - Throws: ``FeatureError`` with cause `notWritten`, such as when the folder does not exist.
    public init(path: String) throws(FeatureError) {
        Library.enter()
        let temporary = "\(path).partial-\(getpid())"
        self.path = path
        self.temporary = temporary
        do throws(ErrorStack) {
            let access = try HDF5File.unlockedAccess()
            try ErrorStack.check(H5Pset_alignment(access.id, 1, 64))
            file = H5Fcreate(temporary, chdf5_truncate(), Library.defaults, access.id)
            if file < 0 { throw ErrorStack.take() }
        } catch {
            throw Self.failure(path, nil, "cannot be written", error.summary)
        }
    }

    deinit {
        guard file >= 0 else { return }
        Library.enter()
        H5Fclose(file)
        unlink(temporary)
    }

    /// Writes `floats` as little-endian float32, row-major; no dimensions make a scalar.
    ///
    /// - Precondition: `floats` has as many values as `shape`.
    /// - Throws: ``FeatureError`` when the name is taken or the disk is full.
    public func write(
        _ dataset: String, shape: [Int], floats: [Float]
    ) throws(FeatureError) {
        precondition(Library.count(of: shape) == floats.count, "\(floats.count) floats, \(shape)")
        try write(dataset, shape, stored: chdf5_float32_little()) { target in
            floats.withUnsafeBytes { target.fill(chdf5_native_float(), $0) }
        }
    }

    /// Writes `doubles` as little-endian float64, row-major; no dimensions make a scalar.
    ///
    /// - Precondition: `doubles` has as many values as `shape`.
    /// - Throws: ``FeatureError`` when the name is taken or the disk is full.
    public func write(
        _ dataset: String, shape: [Int], doubles: [Double]
    ) throws(FeatureError) {
        precondition(
            Library.count(of: shape) == doubles.count, "\(doubles.count) doubles, \(shape)")
        try write(dataset, shape, stored: chdf5_float64_little()) { target in
            doubles.withUnsafeBytes { target.fill(chdf5_native_double(), $0) }
        }
    }

    /// Writes `bytes`, such as a mask, as unsigned integers of 8 bits.
    ///
    /// - Precondition: `bytes` has as many values as `shape`.
    /// - Throws: ``FeatureError`` when the name is taken or the disk is full.
    public func write(_ dataset: String, shape: [Int], bytes: [UInt8]) throws(FeatureError) {
        precondition(Library.count(of: shape) == bytes.count, "\(bytes.count) bytes, \(shape)")
        try write(dataset, shape, stored: chdf5_uint8()) { target in
            bytes.withUnsafeBytes { target.fill(chdf5_native_uint8(), $0) }
        }
    }

    /// Writes a matrix (rows, columns) as little-endian float32.
    ///
    /// - Throws: ``FeatureError`` when the name is taken or the disk is full.
    public func write(_ dataset: String, _ matrix: Matrix) throws(FeatureError) {
        let shape = [matrix.rows, matrix.columns]
        try write(dataset, shape, stored: chdf5_float32_little()) { target in
            target.fill(chdf5_native_float(), UnsafeRawBufferPointer(matrix.values))
        }
    }

    /// Sets the attribute `name` of the group or dataset at `path`, which exists; "/" is the root.
    ///
    /// Strings are stored as UTF-8 of variable length, numbers as float64.
    /// - Throws: ``FeatureError`` when there is nothing at `path`.
    public func setAttribute(
        _ path: String, _ name: String, _ value: AttributeValue
    ) throws(FeatureError) {
        Library.enter()
        guard file >= 0 else { throw closed(path) }
        let trimmed = HDF5File.trimmed(path)
        do throws(ErrorStack) {
            let object = try Handle(
                H5Oopen(file, trimmed.isEmpty ? "/" : trimmed, Library.defaults))
            try AttributeWriter(object: object.id, name: name).write(value)
        } catch {
            throw Self.failure(
                self.path, path, "cannot take the attribute \"\(name)\"", error.summary)
        }
    }

    /// Completes the file, puts it on disk and gives it its name.
    ///
    /// - Throws: ``FeatureError`` when that fails; then nothing has changed at ``path``.
    public func close() throws(FeatureError) {
        Library.enter()
        guard file >= 0 else { throw closed(nil) }
        let status = H5Fclose(file)
        file = -1
        guard status >= 0, Self.synchronise(temporary), rename(temporary, path) == 0 else {
            let reason = status < 0 ? ErrorStack.take().summary : String(cString: strerror(errno))
            unlink(temporary)
            throw Self.failure(path, nil, "cannot be completed", reason)
        }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        _ = Self.synchronise(folder)  // Some network file systems refuse; the file is complete.
    }
}

extension HDF5Writer {
    /// A dataset that was made and awaits its values.
    private struct Target {
        let id: hid_t

        func fill(_ memoryType: hid_t, _ bytes: UnsafeRawBufferPointer) -> herr_t {
            guard bytes.count > 0 else { return 0 }
            return H5Dwrite(id, memoryType, H5S_ALL, H5S_ALL, Library.defaults, bytes.baseAddress)
        }
    }

    private func write(
        _ dataset: String, _ shape: [Int], stored type: hid_t, fill: (Target) -> herr_t
    ) throws(FeatureError) {
        Library.enter()
        guard file >= 0 else { throw closed(dataset) }
        do throws(ErrorStack) {
            let target = try create(HDF5File.trimmed(dataset), shape, type)
            try ErrorStack.check(fill(Target(id: target.id)))
        } catch {
            throw Self.failure(path, dataset, "cannot be written", error.summary)
        }
    }

    private func create(
        _ name: String, _ shape: [Int], _ type: hid_t
    ) throws(ErrorStack) -> Handle {
        let lengths = shape.map { hsize_t($0) }
        let space = try Handle(
            shape.isEmpty
                ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(shape.count), lengths, nil))
        let links = try Handle(H5Pcreate(chdf5_link_create()))
        try ErrorStack.check(H5Pset_create_intermediate_group(links.id, 1))
        let creation = try Handle(H5Pcreate(chdf5_dataset_create()))
        try ErrorStack.check(H5Pset_layout(creation.id, H5D_CONTIGUOUS))
        try ErrorStack.check(H5Pset_obj_track_times(creation.id, false))
        try ErrorStack.check(H5Pset_fill_time(creation.id, H5D_FILL_TIME_NEVER))
        return try Handle(
            H5Dcreate2(file, name, type, space.id, links.id, creation.id, Library.defaults))
    }

    private func closed(_ dataset: String?) -> FeatureError {
        FeatureError(
            .notWritten, file: path, dataset: dataset, "is closed already",
            advice: "Write before closing.")
    }

    private static func failure(
        _ path: String, _ dataset: String?, _ what: String, _ reason: String
    ) -> FeatureError {
        FeatureError(
            .notWritten, file: path, dataset: dataset, "\(what) (\(reason))",
            advice: "Check that the folder exists, may be written and has space, and that no name "
                + "is used twice.")
    }

    /// Waits until the file or folder at `path` is on disk.
    private static func synchronise(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { return false }
        defer { _ = Glibc.close(descriptor) }
        return fsync(descriptor) == 0
    }
}
