import Corpora
import Foundation
import Glibc
import Leasing
import Testing

@testable import Running

/// Workers whose machines lack the data: they fetch what they need.
@Suite(.serialized)
struct TransferTests {
    private func files(in cache: URL) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: cache.path)) ?? []
        return names.filter { $0.count == 64 }.sorted()
    }

    @Test("A worker without data ends in the same report bytes; one with data copies nothing")
    func fetches() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            #expect(try sweep.run(store: "calm").status == 0)
            let empty = folder.appending(path: "empty").path
            try FileManager.default.createDirectory(
                atPath: empty, withIntermediateDirectories: true)
            let cache = folder.appending(path: "cache")
            let cluster = try HandCluster(sweep)
            let worker = try cluster.work("a", ["--data-root", empty, "--cache", cache.path])
            let ended = worker.wait()
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(cluster.coordinator.wait().status == 0)
            #expect(try sweep.report(of: "store") == sweep.report(of: "calm"))
            // 16 recordings × audio, video and gold traces.
            #expect(files(in: cache).count == 48)

            let second = try HandCluster(sweep, store: "own")
            let other = folder.appending(path: "other")
            #expect(try second.work("b", ["--cache", other.path]).wait().status == 0)
            #expect(second.coordinator.wait().status == 0)
            #expect(files(in: other).isEmpty)
        }
    }

    @Test("Bits flipped in the cache are noticed, and the file is fetched again: same bytes")
    func flipped() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            #expect(try sweep.run(store: "calm").status == 0)
            let empty = folder.appending(path: "empty").path
            try FileManager.default.createDirectory(
                atPath: empty, withIntermediateDirectories: true)
            let cache = folder.appending(path: "cache")
            let options = ["--data-root", empty, "--cache", cache.path]
            let first = try HandCluster(sweep)
            let filled = try first.work("a", options).wait()
            #expect(filled.status == 0)
            #expect(first.coordinator.wait().status == 0)
            let whole = files(in: cache)
            for name in whole.prefix(10) {
                let file = cache.appending(path: name)
                var data = try Data(contentsOf: file)
                data[data.count / 2] ^= 4
                try data.write(to: file)
            }
            let second = try HandCluster(sweep, store: "again")
            let ended = try second.work("b", options).wait()
            #expect(ended.status == 0)
            #expect(ended.errors.contains("is damaged and is fetched again"), "\(ended.errors)")
            #expect(second.coordinator.wait().status == 0)
            #expect(try sweep.report(of: "again") == sweep.report(of: "calm"))
            #expect(files(in: cache) == whole)
            for name in whole {
                let bytes = try Data(contentsOf: cache.appending(path: name))
                #expect(Digest(of: bytes).description == name)
            }
        }
    }

    @Test("A worker that is killed in the middle of a transfer goes on where it was")
    func killed() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder, models: TinySweep.gated)
            #expect(try sweep.run(store: "calm", also: TinySweep.last).status == 0)
            let empty = folder.appending(path: "empty").path
            try FileManager.default.createDirectory(
                atPath: empty, withIntermediateDirectories: true)
            let cache = folder.appending(path: "cache")
            let options = ["--data-root", empty, "--cache", cache.path]
            let cluster = try HandCluster(sweep)
            for _ in 0..<3 {
                let before = files(in: cache).count
                let worker = try cluster.work("a", options)
                // A look may come late, when all is there.
                try #require(
                    eventually {
                        let count = files(in: cache).count
                        return count > before || count == 48
                    })
                worker.signal(SIGKILL)
                _ = worker.wait()
            }
            let ended = try cluster.work("a", options + TinySweep.last).wait()
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(cluster.coordinator.wait().status == 0)
            #expect(try sweep.report(of: "store") == sweep.report(of: "calm"))
        }
    }

    @Test("What neither worker nor coordinator has stops the trials, with both reasons")
    func nowhere() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            try FileManager.default.removeItem(at: folder.appending(path: "corpus.h5"))
            let ran = try sweep.run(store: "store", workers: 1)
            #expect(ran.status == 3, "\(ran.errors)")
            #expect(ran.errors.contains("Nor could it be fetched"), "\(ran.errors)")
        }
    }
}

/// The cache of a machine, by itself.
@Suite
struct NodeCacheTests {
    private func chunk(_ content: [UInt8], _ range: Range<Int>) -> MatrixChunk {
        MatrixChunk(
            digest: Digest(of: content), offset: range.lowerBound, total: content.count,
            bytes: Array(content[range]))
    }

