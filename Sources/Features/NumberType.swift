import CHDF5

/// The stored types that are converted: integers of 1, 2, 4 and 8 bytes and IEEE 754 floats of 2, 4
/// and 8 bytes, of either byte order; booleans and other enumerations as their integers.
///
/// Other layouts of bits are refused: no feature tool writes them, and the library's conversion of
/// those that damage makes up writes beyond its own buffers.
enum NumberType {
    /// Whether `type` is one of them.
    static func isKnown(_ type: hid_t) -> Bool {
        switch H5Tget_class(type) {
        case H5T_INTEGER: isWhole(type, sizes: [1, 2, 4, 8])
        case H5T_FLOAT: isWhole(type, sizes: [2, 4, 8]) && isIEEE(type)
        case H5T_ENUM: isKnownBase(of: type)
        default: false
        }
    }

    private static func isKnownBase(of enumeration: hid_t) -> Bool {
        guard let base = try? Handle(H5Tget_super(enumeration)) else { return false }
        return H5Tget_class(base.id) == H5T_INTEGER && isKnown(base.id)
    }

    /// Whether all bits count and their order is plain.
    private static func isWhole(_ type: hid_t, sizes: [Int]) -> Bool {
        let size = H5Tget_size(type)
        let order = H5Tget_order(type)
        return sizes.contains(size) && H5Tget_precision(type) == 8 * size
            && H5Tget_offset(type) == 0 && (order == H5T_ORDER_LE || order == H5T_ORDER_BE)
    }

    /// Whether sign, exponent and mantissa lie as IEEE 754 has them.
    private static func isIEEE(_ type: hid_t) -> Bool {
        var sign = 0
        var exponent = 0
        var exponentBits = 0
        var mantissa = 0
        var mantissaBits = 0
        guard
            H5Tget_fields(type, &sign, &exponent, &exponentBits, &mantissa, &mantissaBits) >= 0,
            let expectedBits = [2: 5, 4: 8, 8: 11][H5Tget_size(type)]
        else { return false }
        return sign == 8 * H5Tget_size(type) - 1 && exponentBits == expectedBits && mantissa == 0
            && mantissaBits == sign - expectedBits && exponent == mantissaBits
            && H5Tget_ebias(type) == 1 << (expectedBits - 1) - 1
            && H5Tget_norm(type) == H5T_NORM_IMPLIED
    }
}
