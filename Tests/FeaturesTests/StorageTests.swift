import Glibc
import Kernels
import Testing

@testable import Features

/// Files as h5py and MATLAB write them.
@Suite("Storage of others", .enabled(if: Python.hasH5py, Python.absence))
struct StorageTests {
    /// `x`, a matrix of small whole numbers and halves that every type but integers holds exactly.
    private static let x = "x = (np.arange(21 * 5).reshape(21, 5) - 40) / 2\n"
    private static let numbers = (0..<105).map { (Float($0) - 40) / 2 }

    @Test("Contiguous float32 is mapped without a copy, behind a user block too")
    func contiguous() throws {
        for options in ["", "userblock_size=512", "libver=('earliest', 'v110')"] {
            try withFolder { folder in
                let path = try Python.write(
                    folder, options: options, Self.x + "f['a/m'] = x.astype('<f4')")
                let file = try HDF5File(path: path)
                let matrix = try file.readMatrix("a/m")
                #expect(file.maps(matrix), "\(options)")
                #expect(matrix.rows == 21 && matrix.columns == 5)
                #expect(values(matrix) == Self.numbers)
            }
        }
    }

    @Test(
        "Every other storage is converted to the same values",
        arguments: [
            "f['m'] = x",
            "f['m'] = x.astype('>f4')",
            "f['m'] = x.astype('>f8')",
            "f['m'] = x.astype('f2')",
            "f['m'] = x.astype('>f2')",
            "f.create_dataset('m', data=x.astype('f4'), chunks=(8, 2))",
            "f.create_dataset('m', data=x.astype('f4'), chunks=(64, 64), maxshape=(None, None))",
            "f.create_dataset('m', data=x.astype('f4'), compression='gzip')",
            "f.create_dataset('m', data=x, compression='gzip', shuffle=True, fletcher32=True)",
            "f.create_dataset('m', data=x.astype('>f4'), chunks=(5, 5), shuffle=True)",
        ])
    func converted(_ storage: String) throws {
        try withFolder { folder in
            let file = try HDF5File(path: try Python.write(folder, Self.x + storage))
            let matrix = try file.readMatrix("m")
            #expect(!file.maps(matrix))
            #expect(matrix.rows == 21 && matrix.columns == 5)
            #expect(values(matrix) == Self.numbers)
            #expect(try file.readFloats("m").values == Self.numbers)
            #expect(try file.readDoubles("m").values == Self.numbers.map(Double.init))
            #expect(try file.shape("m") == [21, 5])
        }
    }

    @Test("Integers and booleans of every width are read as numbers")
    func integers() throws {
        try withFolder { folder in
            let path = try Python.write(
                folder,
                """
                x = np.array([[0, 1], [100, 7]])
                for t in ['i1', 'u1', '<i2', '>i2', '<u4', '>i8', '<i8']: f[t] = x.astype(t)
                f['signed'] = np.array([-3, 2**40], dtype='i8')
                f['flags'] = np.array([True, False, True])
                f['mask'] = np.array([1, 0, 1], dtype='u1')
                f['mask64'] = np.array([[1.0], [0.0], [1.0]])
                """)
            let file = try HDF5File(path: path)
            for type in ["i1", "u1", "<i2", ">i2", "<u4", ">i8", "<i8"] {
                #expect(values(try file.readMatrix(type)) == [0, 1, 100, 7], "\(type)")
                #expect(try file.readIntegers(type).values == [0, 1, 100, 7], "\(type)")
            }
            #expect(try file.readIntegers("signed").values == [-3, 1 << 40])
            #expect(try file.readDoubles("flags").values == [1, 0, 1])
            for mask in ["flags", "mask", "mask64"] {
                #expect(try file.readMask(mask) == [1, 0, 1], "\(mask)")
            }
        }
    }

    @Test("Contiguous float32 at an odd place in the file is copied")
    func unaligned() throws {
        try withFolder { folder in
            let path = try Python.write(
                folder,
                Self.x + """
                    for i in range(4):
                        f[f'odd{i}'] = np.zeros(1 + i, dtype='u1')
                        f[f'm{i}'] = x.astype('<f4')
                    """)
            let file = try HDF5File(path: path)
            var copies = 0
            for name in ["m0", "m1", "m2", "m3"] {
                let matrix = try file.readMatrix(name)
                if !file.maps(matrix) { copies += 1 }
                #expect(values(matrix) == Self.numbers)
            }
            #expect(copies > 0)
        }
    }

