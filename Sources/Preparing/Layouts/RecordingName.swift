import Corpora

/// What the name of a recording says of it, in the databases that name them by a scheme.
public enum RecordingName {
    /// The columns that `id` tells: culture, partition, session, dyad and subject, as far as it
    /// does; empty for a name of no known scheme.
    ///
    /// - `Train_DE_01` (AVEC 2018 and 2019): partition and culture; with `isAVEC2019` who it is and
    ///   with whom, which the number alone does not tell.
    /// - `Train_01` (AVEC 2017, which is German).
    /// - `C3_S014_P027_VC1` (SEWA): culture, session, which is the dyad, and subject.
    public static func columns(of id: String, isAVEC2019: Bool = false) -> [String: String] {
        let parts = id.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
        if let partition = partitions[parts[0]], let number = parts.last, parts.count <= 3,
            parts.count >= 2, isNumber(number[...])
        {
            let culture = parts.count == 3 ? parts[1] : "DE"
            var columns = ["culture": culture, "partition": partition]
            if isAVEC2019, let known = AVEC2019.recording(named: id) {
                columns.merge(known.columns) { $1 }
            }
            return columns
        }
        guard parts.count >= 3, let culture = number(parts[0], "C"),
            number(parts[1], "S") != nil, number(parts[2], "P") != nil
        else { return [:] }
        let session = parts[0] + "_" + parts[1]
        return [
            "culture": sewaCultures[culture] ?? parts[0], "session": session, "dyad": session,
            "subject": parts[0] + "_" + parts[2],
        ]
    }

    /// The partitions of AVEC's challenges, as a manifest says them.
    private static let partitions = ["Train": "train", "Devel": "devel", "Test": "test"]
    /// The cultures whose number in SEWA is known.
    private static let sewaCultures = [1: "CN", 2: "HU", 3: "DE"]

    private static func number(_ part: String, _ letter: String) -> Int? {
        part.hasPrefix(letter) && isNumber(part.dropFirst()) ? Int(part.dropFirst()) : nil
    }

    private static func isNumber(_ text: Substring) -> Bool {
        !text.isEmpty && text.count <= 9 && text.utf8.allSatisfy { (48...57).contains($0) }
    }

    /// The recording among `ids` that a file called `stem` belongs to: the one of this name, or the
    /// longest that it begins with, up to a character that is neither letter nor digit.
    ///
    /// ```swift
    /// RecordingName.match("Train_DE_01_res", among: ["Train_DE_01"])  // "Train_DE_01"
    /// ```
    public static func match(_ stem: String, among ids: some Collection<String>) -> String? {
        ids.filter { id in
            guard stem.hasPrefix(id) else { return false }
            guard let next = stem.dropFirst(id.count).first else { return true }
            return !next.isLetter && !next.isNumber
        }.max { $0.count < $1.count }
    }

    /// The last part of a path, without folders and without its ending; nil when that is no name
    /// for a file or group of ours, such as `..`.
    public static func stem(of path: String) -> String? {
        let file = path.split { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? ""
        let ending = file.lastIndex(of: ".").flatMap { $0 > file.startIndex ? $0 : nil }
        let stem = String(file[..<(ending ?? file.endIndex)])
        return isSafe(stem) ? stem : nil
    }

    /// Whether `id` can name a file and a group: not empty or too long, no folder, no climbing out,
    /// no control character, no brace of a path pattern.
    public static func isSafe(_ id: String) -> Bool {
        !id.isEmpty && id.utf8.count <= 200 && id.first != "."
            && !id.unicodeScalars.contains {
                $0.value < 0x20 || $0.value == 0x7F || "/\\{}".unicodeScalars.contains($0)
            }
    }
}
