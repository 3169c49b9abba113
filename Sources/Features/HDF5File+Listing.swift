import CHDF5
import Corpora

extension HDF5File {
    /// The paths of all datasets, without leading slash, sorted.
    ///
    /// An object with two names is listed by one of them; soft and external links are not followed.
    /// - Throws: ``FeatureError`` when the file's structure is damaged.
    public func datasets() throws(FeatureError) -> [String] {
        try members(of: "/").filter { $0.kind == H5O_TYPE_DATASET }.map(\.name).sorted()
    }

    /// The names of the groups directly in `path`, sorted; "/" (the default) is the root.
    ///
    /// - Throws: ``FeatureError`` when there is no such group.
    public func groups(_ path: String = "/") throws(FeatureError) -> [String] {
        try members(of: path)
            .filter { $0.kind == H5O_TYPE_GROUP && $0.name != "." && !$0.name.contains("/") }
            .map(\.name).sorted()
    }

    /// Whether there is a group or dataset at `path`.
    public func contains(_ path: String) -> Bool {
        Library.enter()
        return Self.prefixes(of: path).allSatisfy { prefix in
            H5Lexists(handle.id, prefix, Library.defaults) > 0
        }
    }

    /// `path` without slashes at its ends.
    static func trimmed(_ path: String) -> String {
        path.split(separator: "/").joined(separator: "/")
    }

    /// Each path that `path` passes through, itself the last: `a`, `a/b`, `a/b/c`.
    private static func prefixes(of path: String) -> [String] {
        let parts = path.split(separator: "/")
        return parts.indices.map { parts[...$0].joined(separator: "/") }
    }

    /// An object in the file.
    private struct Member {
        let name: String
        let kind: H5O_type_t
    }

    /// Everything under `path`, `path` itself under the name ".".
    private func members(of path: String) throws(FeatureError) -> [Member] {
        Library.enter()
        let name = "/" + Self.trimmed(path)
        guard contains(path) else { throw noSuchPath(Self.trimmed(path)) }
        var members: [Member] = []
        let status = withUnsafeMutablePointer(to: &members) { list in
            H5Ovisit_by_name2(
                handle.id, name, H5_INDEX_NAME, H5_ITER_INC,
                { _, name, info, list in
                    guard let name, let info, let list else { return -1 }
                    list.assumingMemoryBound(to: [Member].self).pointee
                        .append(Member(name: String(cString: name), kind: info.pointee.type))
                    return 0
                }, list, UInt32(H5O_INFO_BASIC), Library.defaults)
        }
        guard status >= 0 else {
            throw .failed("cannot be listed", file: self.path, dataset: nil, ErrorStack.take())
        }
        return members
    }
}

extension HDF5File {
    /// Refuses what lies in a group that pandas made: frames are rows there only by chance.
    func refusePandas(_ dataset: String) throws(FeatureError) {
        for prefix in Self.prefixes(of: dataset) {
            guard H5Lexists(handle.id, prefix, Library.defaults) > 0 else { return }
            if H5Aexists_by_name(handle.id, prefix, "pandas_type", Library.defaults) > 0 {
                throw FeatureError(
                    .pandas, file: path, dataset: dataset, "is part of a pandas table",
                    advice: "Write the values with h5py: "
                        + "file[\"\(prefix)\"] = frame.to_numpy(\"float32\").")
            }
        }
    }

    /// Why the dataset `name` did not open.
    func cannotOpen(_ name: String, _ stack: ErrorStack) -> FeatureError {
        guard !name.isEmpty, !name.utf8.contains(0), contains(name) else { return noSuchPath(name) }
        if let object = try? Handle(H5Oopen(handle.id, name, Library.defaults)),
            H5Iget_type(object.id) != H5I_DATASET
        {
            let inside = (try? datasets().filter { $0.hasPrefix(name + "/") }) ?? []
            return FeatureError(
                .notADataset, file: path, dataset: name, "is a group",
                advice: inside.isEmpty
                    ? "It holds no datasets." : "Name a dataset in it: \(Self.listed(inside)).")
        }
        return .failed("cannot be opened", file: path, dataset: name, stack)
    }

    /// The error for a path that the file does not hold, with the nearest ones that it holds.
    func noSuchPath(_ name: String) -> FeatureError {
        var known = (try? datasets()) ?? []
        var nearest: [String] = []
        while nearest.count < 3, let next = Spelling.nearest(name, in: known) {
            nearest.append(next)
            known.removeAll { $0 == next }
        }
        return FeatureError(
            .noSuchDataset, file: path, dataset: name, "does not exist",
            advice: nearest.isEmpty
                ? "The file holds no datasets." : "The nearest are \(Self.listed(nearest)).")
    }

    /// The first few of `names`, quoted.
    private static func listed(_ names: [String]) -> String {
        let shown = names.prefix(5).map { "\"\($0)\"" }.joined(separator: ", ")
        return names.count > 5 ? shown + " and \(names.count - 5) more" : shown
    }
}