    @Test("One dimension is one column; compact storage, links and slashes are read alike")
    func forms() throws {
        try withFolder { folder in
            let path = try Python.write(
                folder,
                """
                f['g/line'] = np.array([1, 2, 3], dtype='<f4')
                f['soft'] = h5py.SoftLink('/g/line')
                f['hard'] = f['g/line']
                f['dangling'] = h5py.SoftLink('/nowhere')
                p = h5py.h5p.create(h5py.h5p.DATASET_CREATE); p.set_layout(h5py.h5d.COMPACT)
                d = h5py.h5d.create(f.id, b'compact', h5py.h5t.IEEE_F32LE,
                                    h5py.h5s.create_simple((2, 2)), p)
                d.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([[1, 2], [3, 4]], dtype='f4'))
                """)
            let file = try HDF5File(path: path)
            for name in ["g/line", "/g/line", "soft", "hard", "//g//line/"] {
                let matrix = try file.readMatrix(name)
                #expect(matrix.rows == 3 && matrix.columns == 1)
                #expect(values(matrix) == [1, 2, 3])
            }
            #expect(values(try file.readMatrix("compact")) == [1, 2, 3, 4])
            #expect(try file.datasets().count == 2)
            #expect(throws: FeatureError.self) { try file.readMatrix("dangling") }
        }
    }

    @Test("MATLAB's doubles behind its user block are read frames first")
    func matlab() throws {
        try withFolder { folder in
            let path = try Python.write(
                folder, options: "userblock_size=512",
                Self.x + """
                    f['features'] = x
                    f['features'].attrs['MATLAB_class'] = np.bytes_('double')
                    f['nothing'] = np.array([0, 0], dtype='u8')
                    f['nothing'].attrs['MATLAB_empty'] = np.uint8(1)
                    f['cells'] = np.array([f['features'].ref], dtype=h5py.ref_dtype)
                    """)
            let file = try HDF5File(path: path)
            let matrix = try file.readMatrix("features")
            #expect(matrix.rows == 21 && matrix.columns == 5)
            #expect(values(matrix) == Self.numbers)
            #expect(try file.attributes("features") == ["MATLAB_class": .text("double")])
            #expect(cause { try file.readMatrix("nothing") } == .empty)
            #expect(cause { try file.readMatrix("cells") } == .notNumeric)
        }
    }

    @Test("Attributes of every form are read; references and compounds are left out")
    func attributes() throws {
        try withFolder { folder in
            let path = try Python.write(
                folder,
                """
                a = f.create_group('g').attrs
                a['text'] = 'v1 – ütf8'
                a['fixed'] = np.bytes_('DE')
                a['texts'] = ['a', 'béb']
                a['fixed_texts'] = np.array([b'ab', b'c'])
                a['whole'] = 3
                a['hop'] = np.float32(0.5)
                a['big_endian'] = np.array([1, 2], dtype='>i2')
                a['true'] = True
                a['void'] = h5py.Empty('f4')
                a['table'] = np.zeros(1, dtype=[('a', 'f4')])
                a['grid'] = np.arange(4.0).reshape(2, 2)
                t = h5py.h5t.C_S1.copy(); t.set_size(6); t.set_strpad(h5py.h5t.STR_SPACEPAD)
                h5py.h5a.create(f['g'].id, b'padded', t, h5py.h5s.create(h5py.h5s.SCALAR)).write(
                    np.array(b'IT    '))
                """)
            #expect(
                try HDF5File(path: path).attributes("g") == [
                    "text": .text("v1 – ütf8"), "fixed": .text("DE"), "padded": .text("IT"),
                    "texts": .texts(["a", "béb"]), "fixed_texts": .texts(["ab", "c"]),
                    "whole": .number(3), "hop": .number(0.5), "big_endian": .numbers([1, 2]),
                    "true": .number(1), "void": .numbers([]), "grid": .numbers([0, 1, 2, 3]),
                ])
        }
    }

    @Test("h5py reads what we write")
    func readByOthers() throws {
        try withFolder { folder in
            try write(folder + "/a.h5") { writer in
                try writer.write("g/m", shape: [2, 2], floats: [1, 2, 3, 4])
                try writer.write("g/m.mask", shape: [2], bytes: [1, 0])
                try writer.write("loss", shape: [], doubles: [0.5])
                try writer.setAttribute("g", "culture", .text("DÉ"))
                try writer.setAttribute("g/m", "columns", .texts(["a", "b"]))
                try writer.setAttribute("/", "hop", .number(0.1))
            }
            try Python.run(
                folder,
                """
                f = h5py.File('a.h5', 'r')
                assert f['g/m'].dtype == '<f4' and f['g/m'][()].tolist() == [[1, 2], [3, 4]]
                assert f['g/m'].chunks is None
                assert f['g/m.mask'].dtype == 'u1' and f['g/m.mask'][()].tolist() == [1, 0]
                assert f['loss'].dtype == '<f8' and f['loss'][()] == 0.5
                assert f['g'].attrs['culture'] == 'DÉ'
                assert list(f['g/m'].attrs['columns']) == ['a', 'b']
                assert f.attrs['hop'] == 0.1
                """)
        }
    }
}

/// The cause of the error that `body` throws; nil when it throws none.
func cause<T>(_ body: () throws -> T) -> FeatureError.Cause? { failure(body)?.cause }

/// The error that `body` throws; nil when it throws none.
func failure<T>(_ body: () throws -> T) -> FeatureError? {
    do {
        _ = try body()
        return nil
    } catch {
        return error as? FeatureError
    }
}
