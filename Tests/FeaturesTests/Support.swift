import Features
import Glibc
import Kernels
import Testing

/// Runs `body` in a new folder, which is removed afterwards.
func withFolder<T>(_ body: (String) throws -> T) throws -> T {
    var template = Array("/tmp/concord-features-XXXXXX".utf8CString)
    let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
    defer { remove(folder) }
    return try body(folder)
}

/// Writes a file by `body` and closes it.
func write(_ path: String, _ body: (HDF5Writer) throws -> Void) throws {
    let writer = try HDF5Writer(path: path)
    try body(writer)
    try writer.close()
}

/// The values of a matrix, which lives at least until they are copied.
func values(_ matrix: Matrix) -> [Float] { withExtendedLifetime(matrix) { Array(matrix.values) } }

/// The bytes of a file.
func bytes(of path: String) throws -> [UInt8] {
    let file = try #require(fopen(path, "rb"))
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
        bytes += buffer[..<count]
    }
    return bytes
}

/// Writes `bytes` as a file.
func put(_ bytes: [UInt8], at path: String) throws {
    let file = try #require(fopen(path, "wb"))
    defer { fclose(file) }
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
}

/// How many files under `folder` this process holds open.
func openFiles(in folder: String) throws -> Int {
    try entries(of: "/proc/self/fd").count { descriptor in
        var target = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/fd/\(descriptor)", &target, target.count)
        let bytes = target.prefix(max(length, 0)).map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self).hasPrefix(folder + "/")
    }
}

/// The names in a folder, sorted.
func entries(of folder: String) throws -> [String] {
    let open = try #require(opendir(folder))
    defer { closedir(open) }
    var names: [String] = []
    while let entry = readdir(open) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
}

private func remove(_ folder: String) {
    for name in (try? entries(of: folder)) ?? [] { unlink("\(folder)/\(name)") }
    rmdir(folder)
}

/// Python with h5py, which writes what our own writer does not.
enum Python {
    private static let interpreter =
        getenv("CONCORD_PYTHON").map { String(cString: $0) } ?? "python3"

    /// Whether it has h5py and numpy.
    static let hasH5py = system("\(interpreter) -c 'import h5py, numpy' 2>/dev/null") == 0

    /// Whether that h5py can write what HDF5 1.10 cannot read.
    static let hasNewerHDF5 =
        system(
            "\(interpreter) -c 'import h5py; assert h5py.version.hdf5_version_tuple >= (1, 12)'"
                + " 2>/dev/null") == 0

    /// Printed where a test is skipped.
    static let absence: Comment = "python3 with h5py and numpy is not installed"

    /// Runs `script` with `f`, the new file `folder`/a.h5, opened with `options`.
    static func write(_ folder: String, options: String = "", _ script: String) throws -> String {
        let path = folder + "/a.h5"
        try run(
            folder,
            """
            with h5py.File("\(path)", "w"\(options.isEmpty ? "" : ", " + options)) as f:
            \(script.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n"))
            """)
        return path
    }

    /// Runs `script` in `folder`, with numpy as np and h5py imported.
    static func run(_ folder: String, _ script: String) throws {
        let path = folder + "/script.py"
        try put(Array("import h5py, numpy as np, hashlib, struct\n\(script)\n".utf8), at: path)
        defer { unlink(path) }
        try #require(system("cd \(folder) && \(interpreter) script.py") == 0, "the script failed")
    }
}
