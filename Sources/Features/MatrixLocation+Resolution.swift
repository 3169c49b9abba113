import Corpora

extension MatrixLocation {
    /// The file, below `root`, and the dataset of a recording: `{column}` replaced by its value.
    ///
    /// - Throws: ``FeatureError`` when a pattern names a column that the recording does not have,
    ///   or the file's path would leave the data root.
    func resolved(
        for recording: Recording, below root: String
    ) throws(FeatureError) -> (file: String, dataset: String) {
        let file = try Self.filled(self.file, recording, inFile: self.file)
        let dataset = try Self.filled(self.dataset, recording, inFile: file)
        let parts = file.split(separator: "/", omittingEmptySubsequences: false)
        guard !file.isEmpty, !file.hasPrefix("/"), !parts.contains(".."), !file.utf8.contains(0)
        else {
            throw FeatureError(
                .outsideDataRoot, file: file, recording: recording.id,
                "is not a path below the data root",
                advice: "Give files relative to the data root, without \"..\"; "
                    + "move or link the data there.")
        }
        let separator = root.isEmpty || root.hasSuffix("/") ? "" : "/"
        return (root + separator + file, dataset)
    }

    private static func filled(
        _ pattern: String, _ recording: Recording, inFile file: String
    ) throws(FeatureError) -> String {
        var text = ""
        var rest = pattern[...]
        while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            text += rest[..<open]
            rest = rest[open...].dropFirst()
            guard pattern[open] == "{", let close = rest.firstIndex(of: "}") else {
                throw FeatureError(
                    .unknownColumn, file: file, recording: recording.id,
                    "has the path pattern \"\(pattern)\", whose braces do not pair",
                    advice: "Write {column} in the manifest.")
            }
            let column = String(rest[..<close])
            guard let value = recording.value(column) else {
                let known = ["id", "culture"] + recording.columns.keys.sorted()
                let nearest = Spelling.nearest(column, in: known) ?? "id"
                throw FeatureError(
                    .unknownColumn, file: file, recording: recording.id,
                    "needs the column \"\(column)\" of the pattern \"\(pattern)\", which is not "
                        + "among \(known.joined(separator: ", "))",
                    advice: "Add the column to the manifest, or did you mean {\(nearest)}?")
            }
            text += value
            rest = rest[close...].dropFirst()
        }
        return text + rest
    }
}
