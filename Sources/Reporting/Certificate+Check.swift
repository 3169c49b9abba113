import Corpora
import Planning

extension Certificate {
    /// What is wrong with it, in sentences: digests that are not those of what they stand for,
    /// lists that cannot be, data on two sides of a split.
    public var problems: [String] {
        guard certificate == Certificate.version else {
            return ["it is of format \(certificate), of which this program knows \(Self.version)"]
        }
        var problems: [String] = []
        if data != dataDigest { problems.append("the digest of the data is not theirs") }
        if digest != ownDigest { problems.append("its own digest is another") }
        let broken = brokenLists
        problems += broken
        // What follows looks recordings up.
        return broken.isEmpty ? problems + cells.flatMap(self.problems) : problems
    }

    private var brokenLists: [String] {
        let lines = recordings.map(\.line)
        var problems: [String] = []
        for (number, split) in splits.enumerated() {
            let names = ["train", "validation", "test"]
            guard split.digests.count == names.count else {
                problems.append("split \(number) has \(split.digests.count) digests instead of 3")
                continue
            }
            for ((name, side), digest) in zip(zip(names, split.sides), split.digests) {
                let isAscending = zip(side, side.dropFirst()).allSatisfy { $0 < $1 }
                let isKnown = side.allSatisfy(recordings.indices.contains)
                if side.isEmpty || !isAscending || !isKnown {
                    problems.append("the \(name) list of split \(number) is no list of recordings")
                } else if digest != Certificate.digest(of: side, lines) {
                    problems.append("the digest of the \(name) list of split \(number) is not its")
                }
            }
            if let tuned = split.tuned, tuned.isEmpty || !split.train.hasPart(tuned) {
                problems.append("the tuned list of split \(number) is no part of its train list")
            }
        }
        for cell in cells where cell.first < 0 || cell.count < 1
            || cell.count > splits.count - cell.first
        {
            problems.append("\(cell.cell) has splits that are not there")
        }
        return problems
    }

    /// Data on two sides of a split of the cell, or tested twice.
    private func problems(of cell: Cell) -> [String] {
        let check = LeakCheck(
            recordings: recordings.map(\.planned),
            columns: (cell.apart + cell.apartWithin).distinct, featureSets: cell.featureSets)
        var problems = people(of: cell)
        var tested: [Int: Set<Int>] = [:]
        let own = splits[cell.first..<cell.first + cell.count]
        for (number, split) in own.enumerated() {
            let place = "\(cell.cell), fold \(split.fold)"
            if split.fold != number + 1 { problems.append("\(place): it should be \(number + 1)") }
            do {
                try check.check(
                    Planning.Split(
                        fold: split.fold, train: split.train, validation: split.validation,
                        test: split.test, tuned: split.tuned ?? []),
                    separated: SeparatedColumns(test: cell.apart, validation: cell.apartWithin),
                    selection: cell.selection == "test" ? .test : .validation)
            } catch {
                problems.append("\(place): \(error)")
            }
            for index in split.test
            where !tested[split.repetition, default: []].insert(index).inserted {
                problems.append("\(place): \(recordings[index].id) is tested twice")
            }
        }
        return problems
    }

    /// Columns of people and meetings that the cell does not keep apart without saying so, or that
    /// it may not share.
    private func people(of cell: Cell) -> [String] {
        let shared = cell.shared ?? []
        let known = Set(recordings.flatMap(\.groups.keys))
        return Corpora.Recording.peopleColumns.filter(known.contains).compactMap { column in
            guard shared.contains(column) else {
                return cell.keepsApart(column) ? nil : cell.lacks(column)
            }
            return column == "subject" ? "\(cell.cell): no scheme learns from who is tested" : nil
        }
    }

    /// What differs between its recordings and those of the corpora that manifests describe.
    public func problems(against corpora: [Corpus]) -> [String] {
        corpora.flatMap(problems(against:))
    }

    private func problems(against corpus: Corpus) -> [String] {
        let own = recordings.filter { $0.corpus == corpus.name }
        guard !own.isEmpty else { return ["no recording is of corpus \(corpus.name)"] }
        let found = Dictionary(corpus.recordings.map { ($0.id, $0) }) { first, _ in first }
        let certified = Set(own.map(\.id))
        var problems = corpus.groups.flatMap { column in
            cells.filter { !$0.keepsApart(column) }.map { $0.lacks(column) }
        }
        let required = Corpora.Recording.peopleColumns + corpus.groups
        for recording in own {
            guard let other = found[recording.id] else {
                problems.append("the manifest has no recording \(recording.id)")
                continue
            }
            problems += recording.differences(to: other, required: required).map {
                "recording \(recording.id) has another \($0) in the manifest"
            }
        }
        return problems
            + corpus.recordings.map(\.id).filter { !certified.contains($0) }.map {
                "recording \($0) of the manifest is not in the certificate"
            }
    }
}

extension Certificate.Recording {
    /// The recording as a plan would hold it.
    fileprivate var planned: PlannedRecording {
        PlannedRecording(
            corpus: 0,
            recording: Corpora.Recording(
                id: id, culture: culture, frames: frames, columns: groups,
                digests: digests.compactMapValues { Digest(hex: $0) }))
    }

    /// The names of what is different in `other`, whose values of the `required` columns it has.
    fileprivate func differences(
        to other: Corpora.Recording, required: [String]
    ) -> [String] {
        var names: [String] = []
        if culture != other.culture { names.append("culture") }
        if frames != other.frames { names.append("number of frames") }
        names += Set(groups.keys).union(required).sorted()
            .filter { groups[$0] != other.columns[$0] }
        names += digests.keys.sorted().filter { digests[$0] != other.digests[$0]?.description }
        return names
    }
}

extension Certificate.Cell {
    /// Whether no value of the column is on two sides of its splits.
    fileprivate func keepsApart(_ column: String) -> Bool {
        apart.contains(column) && apartWithin.contains(column)
    }

    fileprivate func lacks(_ column: String) -> String {
        "\(cell): `\(column)` is not kept apart"
    }
}

extension [Int] {
    /// Whether `part` is some of the elements in their order, and not all.
    fileprivate func hasPart(_ part: [Int]) -> Bool {
        let members = Set(part)
        return filter(members.contains) == part && part.count < count
    }
}
