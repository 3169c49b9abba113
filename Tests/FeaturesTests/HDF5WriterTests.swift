import Glibc
import Kernels
import Testing

@testable import Features

@Suite("HDF5 writer")
struct HDF5WriterTests {
    @Test("What is written is read again, and float32 is mapped, not copied, wherever it lies")
    func roundTrip() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            let writer = try HDF5Writer(path: path)
            // Seven bytes first: what follows would lie unaligned without care.
            try writer.write("b/audio.mask", shape: [7], bytes: [1, 0, 1, 1, 1, 0, 1])
            try writer.write("b/audio", shape: [2, 3], floats: [1, 2, 3, 4, 5, -6.5])
            try writer.write("b/targets", shape: [2, 1], doubles: [0.1, -0.2])
            try writer.write("loss", shape: [], doubles: [0.25])
            try writer.write("deep/er/cube", shape: [2, 1, 2], floats: [1, 2, 3, 4])
            let matrix = Matrix(rows: 3, columns: 1, values: [7, 8, 9])
            try writer.write("/m", matrix)
            try writer.close()

            let file = try HDF5File(path: path)
            #expect(
                try file.datasets()
                    == ["b/audio", "b/audio.mask", "b/targets", "deep/er/cube", "loss", "m"])
            #expect(try file.groups("/") == ["b", "deep"])
            #expect(try file.groups("deep") == ["er"])
            #expect(try file.groups("/deep/er/") == [])
            let audio = try file.readMatrix("b/audio")
            #expect(file.maps(audio))
            #expect(audio.rows == 2 && audio.columns == 3)
            #expect(values(audio) == [1, 2, 3, 4, 5, -6.5])
            #expect(values(try file.readMatrix("m")) == [7, 8, 9])
            #expect(file.maps(try file.readMatrix("/m")))
            #expect(try file.readMask("b/audio.mask") == [1, 0, 1, 1, 1, 0, 1])
            #expect(try file.readDoubles("b/targets").values == [0.1, -0.2])
            #expect(try file.shape("b/targets") == [2, 1])
            let targets = try file.readMatrix("b/targets")
            #expect(!file.maps(targets))
            #expect(values(targets) == [0.1, -0.2])
            #expect(try file.readDoubles("loss").shape == [])
            #expect(try file.readDoubles("loss").values == [0.25])
            #expect(try file.readFloats("deep/er/cube").values == [1, 2, 3, 4])
            #expect(try file.readIntegers("b/audio.mask").values == [1, 0, 1, 1, 1, 0, 1])
        }
    }

    @Test("A mapped matrix outlives its file, and the file's removal")
    func outlives() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            try write(path) { try $0.write("m", shape: [2, 2], floats: [1, 2, 3, 4]) }
            var file: HDF5File? = try HDF5File(path: path)
            let matrix = try #require(try file?.readMatrix("m"))
            #expect(file?.maps(matrix) == true)
            file = nil
            unlink(path)
            #expect(values(matrix) == [1, 2, 3, 4])
        }
    }

    @Test("Attributes of files, groups and datasets come back; a second value replaces the first")
    func attributes() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            let values: [String: AttributeValue] = [
                "culture": .text("DE"), "note": .text("v1 – ütf8"), "empty": .text(""),
                "hop": .number(0.1), "run": .number(3), "ranges": .numbers([-1, 1, 0.5]),
                "none": .numbers([]), "columns": .texts(["a", "béb", ""]),
            ]
            try write(path) { writer in
                try writer.write("g/d", shape: [1], floats: [1])
                for target in ["/", "g", "g/d"] {
                    try writer.setAttribute(target, "culture", .number(9))
                    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
                        try writer.setAttribute(target, name, value)
                    }
                }
            }
            let file = try HDF5File(path: path)
            for target in ["/", "", "g", "/g/", "g/d"] {
                #expect(try file.attributes(target) == values, "\(target)")
            }
        }
    }

    @Test("The same calls write the same bytes, at another time too")
    func deterministic() throws {
        try withFolder { folder in
            for name in ["a", "b"] {
                try write("\(folder)/\(name).h5") { writer in
                    try writer.write("g/d", shape: [3, 2], floats: [1, 2, 3, 4, 5, 6])
                    try writer.write("g/e", shape: [3], bytes: [1, 2, 3])
                    try writer.setAttribute("g", "culture", .text("DE"))
                    try writer.setAttribute("g/d", "columns", .texts(["x", "y"]))
                }
                if name == "a" { usleep(1_100_000) }  // Time stamps count seconds.
            }
            let (first, second) = try (bytes(of: folder + "/a.h5"), bytes(of: folder + "/b.h5"))
            #expect(first.count > 1000)
            #expect(first == second)
        }
    }

    @Test("Until it is closed the old file stands; without closing nothing is left behind")
    func allOrNothing() throws {
        try withFolder { folder in
            let path = folder + "/a.h5"
            try write(path) { try $0.write("old", shape: [1], floats: [1]) }
            do {
                let writer = try HDF5Writer(path: path)
                try writer.write("new", shape: [1], floats: [2])
                #expect(try HDF5File(path: path).datasets() == ["old"])
            }
            #expect(try HDF5File(path: path).datasets() == ["old"])
            #expect(try entries(of: folder) == ["a.h5"])
            try write(path) { try $0.write("new", shape: [1], floats: [2]) }
            #expect(try HDF5File(path: path).datasets() == ["new"])
            #expect(try entries(of: folder) == ["a.h5"])
        }
    }

    @Test("What cannot be written is an error that names the place")
    func errors() throws {
        try withFolder { folder in
            let missing = folder + "/no/such/folder/a.h5"
            let error = #expect(throws: FeatureError.self) { try HDF5Writer(path: missing) }
            #expect(error?.cause == .notWritten)
            #expect(error?.description.contains(missing) == true)

            let writer = try HDF5Writer(path: folder + "/a.h5")
            try writer.write("g/d", shape: [1], floats: [1])
            for refused in ["g/d", "g", "g/d/e", ""] {
                let error = #expect(throws: FeatureError.self, "\(refused)") {
                    try writer.write(refused, shape: [1], floats: [1])
                }
                #expect(error?.cause == .notWritten)
                #expect(error?.dataset == refused)
            }
            #expect(throws: FeatureError.self) {
                try writer.setAttribute("nowhere", "a", .number(1))
            }
            try writer.close()
            #expect(throws: FeatureError.self) { try writer.close() }
            #expect(throws: FeatureError.self) { try writer.write("x", shape: [1], floats: [1]) }
            #expect(throws: FeatureError.self) { try writer.setAttribute("/", "a", .number(1)) }
            #expect(try HDF5File(path: folder + "/a.h5").datasets() == ["g/d"])
        }
    }
}
