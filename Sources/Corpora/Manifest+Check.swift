extension Manifest {
    /// Refuses a corpus that no sweep could use; `file` names its manifest in errors.
    ///
    /// Ids are unique, no list is empty, frames, widths and hops are positive, all hops are the
    /// corpus's, every recording has each declared group, each column that a path pattern names and
    /// a digest of each matrix, and subject, session and dyad are given for all recordings or for
    /// none. Features that are equal under two ids are refused, unless the two share a group,
    /// subject, session or dyad: else one content could be on both sides of a split.
    ///
    /// - Throws: ``CorpusError`` for the first thing found.
    /// - Complexity: O(recordings × feature sets), and quadratic in recordings of equal content.
    public static func check(_ corpus: Corpus, file: String) throws(CorpusError) {
        try check(corpus, file: file, lines: ManifestLines())
    }

    static func check(
        _ corpus: Corpus, file: String, lines: ManifestLines
    ) throws(CorpusError) {
        do throws(CorpusError) {
            try checkHead(corpus, lines: lines)
            var firstLines: [String: Int?] = [:]
            for (i, recording) in corpus.recordings.enumerated() {
                do throws(CorpusError) {
                    if let first = firstLines[recording.id] {
                        let place = first.map { " on line \($0)" } ?? ""
                        throw CorpusError(
                            problem: "the id is used twice, first\(place). Ids are unique.")
                    }
                    firstLines[recording.id] = lines.recordings[safe: i]
                    try check(recording, of: corpus)
                } catch {
                    throw error.at(line: lines.recordings[safe: i], recording: recording.id)
                }
            }
            try checkContent(corpus, lines: lines)
        } catch {
            var error = error
            error.file = file
            throw error
        }
    }

    private static func checkHead(
        _ corpus: Corpus, lines: ManifestLines
    ) throws(CorpusError) {
        let lists = [
            ("targets", corpus.targets.count), ("features", corpus.featureSets.count),
            ("recordings", corpus.recordings.count),
        ]
        for (name, count) in lists where count == 0 {
            throw CorpusError(problem: "the corpus has no \(name). Give at least one.")
        }
        guard corpus.hopSeconds > 0, corpus.hopSeconds.isFinite else {
            throw CorpusError(
                problem: "`hop-seconds` is \(corpus.hopSeconds); it must be more than 0.")
        }
        for (i, set) in corpus.featureSets.enumerated() {
            do throws(CorpusError) {
                try check(set, hop: corpus.hopSeconds)
            } catch {
                throw error.at(line: lines.featureSets[safe: i], recording: nil)
            }
        }
    }

    private static func check(_ set: FeatureSet, hop: Double) throws(CorpusError) {
        guard set.name != Recording.goldDigestName, !set.name.hasSuffix(maskSuffix) else {
            throw CorpusError(
                problem: """
                    a feature set cannot be called `\(set.name)`: that name is kept for the gold \
                    traces or a mask. Choose another.
                    """)
        }
        guard set.width >= 1 else {
            throw CorpusError(
                problem: "feature set `\(set.name)` has width \(set.width); it must be at least 1.")
        }
        guard set.hopSeconds == hop else {
            throw CorpusError(
                problem: """
                    feature set `\(set.name)` has hop-seconds \(set.hopSeconds), the corpus \
                    \(hop). Resample the features to the hop of the gold traces.
                    """)
        }
    }

    private static func check(
        _ recording: Recording, of corpus: Corpus
    ) throws(CorpusError) {
        let words =
            [("id", recording.id), ("culture", recording.culture)]
            + recording.columns.sorted { $0.key < $1.key }
        for (name, value) in words {
            guard !value.isEmpty else {
                throw CorpusError(problem: "`\(name)` is empty. Give it a value.")
            }
            guard !value.hasControlCharacter else {
                throw CorpusError(problem: "`\(name)` holds a control character. Remove it.")
            }
        }
        guard recording.frames >= 1 || corpus.isOutline else {
            throw CorpusError(problem: "`frames` is \(recording.frames); it must be at least 1.")
        }
        for group in corpus.groups where recording.value(group) == nil {
            throw CorpusError(
                problem: "the group `\(group)` has no value here. Each recording needs one.")
        }
        for name in Recording.peopleColumns where recording.columns[name] == nil {
            guard let other = corpus.recordings.first(where: { $0.columns[name] != nil }) else {
                continue
            }
            throw CorpusError(
                problem: """
                    `\(name)` is given for \(other.id) and not here. Give it for all recordings \
                    or for none: without it the two sides of a split could share one.
                    """)
        }
        for location in [corpus.gold] + corpus.featureSets.map(\.location) {
            _ = try location.resolve(for: recording)
        }
        if !corpus.isOutline { try checkDigests(recording, of: corpus) }
    }

    private static func checkDigests(
        _ recording: Recording, of corpus: Corpus
    ) throws(CorpusError) {
        let names = corpus.featureSets.map(\.name) + [Recording.goldDigestName]
        let allowed = names + names.map { $0 + maskSuffix }
        for name in recording.digests.keys.sorted() where !allowed.contains(name) {
            let nearest = Spelling.nearest(name, in: allowed) ?? ""
            throw CorpusError(
                problem: """
                    there is a digest of `\(name)`, which is neither a feature set nor `targets`; \
                    the nearest is `\(nearest)`.
                    """)
        }
        for name in names where recording.digests[name] == nil {
            throw CorpusError(
                problem: """
                    there is no digest of `\(name)`. Run `concord data index` on the files to \
                    write it.
                    """)
        }
    }

    /// Looks for one content, or one place, under two ids.
    private static func checkContent(
        _ corpus: Corpus, lines: ManifestLines
    ) throws(CorpusError) {
        for set in corpus.featureSets {
            var byDigest: [Digest: [Int]] = [:]
            var byPlace: [String: Int] = [:]
            for (i, recording) in corpus.recordings.enumerated() {
                guard let digest = recording.digests[set.name] else { continue }
                for other in byDigest[digest, default: []]
                where !share(recording, corpus.recordings[other], groups: corpus.groups) {
                    throw CorpusError(
                        line: lines.recordings[safe: i], recording: recording.id,
                        problem: """
                            its `\(set.name)` features are equal to those of \
                            \(corpus.recordings[other].id). Remove one of the two, or declare a \
                            group that both share.
                            """)
                }
                byDigest[digest, default: []].append(i)
                let place = try set.location.resolve(for: recording)
                let key = place.file + "\0" + place.dataset
                if let other = byPlace[key],
                    corpus.recordings[other].digests[set.name] != digest
                {
                    throw CorpusError(
                        line: lines.recordings[safe: i], recording: recording.id,
                        problem: """
                            its `\(set.name)` features lie where those of \
                            \(corpus.recordings[other].id) do, in \(place.file) at \
                            \(place.dataset), with another digest. Let the pattern name a column \
                            that tells them apart.
                            """)
                }
                byPlace[key] = i
            }
        }
    }

    private static func share(_ a: Recording, _ b: Recording, groups: [String]) -> Bool {
        (groups + Recording.peopleColumns).contains { name in
            a.value(name) != nil && a.value(name) == b.value(name)
        }
    }

    /// What the name of a feature set's mask ends in.
    static let maskSuffix = Recording.maskSuffix
}

extension CorpusError {
    /// The same error with a place, where it does not have one yet.
    fileprivate func at(line: Int?, recording: String?) -> CorpusError {
        CorpusError(
            file: file, line: self.line ?? line, recording: self.recording ?? recording,
            problem: problem)
    }
}

extension String {
    /// Whether a tab, a line break or the like is in it, which no name or id may hold.
    var hasControlCharacter: Bool {
        unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7f }
    }
}

extension [Int?] {
    /// The line at `index`; nil where it is unknown.
    fileprivate subscript(safe index: Int) -> Int? { indices.contains(index) ? self[index] : nil }
}
