import Corpora
import Glibc

/// A store as one file, to be kept or sent: a tar archive that any tool opens.
///
///     SHA256SUMS         the digests of all files below, as sha256sum -c reads them
///     sweep.yaml         the sweep, and its manifests, for people
///     manifests/1.yaml
///     concord.sqlite     journal, outcomes and documents, written anew in a fixed order
///     models/…           what else the store keeps
///
/// Owners, times and the order of files are fixed, so the same store is the same bytes. Tar was
/// chosen because it will be read in twenty years; it is not compressed, since what fills it,
/// predictions, hardly shrinks.
struct Bundle {
    static let sums = "SHA256SUMS"
    /// Folders of a store that belong into its bundle; endpoint, lock and workers do not.
    static let folders = ["models"]
    /// How the names of files end that are being written, or were when their writer died.
    static let draft = ".draft"

    let path: String

    init(_ path: String) { self.path = path }

    /// Writes the files, each a name in the archive and a path on the disk.
    ///
    /// - Throws: ``JournalError``; then there is no file at the path.
    func write(_ files: [(name: String, path: String)]) throws(JournalError) {
        guard access(path, F_OK) != 0 else {
            throw .bundle(path: path, reason: "it exists already")
        }
        let draft = path + ".new"
        let output = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard output >= 0 else { throw FileSystem.failure(draft, "opening") }
        defer { close(output) }
        do throws(JournalError) {
            var sums = ""
            for file in files { sums += "\(try Bundle.digest(of: file.path))  \(file.name)\n" }
            try put(Array(sums.utf8), name: Bundle.sums, to: output)
            for file in files {
                let size = Stamp(file.path)?.size ?? 0
                try FileSystem.write(try header(file.name, size).block, to: output, draft)
                try Bundle.read(file.path) { (piece) throws(JournalError) in
                    try FileSystem.write(piece, to: output, draft)
                }
                try pad(try header(file.name, size).padding, output)
            }
            try pad(2 * TarHeader.block, output)
            guard fsync(output) == 0 else { throw FileSystem.failure(draft, "writing") }
            guard rename(draft, path) == 0 else { throw FileSystem.failure(path, "renaming") }
            FileSystem.syncFolder(of: path)
        } catch {
            unlink(draft)
            throw error
        }
    }

    private func header(_ name: String, _ size: Int) throws(JournalError) -> TarHeader {
        guard let header = TarHeader(name: name, size: size) else {
            throw .bundle(path: path, reason: "the name \(name) is too long for an archive")
        }
        return header
    }

    private func put(_ bytes: [UInt8], name: String, to output: Int32) throws(JournalError) {
        let header = try header(name, bytes.count)
        try FileSystem.write(header.block + bytes, to: output, path)
        try pad(header.padding, output)
    }

    private func pad(_ count: Int, _ output: Int32) throws(JournalError) {
        try FileSystem.write([UInt8](repeating: 0, count: count), to: output, path)
    }

    private static func digest(of path: String) throws(JournalError) -> Digest {
        var stream = DigestStream()
        try read(path) { (piece) throws(JournalError) in
            piece.withUnsafeBytes { stream.add($0) }
        }
        return stream.digest
    }

    private static func read(
        _ path: String, _ body: ([UInt8]) throws(JournalError) -> Void
    ) throws(JournalError) {
        let input = open(path, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw FileSystem.failure(path, "opening") }
        defer { close(input) }
        while true {
            let piece = try readPiece(1 << 20, from: input, path)
            if piece.isEmpty { return }
            try body(piece)
        }
    }

    static func readPiece(
        _ most: Int, from input: Int32, _ path: String
    ) throws(JournalError) -> [UInt8] {
        var piece = [UInt8](repeating: 0, count: most)
        while true {
            let count = Glibc.read(input, &piece, most)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileSystem.failure(path, "reading") }
            piece.removeLast(most - count)
            return piece
        }
    }
}
