import CHDF5

extension HDF5File {
    /// The attributes of the group or dataset at `path`; "/" is the file's root.
    ///
    /// Strings of fixed and of variable length, numbers of every type, scalars and arrays.
    /// Attributes of other types (references, compounds) are left out. In a file whose heap of
    /// strings is damaged libhdf5 1.10 may not return: what a trial needs lies in no attribute.
    /// - Throws: ``FeatureError`` when there is no such path or an attribute cannot be read.
    public func attributes(_ path: String) throws(FeatureError) -> [String: AttributeValue] {
        Library.enter()
        let path = Self.trimmed(path)
        guard contains(path) else { throw noSuchPath(path) }
        let name = path.isEmpty ? "/" : path
        do throws(ErrorStack) {
            let object = try Handle(H5Oopen(handle.id, name, Library.defaults))
            var attributes: [String: AttributeValue] = [:]
            for attribute in try Self.attributeNames(object.id) {
                let open = try Handle(H5Aopen(object.id, attribute, Library.defaults))
                let type = try Handle(H5Aget_type(open.id))
                let space = try Handle(H5Aget_space(open.id))
                let reader = try AttributeReader(
                    attribute: open.id, type: type.id, space: space.id)
                attributes[attribute] = try reader.value()
            }
            return attributes
        } catch {
            throw .failed("has unreadable attributes", file: self.path, dataset: name, error)
        }
    }

    private static func attributeNames(_ object: hid_t) throws(ErrorStack) -> [String] {
        var names: [String] = []
        let status = withUnsafeMutablePointer(to: &names) { list in
            H5Aiterate2(
                object, H5_INDEX_NAME, H5_ITER_INC, nil,
                { _, name, _, list in
                    guard let name, let list else { return -1 }
                    list.assumingMemoryBound(to: [String].self).pointee
                        .append(String(cString: name))
                    return 0
                }, list)
        }
        try ErrorStack.check(status)
        return names
    }
}

/// Reads one open attribute.
private struct AttributeReader {
    let attribute: hid_t
    let type: hid_t
    let space: hid_t
    let count: Int
    let isScalar: Bool

    /// Refuses a size that is beyond all bounds; an attribute is a few kilobytes.
    init(attribute: hid_t, type: hid_t, space: hid_t) throws(ErrorStack) {
        let points = H5Sget_simple_extent_npoints(space)
        guard points >= 0, points <= 1 << 24, H5Tget_size(type) <= 1 << 24,
            Int(points) * H5Tget_size(type) <= 1 << 26
        else { throw ErrorStack(lines: ["an attribute claims \(points) values"]) }
        self.attribute = attribute
        self.type = type
        self.space = space
        let extent = H5Sget_simple_extent_type(space)
        count = extent == H5S_NULL ? 0 : Int(points)
        isScalar = extent == H5S_SCALAR
    }

    /// nil when it is of a type that ``AttributeValue`` does not express.
    func value() throws(ErrorStack) -> AttributeValue? {
        switch H5Tget_class(type) {
        case H5T_STRING:
            let texts = try H5Tis_variable_str(type) > 0 ? variableTexts() : fixedTexts()
            return isScalar ? .text(texts[0]) : .texts(texts)
        case _ where NumberType.isKnown(type):
            var numbers = [Double](repeating: 0, count: count)
            if count > 0 {
                try ErrorStack.check(H5Aread(attribute, chdf5_native_double(), &numbers))
            }
            return isScalar ? .number(numbers[0]) : .numbers(numbers)
        default:
            return nil
        }
    }

    private func fixedTexts() throws(ErrorStack) -> [String] {
        let size = H5Tget_size(type)
        var bytes = [UInt8](repeating: 0, count: count * size)
        if count > 0 { try ErrorStack.check(H5Aread(attribute, type, &bytes)) }
        let isSpacePadded = H5Tget_strpad(type) == H5T_STR_SPACEPAD
        return (0..<count).map { index in
            var text = bytes[index * size..<(index + 1) * size].prefix { $0 != 0 }
            while isSpacePadded, text.last == UInt8(ascii: " ") { text.removeLast() }
            return String(decoding: text, as: UTF8.self)
        }
    }

    private func variableTexts() throws(ErrorStack) -> [String] {
        var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
        guard count > 0 else { return [] }
        let memory = try Handle(H5Tcopy(chdf5_c_string()))
        try ErrorStack.check(H5Tset_size(memory.id, chdf5_variable_length()))
        try ErrorStack.check(H5Tset_cset(memory.id, H5Tget_cset(type)))
        try ErrorStack.check(H5Aread(attribute, memory.id, &pointers))
        let texts = pointers.map { pointer in pointer.map { String(cString: $0) } ?? "" }
        H5Dvlen_reclaim(memory.id, space, Library.defaults, &pointers)
        return texts
    }
}
