import Corpora
import Glibc
import Preparing

/// A file that a tool wrote, read once from beginning to end.
enum SourceFile {
    private static let chunkBytes = 1 << 20

    /// Gives `body` the file's bytes piece by piece, and returns their digest.
    ///
    /// - Throws: ``RunningError`` when it cannot be read, and what `body` throws.
    static func read(
        _ path: String, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Digest {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw RunningError.system("open \(path)", code: errno) }
        defer { close(descriptor) }
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkBytes, alignment: 64)
        defer { memory.deallocate() }
        var stream = DigestStream()
        while true {
            let count = Glibc.read(descriptor, memory.baseAddress, memory.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw RunningError.system("read \(path)", code: errno) }
            guard count > 0 else { return stream.digest }
            let bytes = UnsafeRawBufferPointer(rebasing: memory[..<count])
            stream.add(bytes)
            try body(bytes)
        }
    }

    /// The digest of the file.
    static func digest(_ path: String) throws -> Digest { try read(path) { _ in } }

    /// The table in the file, an array of NumPy where its name ends so, the file's digest, and
    /// whether it is text that ends without a line break.
    ///
    /// - Throws: ``TableError`` with the file's name for the first line that is not as the format
    ///   says.
    static func table(
        _ path: String, _ format: TableFormat
    ) throws -> (table: Table, digest: Digest, endsOpen: Bool) {
        do {
            if path.hasSuffix(".npy") || path.hasSuffix(".npz") {
                var bytes: [UInt8] = []
                bytes.reserveCapacity(size(path))
                let digest = try read(path) { bytes += $0 }
                return (try NumPyFile.table(bytes, format), digest, false)
            }
            var parser = TableParser(format)
            var last: UInt8?
            let digest = try read(path) { bytes in
                try parser.push(bytes)
                last = bytes.last
            }
            return (try parser.finish(), digest, last != UInt8(ascii: "\n"))
        } catch var error as TableError {
            error.file = path
            throw error
        }
    }

    /// The size in bytes; 0 where it is unknown.
    static func size(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// What names of tables end in.
    static let tableEndings = [
        "csv", "tsv", "txt", "arff", "libsvm", "svm", "npy", "npz",
    ]

    /// The files among `paths`, and those below folders among them whose names end in one of
    /// `endings`.
    ///
    /// - Throws: ``RunningError`` for a path that does not exist.
    static func files(
        at paths: [String], endings: [String] = tableEndings
    ) throws -> [String] {
        try paths.flatMap { path in
            var status = stat()
            guard stat(path, &status) == 0 else {
                throw RunningError("\(path) does not exist. Name files or folders to import.")
            }
            guard status.st_mode & S_IFMT == S_IFDIR else { return [path] }
            return below(path).map { path + "/" + $0 }.filter { file in
                endings.contains { file.lowercased().hasSuffix("." + $0) }
            }
        }
    }

    /// The paths of all files below `folder`, relative to it, sorted.
    static func below(_ folder: String) -> [String] {
        FolderListing.names(folder).flatMap { name -> [String] in
            let path = folder + "/" + name
            var status = stat()
            guard stat(path, &status) == 0 else { return [] }
            guard status.st_mode & S_IFMT == S_IFDIR else { return [name] }
            return below(path).map { name + "/" + $0 }
        }
    }
}

/// What lies in a folder.
enum FolderListing {
    /// The names in `folder`, sorted, without those that begin with a point; none where it is no
    /// folder.
    static func names(_ folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }
}
