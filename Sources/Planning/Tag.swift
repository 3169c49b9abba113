/// The word for a property of workers that trials may need, such as `fast` or `node7`.
public enum Tag {
    /// The most tags of a worker, or of a model.
    public static let countMax = 32

    /// Whether a tag may be called so: 1 to 64 letters, digits, dots, dashes and underscores.
    public static func isValid(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"):
                    true
                case UInt8(ascii: "-"): text.utf8.first != byte
                default: false
                }
            }
    }

    /// What is wrong with so many tags; nil when nothing is.
    public static func objection(to tags: [String]) -> String? {
        if let tag = tags.first(where: { !isValid($0) }) {
            return """
                `\(tag)` is no tag: 1 to 64 letters, digits, dots, underscores and, not in front, \
                dashes.
                """
        }
        return tags.count > countMax ? "\(tags.count) tags are too many; most is \(countMax)." : nil
    }
}
