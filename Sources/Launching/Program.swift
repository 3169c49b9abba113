import Corpora
import Foundation
import Glibc
import Running

/// The program as it is copied to hosts: the executable, and the libraries brought along with it.
struct Program: Hashable {
    /// The SHA-256 of the executable, in hexadecimal digits.
    let digest: String
    /// The executable's name.
    let name: String
    /// The folder that it lies in.
    let folder: String
    /// The folder `lib` beside it, where a release has its libraries; none for a program that was
    /// built here.
    var libraries: [String] {
        FileManager.default.fileExists(atPath: folder + "/lib") ? ["lib"] : []
    }

    /// A program of these parts.
    init(digest: String, name: String, folder: String) {
        self.digest = digest
        self.name = name
        self.folder = folder
    }

    /// The program of an executable's file.
    ///
    /// - Throws: `RunningError` when it cannot be read.
    init(executable path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw RunningError("cannot read the program \(path)") }
        defer { close(descriptor) }
        var stream = DigestStream()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw RunningError("cannot read the program \(path)") }
            if count == 0 { break }
            stream.add(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        let file = URL(filePath: path)
        self.init(
            digest: "\(stream.digest)", name: file.lastPathComponent,
            folder: file.deletingLastPathComponent().path)
    }
}
