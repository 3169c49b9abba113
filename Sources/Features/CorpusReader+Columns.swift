import Corpora

extension CorpusReader {
    /// The names of a feature set's columns, as the attribute `columns` of the first recording's
    /// matrix gives them; empty where it gives none, or another number of them.
    ///
    /// - Throws: ``FeatureError`` when the file or the matrix cannot be read.
    public func columnNames(_ set: FeatureSet) throws(FeatureError) -> [String] {
        guard let recording = corpus.recordings.first else { return [] }
        let (path, dataset) = try set.location.resolved(for: recording, below: dataRoot)
        let names =
            switch try HDF5File(path: path).attributes(dataset)["columns"] {
            case .texts(let texts): texts
            case .text(let text): text.split(separator: "\n").map(String.init)
            case .number, .numbers, nil: [String]()
            }
        return names.count == set.width ? names : []
    }
}
