import Corpora
import Glibc
import Kernels
import Testing

@testable import Features

/// Damage that the library does not notice is for digests to find; it must not end the process.
/// The time limit is for libhdf5 1.10.8, which one damaged file in some ten thousand keeps busy for
/// ever (a cycle in a heap's free list); the mutations here are the same in every run.
@Suite("Robustness", .timeLimit(.minutes(5)))
struct RobustnessTests {
    @Test("300 damaged files, each with up to 8 changed bytes, end in values or in errors")
    func fuzz() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            try write(path) { writer in
                try writer.write("g/m", shape: [8, 4], floats: [Float](repeating: 1, count: 32))
                try writer.write("g/d", shape: [4, 2], doubles: [Double](repeating: 2, count: 8))
                try writer.write("g/m.mask", shape: [8], bytes: [UInt8](repeating: 1, count: 8))
                try writer.setAttribute("g", "run", .number(3))
                try writer.setAttribute("/", "hop", .numbers([0.1, 0.2]))
                // No strings of variable length: libhdf5 1.10 runs for ever in their damaged heap.
            }
            try damage(try bytes(of: path), in: folder)
        }
    }

    @Test(
        "So do compressed files of another library",
        .enabled(if: Python.hasH5py, Python.absence))
    func fuzzCompressed() throws {
        try withFolder { folder in
            let path = try Python.write(
                folder,
                """
                x = np.arange(200, dtype='f4').reshape(40, 5)
                f.create_dataset('g/m', data=x, chunks=(7, 5), compression='gzip', shuffle=True)
                f['g'].attrs['run'] = 3
                f['g'].attrs['fixed'] = np.bytes_('x')
                """)
            try damage(try bytes(of: path), in: folder)
        }
    }

    /// Changes bytes of `whole` 300 times and reads everything; surviving is the test.
    private func damage(_ whole: [UInt8], in folder: String) throws {
        var random = RandomStream(digest: Digest(of: whole.prefix(8)).bytes)
        // Where bytes are not zero something stands that can be damaged.
        let places = whole.indices.filter { whole[$0] != 0 }
        var outcomes = (values: 0, errors: 0)
        for _ in 0..<300 {
            var bytes = whole
            for _ in 0...random.below(8) {
                bytes[places[random.below(places.count)]] = UInt8(random.below(256))
            }
            try put(bytes, at: folder + "/damaged.h5")
            do {
                try readAll(HDF5File(path: folder + "/damaged.h5"))
                outcomes.values += 1
            } catch {
                #expect(error is FeatureError)
                outcomes.errors += 1
            }
        }
        #expect(outcomes.values + outcomes.errors == 300)
        #expect(outcomes.errors > 30, "the damage reached the structure")
    }

    private func readAll(_ file: HDF5File) throws {
        for path in ["/", "g", "g/m"] { _ = try file.attributes(path) }
        _ = try file.groups("g")
        for dataset in try file.datasets() {
            let matrix = try file.readMatrix(dataset)
            #expect(values(matrix).count == matrix.rows * matrix.columns)
            _ = try file.readDoubles(dataset)
        }
    }

    @Test("Dimensions whose product overflows are refused before any memory is taken")
    func overflow() {
        #expect(Library.count(of: []) == 1)
        #expect(Library.count(of: [3, 0, Int.max]) == 0)
        #expect(Library.count(of: [Int.max, Int.max]) == nil)
        #expect(Library.count(of: [1 << 31, 1 << 31]) == nil)
        #expect(Library.count(of: [1 << 60, 16]) == nil)
        #expect(Library.count(of: [1768, 11136]) == 1768 * 11136)
    }

    @Test(
        "A dataset that claims more than can be read at once is refused",
        .enabled(if: Python.hasH5py, Python.absence))
    func tooLarge() throws {
        try withFolder { folder in
            let path = try Python.write(
                folder,
                """
                d = f.create_dataset('m', (2**21, 2**10), 'f4', chunks=(2**10, 2**10))
                d[0, 0] = 1
                n = f.create_dataset('n', (2**14, 2**10), 'f4', chunks=(1, 1))
                n[0, 0] = 1
                o = f.create_dataset('o', (2**62, 2**62), 'f4', chunks=(1, 1))
                """)
            let file = try HDF5File(path: path)
            #expect(cause { try file.readMatrix("m") } == .tooLarge)
            #expect(cause { try file.readMatrix("n") } == .damaged)
            #expect(cause { try file.shape("o") } == .tooLarge)
        }
    }

    @Test("Many threads read one file, and fail, at once")
    func threads() async throws {
        let path = "/tmp/concord-features-threads-\(getpid()).h5"
        defer { unlink(path) }
        let doubles = (0..<2000).map { Double($0) / 4 }
        try write(path) { writer in
            try writer.write("m", shape: [1000, 2], doubles: doubles)
            try writer.write("n", shape: [1000, 2], floats: doubles.map(Float.init))
        }
        let file = try HDF5File(path: path)
        let sums = await withTaskGroup(of: Float.self) { group in
            for index in 0..<40 {
                group.addTask {
                    #expect(cause { try file.readMatrix("no/\(index)") } == .noSuchDataset)
                    let own = index % 4 == 0 ? try? HDF5File(path: path) : file
                    let matrix = try? own?.readMatrix(index % 2 == 0 ? "m" : "n")
                    return matrix.map(values)?.reduce(0, +) ?? -1
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(sums == [Float](repeating: 499_750, count: 40))
    }

    @Test("Errors of the library are thrown, never printed, on whatever thread")
    func silence() async throws {
        let result = await #expect(
            processExitsWith: .success, observing: [\.standardErrorContent]
        ) {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        #expect(throws: FeatureError.self) { try HDF5File(path: #filePath) }
                        #expect(throws: FeatureError.self) { try HDF5Writer(path: "/no/where") }
                    }
                }
            }
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(result != nil && !text.contains("HDF5-DIAG"))
    }
}
