import Corpora
import Foundation
import Leasing
import Planning
import Testing

@testable import Journaling

/// A store as one file, and back.
@Suite("Bundles of a store")
struct BundleTests {
    let scratch = Scratch()
    private var file: String { scratch.path + "/a.tar" }
    private var folder: String { scratch.path + "/unbundled" }

    private func makeStore() throws {
        let store = try Store.coordinate(scratch.store)
        try store.append(
            [.planned(document, trials: 30), .joined(worker, name: "w", slots: 2)], at: 1)
        for number in (0..<30).reversed() {
            try store.append(
                [
                    .leased(lease(number), worker),
                    .finished(lease(number), worker, delivery(number)),
                ],
                at: 2.5)
        }
        let models = scratch.store + "/models/deep"
        try FileManager.default.createDirectory(atPath: models, withIntermediateDirectories: true)
        for (name, size) in [("b.bin", 5000), ("a ü.bin", 0), ("c.bin", 512)] {
            try Data(repeating: 7, count: size).write(to: URL(filePath: models + "/" + name))
        }
    }

    private func bytes(_ path: String) -> Data? { FileManager.default.contents(atPath: path) }

    @Test("A bundle holds all, tools read it, and the store made of it is the same")
    func roundTrip() throws {
        try makeStore()
        // A model that is being written, or was when its writer died, is none.
        let draft = "/models/deep/d.model.draft"
        try Data([1]).write(to: URL(filePath: scratch.store + draft))
        try Store.bundle(scratch.store, into: file)
        try Store.unbundle(file, into: folder)
        #expect(bytes(folder + draft) == nil)
        let (old, new) = (try Store.observe(scratch.store), try Store.observe(folder))
        #expect(try old.entries() == new.entries())
        #expect(try old.document() == document && new.document() == document)
        for number in 0..<30 { #expect(try new.outcome(key(number)) == delivery(number)) }
        for name in ["models/deep/b.bin", "models/deep/a ü.bin", "models/deep/c.bin"] {
            #expect(bytes(folder + "/" + name) == bytes(scratch.store + "/" + name))
        }
        let tar = Process()
        tar.executableURL = URL(filePath: "/bin/sh")
        let out = scratch.path + "/tar"
        tar.arguments = [
            "-c",
            "mkdir '\(out)' && cd '\(out)' && tar xf '\(file)' && sha256sum -c --quiet SHA256SUMS",
        ]
        try tar.run()
        tar.waitUntilExit()
        #expect(tar.terminationStatus == 0)
        #expect(bytes(out + "/sweep.yaml") == Data(document.spec.utf8))
        #expect(bytes(out + "/manifests/2.yaml") == Data(document.manifests[1].utf8))
        // It goes on where the other one was.
        let store = try Store.coordinate(folder)
        try store.append([.leased(lease(99), worker)], at: 3)
        #expect(store.check() == [])
    }

    @Test(
        "The same content is the same bytes: of a copy, of a store made of a bundle, while written")
    func deterministic() throws {
        try makeStore()
        try Store.bundle(scratch.store, into: file)
        let first = try #require(bytes(file))
        try Store.unbundle(file, into: folder)
        let holder = try Store.coordinate(folder)
        try Store.bundle(folder, into: scratch.path + "/b.tar")
        #expect(bytes(scratch.path + "/b.tar") == first)
        try holder.append([.leased(lease(99), worker)], at: 3)
        try Store.bundle(folder, into: scratch.path + "/c.tar")
        #expect(bytes(scratch.path + "/c.tar") != first)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).count == 5)
    }

    @Test(
        "A bundle with a bit flipped anywhere, or cut or lengthened, is refused and leaves nothing")
    func damaged() throws {
        try makeStore()
        try Store.bundle(scratch.store, into: file)
        let whole = try #require(bytes(file))
        func refusal(_ data: Data) throws -> String? {
            try data.write(to: URL(filePath: file))
            let text = message { try Store.unbundle(file, into: folder) }
            #expect(!FileManager.default.fileExists(atPath: folder))
            return text
        }
        var generator = SystemRandomNumberGenerator()
        let some = (0..<300).map { _ in Int.random(in: 0..<whole.count, using: &generator) }
        for place in Array(0..<1600) + some + Array(whole.count - 1100..<whole.count) {
            var data = whole
            data[place] ^= UInt8(1) << UInt8.random(in: 0..<8, using: &generator)
            #expect(try refusal(data)?.contains(file) == true, "byte \(place)")
        }
        for length in [0, 1, 511, 512, 1024, whole.count / 2, whole.count - 512, whole.count - 1] {
            #expect(try refusal(whole.prefix(length))?.contains("too early") == true)
        }
        #expect(try refusal(whole + [0])?.contains("goes on after its end") == true)
        try whole.write(to: URL(filePath: file))
        try Store.unbundle(file, into: folder)
        #expect(try Store.observe(folder).outcomeKeys().count == 30)
    }

    @Test("A name that leads out of the folder is refused")
    func names() throws {
        try makeStore()
        for name in ["../x", "/x", "models/../../x", "lock", "models//x", "workers/0/worker"] {
            unlink(file)
            try Bundle(file).write([(name, scratch.store + "/models/deep/b.bin")])
            let text = message { try Store.unbundle(file, into: folder) }
            #expect(text?.contains("its list has the line") == true, "\(name): \(text ?? "")")
            #expect(!FileManager.default.fileExists(atPath: scratch.path + "/x"))
        }
    }

    @Test("Nothing is overwritten, a damaged store is not bundled, and a missing one is named")
    func refusals() throws {
        try makeStore()
        try Data().write(to: URL(filePath: file))
        #expect(
            message { try Store.bundle(scratch.store, into: file) }?
                .contains("it exists already") == true)
        #expect(bytes(file) == Data())
        unlink(file)
        try Store.bundle(scratch.store, into: file)
        #expect(
            message { try Store.unbundle(file, into: scratch.store) }?
                .contains("is not empty") == true)
        #expect(throws: JournalError.missing(folder: folder)) {
            try Store.bundle(folder, into: scratch.path + "/b.tar")
        }
        do {
            let store = try Store.coordinate(scratch.store)
            try store.database.script("DELETE FROM outcomes WHERE rowid = 3")
        }
        #expect(
            message { try Store.bundle(scratch.store, into: scratch.path + "/b.tar") }?
                .contains("cannot be bundled") == true)
        #expect(bytes(scratch.path + "/b.tar") == nil)
    }

    @Test("Sizes beyond eleven octal digits have a header too")
    func hugeFiles() throws {
        for size in [0, 1, 511, 512, (1 << 33) - 1, 1 << 33, 1 << 40, Int.max] {
            let header = try #require(TarHeader(name: "models/a", size: size))
            #expect(TarHeader(block: header.block) == header)
        }
        #expect(TarHeader(name: String(repeating: "x", count: 101), size: 1) == nil)
    }
}
