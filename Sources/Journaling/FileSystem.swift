import CSQLite
import Glibc

/// The few calls to the system that a store needs.
enum FileSystem {
    /// The network file system whose number in `statfs` is `type`, or nil.
    ///
    /// SQLite's write-ahead log needs memory that all processes share, and locks that hold; these
    /// file systems promise neither between machines. The numbers are in Linux's `magic.h`, those
    /// of Lustre, GPFS, BeeGFS and OrangeFS in their own headers.
    static func networkName(ofType type: UInt) -> String? {
        switch type & 0xFFFF_FFFF {
        case 0x6969: "NFS"
        case 0x517B: "SMB"
        case 0xFF53_4D42: "CIFS"
        case 0xFE53_4D42: "SMB 2"
        case 0x0BD0_0BD0: "Lustre"
        case 0x4750_4653: "GPFS"
        case 0x1983_0326: "BeeGFS"
        case 0x2003_0528: "OrangeFS"
        case 0x00C3_6400: "Ceph"
        case 0x5346_414F, 0x6B41_4653: "AFS"
        case 0x0102_1997: "9P"
        case 0x7375_7245: "Coda"
        case 0x013A_F1B4: "GlusterFS"
        default: nil
        }
    }

    /// The number of the file system that `path` lies on; 0 when it is not known.
    static func type(of path: String) -> UInt { concord_file_system(path) }

    /// Makes the folder `path` and those above it, where they are missing.
    static func makeFolder(_ path: String) throws(JournalError) {
        var position = path.startIndex
        while position < path.endIndex {
            position = path[position...].dropFirst().firstIndex(of: "/") ?? path.endIndex
            let code = mkdir(String(path[..<position]), 0o777)
            if code != 0, errno != EEXIST, errno != EISDIR {
                throw failure(String(path[..<position]), "making the folder")
            }
        }
    }

    /// The content of the file at `path`, or nil when there is none.
    static func read(_ path: String) throws(JournalError) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        if file < 0, errno == ENOENT { return nil }
        guard file >= 0 else { throw failure(path, "opening") }
        defer { close(file) }
        var content: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = Glibc.read(file, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(path, "reading") }
            if count == 0 { return content }
            content += piece[..<count]
        }
    }

    /// Writes all of `bytes` at the descriptor's place.
    static func write(_ bytes: [UInt8], to file: Int32, _ path: String) throws(JournalError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(file, $0.baseAddress! + done, $0.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(path, "writing") }
            done += count
        }
    }

    /// Replaces the file at `path` by one with `bytes`: a reader sees the old one or the new one,
    /// also after a power cut.
    static func replace(_ path: String, by bytes: [UInt8]) throws(JournalError) {
        let draft = path + ".new"
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw failure(draft, "opening") }
        defer { close(file) }
        try write(bytes, to: file, draft)
        guard fsync(file) == 0 else { throw failure(draft, "writing") }
        guard rename(draft, path) == 0 else { throw failure(path, "renaming") }
        syncFolder(of: path)
    }

    /// Forces what was renamed to `path`, or beside it, to the disk.
    static func syncFolder(of path: String) {
        let end = path.lastIndex(of: "/")
        let folder = open(end.map { String(path[...$0]) } ?? ".", O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    /// The paths of all files in `folder` and below, relative to it and in order; none where it is
    /// missing.
    static func files(in folder: String) throws(JournalError) -> [String] {
        guard let stream = opendir(folder) else {
            if errno == ENOENT { return [] }
            throw failure(folder, "listing")
        }
        defer { closedir(stream) }
        var files: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            if isFolder(folder + "/" + name) {
                files += try self.files(in: folder + "/" + name).map { name + "/" + $0 }
            } else {
                files.append(name)
            }
        }
        return files.sorted()
    }

    /// Removes `folder` with all that is in it, as far as the system lets it.
    static func remove(_ folder: String) {
        for name in (try? files(in: folder)) ?? [] {
            unlink(folder + "/" + name)
            var parts = name.split(separator: "/").dropLast()
            while !parts.isEmpty {
                rmdir(folder + "/" + parts.joined(separator: "/"))
                parts.removeLast()
            }
        }
        rmdir(folder)
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func failure(_ path: String, _ operation: String) -> JournalError {
        .file(path: path, operation: operation, message: String(cString: strerror(errno)))
    }
}
