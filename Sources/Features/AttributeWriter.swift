import CHDF5

/// Writes one attribute of an open object.
struct AttributeWriter {
    /// The group or dataset.
    let object: hid_t
    /// The attribute's name.
    let name: String

    /// Writes `value`, in place of an attribute of the same name.
    func write(_ value: AttributeValue) throws(ErrorStack) {
        if H5Aexists(object, name) > 0 { try ErrorStack.check(H5Adelete(object, name)) }
        switch value {
        case .number(let number): try write([number], scalar: true)
        case .numbers(let numbers): try write(numbers, scalar: false)
        case .text(let text): try write([text], scalar: true)
        case .texts(let texts): try write(texts, scalar: false)
        }
    }

    private func write(_ numbers: [Double], scalar: Bool) throws(ErrorStack) {
        try create(chdf5_float64_little(), count: scalar ? nil : numbers.count) { attribute in
            H5Awrite(attribute, chdf5_native_double(), numbers)
        }
    }

    private func write(_ texts: [String], scalar: Bool) throws(ErrorStack) {
        let type = try Handle(H5Tcopy(chdf5_c_string()))
        try ErrorStack.check(H5Tset_size(type.id, chdf5_variable_length()))
        try ErrorStack.check(H5Tset_cset(type.id, H5T_CSET_UTF8))
        let bytes = texts.map { Array($0.utf8CString) }
        let all = bytes.flatMap { $0 }
        try create(type.id, count: scalar ? nil : texts.count) { attribute in
            all.withUnsafeBufferPointer { buffer in
                var start = 0
                var pointers: [UnsafePointer<CChar>?] = []
                for text in bytes {
                    pointers.append(buffer.baseAddress.map { $0 + start })
                    start += text.count
                }
                return H5Awrite(attribute, type.id, pointers)
            }
        }
    }

    /// Makes the attribute, a scalar where `count` is nil, and lets `fill` write its values.
    private func create(
        _ type: hid_t, count: Int?, fill: (hid_t) -> herr_t
    ) throws(ErrorStack) {
        let lengths = [hsize_t(count ?? 1)]
        let space = try Handle(
            count == nil ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, lengths, nil))
        let attribute = try Handle(
            H5Acreate2(object, name, type, space.id, Library.defaults, Library.defaults))
        if count != 0 { try ErrorStack.check(fill(attribute.id)) }
    }
}
