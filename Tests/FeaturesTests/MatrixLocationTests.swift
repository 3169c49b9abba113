import Corpora
import Testing

@testable import Features

@Suite("Matrix location")
struct MatrixLocationTests {
    private let recording = Recording(
        id: "DE_c1", culture: "DE", frames: 1,
        columns: ["clip": "c1", "up": "..", "root": "/etc", "nul": "a\0b"], digests: [:])

    private func resolve(_ file: String, _ dataset: String = "d", below root: String = "data")
        throws
        -> (file: String, dataset: String)
    {
        try MatrixLocation(file: file, dataset: dataset).resolved(for: recording, below: root)
    }

    @Test("Each {column} is replaced by the recording's value")
    func replaces() throws {
        let place = try resolve("{culture}/x_{clip}.h5", "{id}/{clip}{clip}/audio")
        #expect(place == ("data/DE/x_c1.h5", "DE_c1/c1c1/audio"))
        #expect(try resolve("a.h5", below: "").file == "a.h5")
        #expect(try resolve("a.h5", below: "/").file == "/a.h5")
        #expect(try resolve("a..b/..c.h5").file == "data/a..b/..c.h5")
    }

    @Test("An unknown column is named with those that exist")
    func unknown() {
        for location in [("{klip}.h5", "d"), ("a.h5", "{klip}")] {
            let error = failure { try resolve(location.0, location.1) }
            #expect(error?.cause == .unknownColumn)
            #expect(error?.recording == "DE_c1")
            #expect(error?.what.contains("\"klip\"") == true)
            #expect(error?.what.contains("id, culture, clip, nul, root, up") == true)
            #expect(error?.advice.contains("{clip}") == true)
        }
    }

    @Test("Braces that do not pair are refused", arguments: ["{clip", "clip}", "a{", "}{clip}"])
    func braces(_ pattern: String) {
        #expect(cause { try resolve(pattern) } == .unknownColumn)
        #expect(cause { try resolve("a.h5", pattern) } == .unknownColumn)
    }

    @Test(
        "A file stays below the data root",
        arguments: [
            "/etc/passwd", "../a.h5", "a/../../b.h5", "a/..", "..", "{up}/a.h5", "{root}/a.h5", "",
            "a/{nul}.h5",
        ])
    func escapes(_ pattern: String) {
        let error = failure { try resolve(pattern) }
        #expect(error?.cause == .outsideDataRoot)
        #expect(error?.recording == "DE_c1")
    }
}