    /// Brings a file of so many bytes into the cache.
    private func add(_ content: [UInt8], to cache: NodeCache) throws -> String? {
        let digest = Digest(of: content)
        guard case .mine = try cache.open(digest) else { return "it is another's" }
        defer { cache.close(digest) }
        if let reason = cache.write(chunk(content, 0..<content.count)) { return reason }
        return settle(digest, in: cache.folder) ? nil : "it is damaged"
    }

    private func settle(_ digest: Digest, in folder: String) -> Bool {
        NodeCache.settle(digest, NodeCache.growing(digest, in: folder), in: folder)
    }

    private func content(_ number: Int, bytes: Int = 100_000) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* (number + 1)) }
    }

    @Test("The longest unused files go when room is needed; what is in use stays")
    func bounded() throws {
        try withFolder { folder in
            let cache = NodeCache(
                folder: folder.appending(path: "cache").path, bytesMax: 450_000)
            for number in 0..<4 {
                #expect(try add(content(number), to: cache) == nil)
                // The file system's clock ticks in milliseconds.
                usleep(20_000)
            }
            // The oldest one is being read, as trainers do.
            let used = open(cache.path(Digest(of: content(0))), O_RDONLY)
            #expect(flock(used, LOCK_SH) == 0)
            #expect(try add(content(9), to: cache) == nil)
            func has(_ number: Int) -> Bool {
                access(cache.path(Digest(of: content(number))), F_OK) == 0
            }
            #expect([0, 1, 2, 3, 9].map(has) == [true, false, true, true, true])
            close(used)
            let large = try #require(try add(content(5, bytes: 500_000), to: cache))
            #expect(large.contains("--cache-gib"))
        }
    }

    @Test("One worker fetches; another waits, and takes over what is there when the first is gone")
    func shared() throws {
        try withFolder { folder in
            let path = folder.appending(path: "cache").path
            let content = content(1)
            let digest = Digest(of: content)
            var first: NodeCache? = NodeCache(folder: path, bytesMax: 1 << 30)
            let second = NodeCache(folder: path, bytesMax: 1 << 30)
            let opening1 = try first!.open(digest)
            #expect(opening1 == .mine(have: 0))
            #expect(first!.write(chunk(content, 0..<40_000)) == nil)
            let opening2 = try second.open(digest)
            #expect(opening2 == .others(have: 40_000))
            first = nil
            let opening3 = try second.open(digest)
            #expect(opening3 == .mine(have: 40_000))
            // A chunk that does not begin there is none of it.
            #expect(second.write(chunk(content, 50_000..<60_000)) == nil)
            let opening4 = try second.open(digest)
            #expect(opening4 == .mine(have: 40_000))
            #expect(second.write(chunk(content, 40_000..<100_000)) == nil)
            #expect(settle(digest, in: path))
            second.close(digest)
            let opening5 = try second.open(digest)
            #expect(opening5 == .present)
        }
    }

    @Test("A digest that takes chunks in as they come, or reads them later, is the whole file's")
    func growing() throws {
        try withFolder { folder in
            let cache = NodeCache(
                folder: folder.appending(path: "cache").path, bytesMax: 1 << 30)
            let content = content(3, bytes: 400_000)
            let digest = Digest(of: content)
            _ = try cache.open(digest)
            let growing = NodeCache.growing(digest, in: cache.folder)
            var start = 0
            for end in [0, 1, 131_071, 131_073, 300_000, 400_000] {
                _ = cache.write(chunk(content, start..<end))
                if end == 131_073 {
                    #expect(growing.take(Array(content[start..<end]), at: start))
                    #expect(!growing.take(Array(content[start..<end]), at: start))
                } else {
                    try growing.catchUp()
                }
                #expect(growing.digest == Digest(of: content[..<end]))
                start = end
            }
            #expect(NodeCache.settle(digest, growing, in: cache.folder))
            #expect(try Data(contentsOf: URL(filePath: cache.path(digest))) == Data(content))
        }
    }

    @Test("What has another digest is not put in its place")
    func damaged() throws {
        try withFolder { folder in
            let cache = NodeCache(
                folder: folder.appending(path: "cache").path, bytesMax: 1 << 30)
            let digest = Digest(of: content(1))
            let opening6 = try cache.open(digest)
            #expect(opening6 == .mine(have: 0))
            var wrong = chunk(content(1), 0..<100_000)
            wrong.bytes[77] ^= 1
            #expect(cache.write(wrong) == nil)
            #expect(!settle(digest, in: cache.folder))
            cache.discard(digest)
            let opening7 = try cache.open(digest)
            #expect(opening7 == .mine(have: 0))
        }
    }
}
