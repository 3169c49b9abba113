import Glibc
import Leasing

extension Store {
    /// Writes the store in `folder` as one file, whether or not a coordinator runs: everything that
    /// its report depends on. The same content gives the same bytes.
    ///
    /// - Throws: ``JournalError``: there is no store, it is damaged, or `file` cannot be written.
    public static func bundle(_ folder: String, into file: String) throws(JournalError) {
        let store = try observe(folder)
        guard let document = try store.document() else { throw .missing(folder: folder) }
        let draft = try TemporaryFolder(near: file)
        let losses = try rewrite(store.database, to: draft.path + "/" + fileName)
        guard losses == StoreRewrite.Losses() else {
            throw .corrupt(path: store.database.path, reason: "it cannot be bundled as it is")
        }
        var files = [(name: "sweep.yaml", path: draft.path + "/sweep.yaml")]
        try FileSystem.replace(files[0].path, by: Array(document.spec.utf8))
        for (index, manifest) in document.manifests.enumerated() {
            let name = "manifests/\(index + 1).yaml"
            files.append((name, draft.path + "/\(index + 1).yaml"))
            try FileSystem.replace(files[index + 1].path, by: Array(manifest.utf8))
        }
        files.append((fileName, draft.path + "/" + fileName))
        for name in Bundle.folders {
            files += try FileSystem.files(in: folder + "/" + name)
                .filter { !$0.hasSuffix(Bundle.draft) }
                .map { ("\(name)/\($0)", "\(folder)/\(name)/\($0)") }
        }
        try Bundle(file).write(files)
    }

    /// Makes the store in `folder`, which must not be there yet, of the bundle in `file`.
    ///
    /// - Throws: ``JournalError/bundle(path:reason:)`` when a single bit of the file is not as it
    ///   was written; then there is no store in `folder`.
    public static func unbundle(_ file: String, into folder: String) throws(JournalError) {
        try FileSystem.makeFolder(folder)
        try refuseNetwork(type: FileSystem.type(of: folder), folder: folder)
        guard rmdir(folder) == 0 else {
            throw .bundle(path: file, reason: "the folder \(folder) is not empty; name another")
        }
        let draft = try TemporaryFolder(near: folder)
        let made = draft.path + "/store"
        try FileSystem.makeFolder(made)
        try Bundle(file).unpack(into: made)
        let faults = try observe(made).check()
        if let fault = faults.first { throw .bundle(path: file, reason: "\(fault)") }
        guard rename(made, folder) == 0 else { throw FileSystem.failure(folder, "renaming") }
        FileSystem.syncFolder(of: folder)
    }

    private static func rewrite(
        _ source: Database, to path: String
    ) throws(JournalError) -> StoreRewrite.Losses {
        let target = try Database(path, .write)
        var rewrite = try StoreRewrite(source, to: target)
        return try rewrite.run(at: 0)
    }
}
