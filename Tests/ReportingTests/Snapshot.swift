import Foundation
import Testing

/// Texts that were looked at once and must not change unseen.
///
/// Keys and whole digests are left out: they change with every version of the numerics.
/// `CONCORD_RECORD=1 swift test --filter ReportingTests` writes them anew; look at the difference
/// before it is committed.
enum Snapshot {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Snapshots")

    static func expect(
        _ whole: String, is name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let text = whole.replacing(try Regex("[0-9a-f]{64}"), with: "<digest>")
        let file = folder.appendingPathComponent(name)
        if ProcessInfo.processInfo.environment["CONCORD_RECORD"] == "1" {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
            return
        }
        let expected = try String(decoding: Data(contentsOf: file), as: UTF8.self)
        guard text != expected else { return }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let known = expected.split(separator: "\n", omittingEmptySubsequences: false)
        let place =
            zip(lines, known).enumerated().first { $1.0 != $1.1 }?.offset
            ?? min(lines.count, known.count)
        Issue.record(
            """
            \(name) differs in line \(place + 1):
              now   \(place < lines.count ? lines[place] : "(no line)")
              known \(place < known.count ? known[place] : "(no line)")
            """,
            sourceLocation: sourceLocation)
    }
}
