import Foundation

/// The repository's own files, as the tidy tests read them.
struct SourceTree {
    struct File {
        /// Relative to the repository's root, such as `Sources/Leasing/Dispatcher.swift`.
        let path: String
        let lines: [String]
        /// The folder under `Sources` or `Tests`.
        var module: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
        /// Written by protoc, not by us.
        var isGenerated: Bool { path.hasSuffix(".pb.swift") }
    }

    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// All files under `folder` with one of these endings, by path.
    static func files(under folder: String, endings: [String]) throws -> [File] {
        let base = root.appending(path: folder)
        let names = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String }
        return try (names ?? []).sorted()
            .filter { name in endings.contains { name.hasSuffix($0) } }
            .map { name in
                let text = try String(contentsOf: base.appending(path: name), encoding: .utf8)
                return File(
                    path: "\(folder)/\(name)",
                    lines: text.split(separator: "\n", omittingEmptySubsequences: false)
                        .map(String.init))
            }
    }

    /// The Swift files that people write.
    static func swift(under folder: String) throws -> [File] {
        try files(under: folder, endings: [".swift"]).filter { !$0.isGenerated }
    }
}
