import Glibc
import Kernels
import Testing

@testable import Features

@Suite("Files that are refused")
struct RefusalTests {
    @Test("A missing file, a folder, a forbidden file, a text and an empty file are told apart")
    func notAFile() throws {
        try withFolder { folder in
            #expect(cause { try HDF5File(path: folder + "/a.h5") } == .missingFile)
            #expect(cause { try HDF5File(path: folder + "/a.h5\0b") } == .missingFile)
            #expect(cause { try HDF5File(path: folder) } == .unreadableFile)
            try put(Array("name;frameTime;a\n".utf8), at: folder + "/a.csv")
            #expect(cause { try HDF5File(path: folder + "/a.csv") } == .notHDF5)
            try put([], at: folder + "/empty.h5")
            #expect(cause { try HDF5File(path: folder + "/empty.h5") } == .notHDF5)
            if geteuid() != 0 {
                chmod(folder + "/a.csv", 0)
                #expect(cause { try HDF5File(path: folder + "/a.csv") } == .unreadableFile)
            }
            let error = failure { try HDF5File(path: folder + "/a.h5") }
            #expect(
                error?.description == "\(folder)/a.h5 does not exist. "
                    + "Check the data root and the file pattern of the manifest.")
        }
    }

    @Test("A file that was cut short is refused at every length")
    func truncated() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            try write(path) { writer in
                try writer.write("g/m", shape: [20, 5], floats: [Float](repeating: 1, count: 100))
                try writer.setAttribute("g", "culture", .text("DE"))
            }
            let whole = try bytes(of: path)
            for length in stride(from: 1, to: whole.count, by: 61) {
                try put(Array(whole[..<length]), at: folder + "/b.h5")
                let cause = cause { try HDF5File(path: folder + "/b.h5") }
                #expect(cause == .truncated || cause == .notHDF5, "\(length)")
            }
            try put(Array(whole.dropLast()), at: folder + "/b.h5")
            #expect(
                failure { try HDF5File(path: folder + "/b.h5") }?.description
                    == "\(folder)/b.h5 is shorter than it says. Copy it again.")
        }
    }

    @Test("A wrong path names the nearest datasets; a group names those in it")
    func wrongPath() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            try write(path) { writer in
                for name in ["clip_01/audio", "clip_01/video", "clip_02/audio", "other"] {
                    try writer.write(name, shape: [1, 1], floats: [1])
                }
            }
            let file = try HDF5File(path: path)
            let error = failure { try file.readMatrix("clip_01/adio") }
            #expect(error?.cause == .noSuchDataset)
            #expect(
                error?.description == "\(path): dataset \"clip_01/adio\" does not exist. The "
                    + "nearest are \"clip_01/audio\", \"clip_02/audio\", \"clip_01/video\".")
            for wrong in ["clip_01/audio/deeper", "", "/", "clip_01/audio\0", "no/such/path"] {
                let error = failure { try file.readMatrix(wrong) }
                #expect(error?.cause == .noSuchDataset, "\(wrong)")
                #expect(error?.file == path)
            }
            let group = failure { try file.readMatrix("clip_01") }
            #expect(group?.cause == .notADataset)
            #expect(
                group?.description == "\(path): dataset \"clip_01\" is a group. "
                    + "Name a dataset in it: \"clip_01/audio\", \"clip_01/video\".")
            #expect(cause { try file.attributes("clip_03") } == .noSuchDataset)
            #expect(cause { try file.groups("clip_03") } == .noSuchDataset)
            #expect(file.contains("clip_01") && file.contains("/clip_01/audio"))
            #expect(!file.contains("clip_03") && !file.contains("clip_03/audio"))
        }
    }

    @Test("What is not a matrix of values is refused with its shape")
    func notAMatrix() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            try write(path) { writer in
                try writer.write("cube", shape: [1, 2, 1], floats: [1, 2])
                try writer.write("scalar", shape: [], floats: [1])
                try writer.write("empty", shape: [0, 5], floats: [])
                try writer.write("wide", shape: [2, 2], bytes: [1, 1, 1, 1])
                try writer.write("two", shape: [3], bytes: [1, 2, 1])
                try writer.write("half", shape: [1], floats: [0.5])
            }
            let file = try HDF5File(path: path)
            let cube = failure { try file.readMatrix("cube") }
            #expect(cube?.cause == .notAMatrix)
            #expect(cube?.what.contains("[1, 2, 1]") == true)
            #expect(cause { try file.readMatrix("scalar") } == .notAMatrix)
            #expect(cause { try file.readMatrix("empty") } == .empty)
            #expect(try file.readDoubles("empty").shape == [0, 5])
            #expect(cause { try file.readMask("wide") } == .notAMatrix)
            #expect(cause { try file.readIntegers("half") } == .notNumeric)
            let mask = failure { try file.readMask("two") }
            #expect(mask?.cause == .notAMask)
            #expect(mask?.what == "holds 2.0 at frame 1 (counted from 0)")
            #expect(cause { try file.readMask("half") } == .notAMask)
        }
    }

    @Test(
        "What this library cannot decode is refused by name",
        .enabled(if: Python.hasH5py, Python.absence),
        arguments: [
            ("", "f.create_dataset('m', data=x, compression='lzf')", .unsupportedFilter, "lzf"),
            ("", "f['m'] = np.array([b'a', b'b'])", .notNumeric, "strings"),
            ("", "f['m'] = np.zeros(3, dtype=[('a', 'f4')])", .notNumeric, "table"),
            ("", "f['m'] = x.astype('c8')", .notNumeric, "plain numbers"),
            ("", "f['m'] = x.astype(np.longdouble)", .notNumeric, "unknown layout"),
            (
                "",
                """
                t = h5py.h5t.STD_I32LE.copy(); t.set_precision(20); t.set_offset(3)
                h5py.h5d.create(f.id, b'm', t, h5py.h5s.create_simple((9, 5)))
                """, .notNumeric, "unknown layout"
            ),
            ("", "f['m'] = h5py.Empty('f4')", .empty, "no values"),
            ("", "f.create_dataset('m', (9, 5), dtype='f4')", .empty, "never written"),
            ("", "f.create_dataset('m', (9, 5), 'f4', chunks=(3, 5))", .empty, "never written"),
            (
                "", "f.create_dataset('m', (1, 2), 'f4', external=[('raw.bin', 0, 8)])[()] = 1",
                .elsewhere, "other files"
            ),
            (
                "",
                """
                v = h5py.VirtualLayout((9, 5), 'f4')
                v[:] = h5py.VirtualSource('b.h5', 'm', (9, 5))
                f.create_virtual_dataset('m', v)
                """, .elsewhere, "other files"
            ),
            (
                "", "f.create_group('m').attrs['pandas_type'] = np.bytes_('frame')", .pandas,
                "pandas"
            ),
        ] as [(String, String, FeatureError.Cause, String)])
    func undecodable(_ example: (String, String, FeatureError.Cause, String)) throws {
        try refused(example)
    }

    @Test(
        "A format newer than the library's is refused as such",
        .enabled(
            if: Python.hasNewerHDF5, "python3's h5py does not stand on HDF5 1.12 or newer"))
    func newer() throws {
        try refused(
            (
                "libver='latest'",
                "f.create_dataset('m', data=x, chunks=(4, 5), compression='gzip')", .newerFormat,
                "newer HDF5"
            ))
    }

    private func refused(_ example: (String, String, FeatureError.Cause, String)) throws {
        try withFolder { folder in
            let path = try Python.write(
                folder, options: example.0, "x = np.ones((9, 5), dtype='f4')\n" + example.1)
            let error = failure { try HDF5File(path: path).readMatrix("m") }
            #expect(error?.cause == example.2, "\(String(describing: error))")
            #expect(error?.description.contains(example.3) == true, "\(String(describing: error))")
            #expect(error?.dataset == "m")
        }
    }

    @Test(
        "A pandas table is refused from inside too, with what to write instead",
        .enabled(if: Python.hasH5py, Python.absence))
    func pandas() throws {
        try withFolder { folder in
            let path = try Python.write(
                folder,
                """
                f.create_group('a/df').attrs['pandas_type'] = np.bytes_('frame')
                f['a/df/block0_values'] = np.ones((3, 2))
                """)
            let error = failure { try HDF5File(path: path).readMatrix("a/df/block0_values") }
            #expect(error?.cause == .pandas)
            #expect(error?.advice.contains("file[\"a/df\"]") == true)
        }
    }

    @Test(
        "Of the newest format what can be read is read",
        .enabled(if: Python.hasH5py, Python.absence))
    func newest() throws {
        try withFolder { folder in
            let path = try Python.write(
                folder, options: "libver='latest'",
                """
                f['g/m'] = np.ones((2, 2), dtype='<f4')
                f['g/m'].attrs['class'] = np.bytes_('double')
                f['g'].attrs['culture'] = 'DE'
                """)
            let file = try HDF5File(path: path)
            let matrix = try file.readMatrix("g/m")
            #expect(values(matrix) == [1, 1, 1, 1] && file.maps(matrix))
            #expect(try file.attributes("g/m") == ["class": .text("double")])
            #expect(try file.attributes("g") == ["culture": .text("DE")])
        }
    }
}
