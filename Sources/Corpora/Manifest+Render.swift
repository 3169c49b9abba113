extension Manifest {
    /// The manifest of `corpus`: the same corpus, the same text, and ``parse(_:file:)`` gives the
    /// corpus back.
    ///
    /// - Throws: ``CorpusError`` when a path pattern of the corpus is malformed.
    public static func render(_ corpus: Corpus) throws(CorpusError) -> String {
        var lines = [
            "corpus: \(quote(corpus.name))",
            "hop-seconds: \(corpus.hopSeconds)",
            "# Relative to this file; --data-root or CONCORD_DATA_ROOT override it.",
            "data-root: \(quote(corpus.dataRoot))",
            "targets: {names: \(list(corpus.targets)), \(location(corpus.gold))}",
            "features:",
        ]
        for set in corpus.featureSets {
            let hop = set.hopSeconds == corpus.hopSeconds ? "" : "hop-seconds: \(set.hopSeconds), "
            lines.append(
                "  \(quote(set.name)): {modality: \(quote(set.modality)), width: \(set.width), "
                    + "\(hop)\(location(set.location))}")
        }
        if !corpus.groups.isEmpty { lines.append("groups: \(list(corpus.groups))") }
        let known = try knownColumns(corpus)
        let others = Set(corpus.recordings.flatMap(\.columns.keys)).subtracting(known).sorted()
        if !others.isEmpty { lines.append("columns: \(list(others))") }
        lines.append("recordings:")
        for recording in corpus.recordings {
            lines += render(recording, columns: known + others, sets: corpus.featureSets)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A line of columns and one of each digest.
    private static func render(
        _ recording: Recording, columns: [String], sets: [FeatureSet]
    ) -> [String] {
        var fields = ["id: \(quote(recording.id))", "culture: \(quote(recording.culture))"]
        for name in columns {
            if let value = recording.columns[name] {
                fields.append("\(quote(name)): \(quote(value))")
            }
        }
        guard !recording.isOutlined else { return ["  - {" + fields.joined(separator: ", ") + "}"] }
        fields.append("frames: \(recording.frames)")
        let matrices = sets.map(\.name) + [Recording.goldDigestName]
        let digests = matrices.flatMap { [$0, $0 + maskSuffix] }.compactMap { name in
            recording.digests[name].map { "\(quote(name)): \($0)" }
        }
        return ["  - {" + fields.joined(separator: ", ") + ",", "     digests: {"]
            + digests.map { "       \($0)," } + ["     }}"]
    }

    private static func location(_ location: MatrixLocation) -> String {
        "file: \(quote(location.file)), dataset: \(quote(location.dataset))"
    }

    private static func list(_ names: [String]) -> String {
        "[" + names.map(quote).joined(separator: ", ") + "]"
    }

    /// `text` as a YAML scalar: plain where every reader takes it for text, else in double quotes.
    static func quote(_ text: String) -> String {
        let words: Set = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
        let first = text.utf8.first ?? 0
        let startsAsWord = isLetter(first) || (first == UInt8(ascii: ".") && text.contains("/"))
        let isPlain =
            startsAsWord && !words.contains(text.lowercased())
            && text.utf8.allSatisfy { byte in
                isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || "-./".utf8.contains(byte)
            }
        if isPlain { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { quoted.append("\\") }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }
}
