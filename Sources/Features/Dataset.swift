import CHDF5

/// An open dataset: its shape, type and storage, as far as reading needs them.
struct Dataset: ~Copyable {
    /// The file's path.
    let file: String
    /// The dataset's path, without a leading slash.
    let name: String
    /// The number of its values.
    let count: Int

    private let fileSize: hsize_t
    private let handles: Handles

    /// The identifiers of an open dataset.
    private struct Handles: ~Copyable {
        let dataset: Handle
        let type: Handle
        let creation: Handle
        let shape: [Int]

        init(_ name: String, in file: hid_t) throws(ErrorStack) {
            let dataset = try Handle(H5Dopen2(file, name, Library.defaults))
            let type = try Handle(H5Dget_type(dataset.id))
            let creation = try Handle(H5Dget_create_plist(dataset.id))
            shape = try Dataset.shape(of: dataset.id)
            self.dataset = dataset
            self.type = type
            self.creation = creation
        }
    }

    /// Opens `name`.
    init(_ name: String, in file: HDF5File) throws(FeatureError) {
        Library.enter()
        let name = HDF5File.trimmed(name)
        try file.refusePandas(name)
        guard !name.utf8.contains(0) else { throw file.noSuchPath(name) }
        let handles: Handles
        do throws(ErrorStack) {
            handles = try Handles(name, in: file.handle.id)
        } catch {
            throw file.cannotOpen(name, error)
        }
        let shape = handles.shape
        guard let count = Library.count(of: shape) else {
            throw FeatureError(
                .tooLarge, file: file.path, dataset: name,
                "claims the shape \(shape), more than any memory holds",
                advice: "The file is damaged: copy it again.")
        }
        self.file = file.path
        fileSize = file.size
        self.name = name
        self.count = count
        self.handles = handles
    }

    /// The library's identifier of the dataset.
    var id: hid_t { handles.dataset.id }

    /// The lengths of its dimensions.
    var shape: [Int] { handles.shape }

    private static func shape(of dataset: hid_t) throws(ErrorStack) -> [Int] {
        let space = try Handle(H5Dget_space(dataset))
        if H5Sget_simple_extent_type(space.id) == H5S_NULL { return [0] }
        let rank = H5Sget_simple_extent_ndims(space.id)
        try ErrorStack.check(rank)
        var lengths = [hsize_t](repeating: 0, count: Int(rank))
        try ErrorStack.check(H5Sget_simple_extent_dims(space.id, &lengths, nil))
        return lengths.map { Int(clamping: $0) }
    }

    /// Whether the stored values are integers or, as booleans are, names of integers.
    var holdsIntegers: Bool {
        let kind = H5Tget_class(handles.type.id)
        return kind == H5T_INTEGER || kind == H5T_ENUM
    }

    /// Where in the file the values lie as they are needed: contiguous little-endian float32.
    ///
    /// nil where they do not, or were never written.
    var floatOffset: Int? {
        guard H5Pget_layout(handles.creation.id) == H5D_CONTIGUOUS,
            H5Pget_external_count(handles.creation.id) == 0,
            H5Tequal(handles.type.id, chdf5_float32_little()) > 0,
            H5Dget_storage_size(id) / 4 >= hsize_t(count)
        else { return nil }
        let offset = H5Dget_offset(id)
        return offset == chdf5_no_address() ? nil : Int(exactly: offset)
    }

    /// All values, converted by the library to `memoryType`, whose size is that of `Value`.
    func read<Value: Numeric & BitwiseCopyable>(
        as memoryType: hid_t
    ) throws(FeatureError) -> [Value] {
        var values = [Value](repeating: 0, count: try readableCount())
        guard !values.isEmpty else { return values }
        try readAll(into: &values, as: memoryType)
        return values
    }

    /// Fills `memory` with all values, converted to `memoryType`.
    func readAll(
        into memory: UnsafeMutableRawPointer, as memoryType: hid_t
    ) throws(FeatureError) {
        let status = H5Dread(id, memoryType, H5S_ALL, H5S_ALL, Library.defaults, memory)
        guard status < 0 else { return }
        throw .failed("cannot be read", file: file, dataset: name, ErrorStack.take())
    }

    /// The number of values, when they are numbers, are in this file, and can be decoded.
    func readableCount() throws(FeatureError) -> Int {
        try checkType()
        try checkStorage()
        guard count <= Library.valuesMax else {
            throw error(
                .tooLarge, "holds \(count) values; \(Library.valuesMax) can be read at once",
                advice: "Store it contiguous as little-endian float32, which is not copied, "
                    + "or split it.")
        }
        return count
    }

    /// An error of this dataset.
    func error(_ cause: FeatureError.Cause, _ what: String, advice: String) -> FeatureError {
        FeatureError(cause, file: file, dataset: name, what, advice: advice)
    }
}

extension Dataset {
    private func checkType() throws(FeatureError) {
        let kind = H5Tget_class(handles.type.id)
        if NumberType.isKnown(handles.type.id) { return }
        let words =
            switch kind {
            case H5T_INTEGER, H5T_FLOAT, H5T_ENUM: "numbers of an unknown layout"
            case H5T_STRING: "strings"
            case H5T_COMPOUND: "compound values (a table)"
            case H5T_REFERENCE: "references (a MATLAB cell array or structure)"
            default: "something else"
            }
        throw error(
            .notNumeric, "holds \(words), not plain numbers",
            advice: "Store an array of integers, float32 or float64, one row a frame.")
    }

    private func checkStorage() throws(FeatureError) {
        let layout = H5Pget_layout(handles.creation.id)
        if layout == H5D_VIRTUAL || H5Pget_external_count(handles.creation.id) > 0 {
            throw error(
                .elsewhere, "keeps its values in other files",
                advice: "Copy the values into this file.")
        }
        try checkFilters()
        guard count > 0 else { return }
        let stored = H5Dget_storage_size(id)
        guard stored > 0 else {
            throw error(
                .empty, "was made but its values were never written",
                advice: "Write the file again.")
        }
        // No features shrink as far as this, so it refuses damage only, before memory is taken.
        let shrinkage: hsize_t = layout == H5D_CHUNKED ? 1 << 12 : 1
        let needed = hsize_t(count).multipliedReportingOverflow(
            by: hsize_t(H5Tget_size(handles.type.id)))
        let available = min(stored, fileSize)
        guard !needed.overflow, needed.partialValue / shrinkage <= available else {
            throw error(
                .damaged, "claims \(count) values but stores only \(available) bytes",
                advice: "Copy the file again.")
        }
    }

    private func checkFilters() throws(FeatureError) {
        for index in 0..<max(0, H5Pget_nfilters(handles.creation.id)) {
            var parameters = 0
            var name = [CChar](repeating: 0, count: 64)
            let filter = H5Pget_filter2(
                handles.creation.id, UInt32(index), nil, &parameters, nil, name.count, &name, nil)
            guard filter >= 0, H5Zfilter_avail(filter) <= 0 else { continue }
            let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            let label = bytes.isEmpty ? "number \(filter)" : String(decoding: bytes, as: UTF8.self)
            throw error(
                .unsupportedFilter, "is compressed by the filter \(label), which is not installed",
                advice: "Write it again with gzip, or with no compression.")
        }
    }
}
