import Kernels
import Testing

@testable import Preparing

/// Tables as the tools of the field write them.
@Suite struct TableParserTests {
    @Test("openSMILE's CSV: semicolons, a quoted name, %e values")
    func openSMILE() throws {
        let read = try table(
            """
            name;frameTime;Loudness_sma3;alphaRatio_sma3
            'Train_DE_01';0.000000;1.250000e-01;-2.500000e+00
            'Train_DE_01';0.010000;2.500000e-01;0.000000e+00

            """)
        #expect(read.columns == ["Loudness_sma3", "alphaRatio_sma3"])
        #expect(read.times == [0, 0.01])
        #expect(read.values == [0.125, -2.5, 0.25, 0])
        #expect(read.instances == [Table.Instance(name: "Train_DE_01", rows: 0..<2)])
        #expect(read.isMeasured == nil)
    }

    @Test("The same numbers as ARFF, with text and nominal attributes passed over")
    func arff() throws {
        let read = try table(
            """
            % made by hand
            @relation 'x y'

            @ATTRIBUTE name string
            @attribute frameTime numeric
            @attribute 'a feature' REAL
            @attribute mfcc[1] numeric
            @attribute emotion {happy, 'not happy'}

            @data
            'a, b',0.0,1.5,-2,'not happy'
            'a, b',0.1,?,3,happy
            """)
        #expect(read.columns == ["a feature", "mfcc[1]"])
        #expect(read.times == [0, 0.1])
        #expect(read.values.map(\.isNaN) == [false, false, true, false])
        #expect(read.instances == [Table.Instance(name: "a, b", rows: 0..<2)])
    }

    @Test("The Python package's CSV: start and end as time spans")
    func pandas() throws {
        let read = try table(
            """
            file,start,end,F0
            a/b.wav,0 days 00:00:00,0 days 00:00:00.020000,1
            a/b.wav,0 days 00:00:00.010000,0 days 00:00:00.030000,2
            a/b.wav,1 days 01:01:01.5,0 days 00:00:00.030000,3
            """)
        #expect(read.columns == ["F0"])
        #expect(read.times == [0, 0.01, 90_061.5])
    }

    @Test("OpenFace 1.x and 2.x: blanks in headers; gaze, pose and units; success tells gaps")
    func openFace() throws {
        var format = TableFormat.openFace
        format.confidenceMin = 0.5
        let read = try table(
            """
            frame, timestamp, confidence, success, gaze_0_x, x_0, pose_Tx, AU01_r, AU28_c
            1, 0.000, 0.98, 1, 0.1, 311.5, 5.5, 0.25, 0
            2, 0.033, 0.98, 0, 0.2, 311.5, 5.5, 0.25, 1
            3, 0.067, 0.40, 1, 0.3, 311.5, 5.5, 0.25, 1
            4, 0.100, 0.50, 1, 0.4, 311.5, 5.5, -nan(ind), 1
            """, format)
        #expect(read.columns == ["gaze_0_x", "pose_Tx", "AU01_r", "AU28_c"])
        #expect(read.isMeasured == [true, false, false, true])
        #expect(read.values[..<4] == [0.1, 5.5, 0.25, 0])
        #expect(read.values[14].isNaN)
        let later = try table(
            "frame,face_id,timestamp,confidence,success,pose_Tx\n1,0,0.0,0.9,1,7\n",
            {
                var format = TableFormat.openFace
                format.columns = ["pose_*"]
                return format
            }())
        #expect(later.columns == ["pose_Tx"] && later.values == [7])
    }

    @Test("AVEC's own visual features: confidence is the mask, and a feature where it is asked for")
    func avecVisual() throws {
        let text = """
            name;frameTime;confidence;AU01_r
            'a';0.00;0.975;0.125
            'a';0.02;0.000;0.000
            'a';0.04;0.400;0.250

            """
        var format = TableFormat.avec
        let read = try table(text, format)
        #expect(read.columns == ["AU01_r"] && read.values == [0.125, 0, 0.25])
        #expect(read.isMeasured == [true, false, true])
        format.confidenceMin = 0.5
        #expect(try table(text, format).isMeasured == [true, false, false])
        format.columns = ["confidence", "AU*_r"]
        let both = try table(text, format)
        #expect(both.columns == ["confidence", "AU01_r"] && both.isMeasured?[1] == false)
        #expect(both.values == [0.975, 0.125, 0, 0, 0.4, 0.25])
        #expect(try table(text).columns == ["confidence", "AU01_r"])
    }

    @Test("Without a header: a name, a time and numbers, or numbers alone")
    func noHeader() throws {
        let bags = try table("'Train_DE_01';0.00;0.301;0\n'Train_DE_01';0.10;0;0.477\n")
        #expect(bags.columns == ["3", "4"] && bags.times == [0, 0.1])
        let plain = try table("0.5,1,2\n0.25,3,4\n")
        #expect(plain.columns == ["1", "2", "3"] && plain.times == nil && plain.rows == 2)
        var mapped = TableFormat()
        mapped.timeColumn = "1"
        mapped.columns = ["3"]
        let chosen = try table("0.5,1,2\n0.75,3,4\n", mapped)
        #expect(chosen.times == [0.5, 0.75] && chosen.values == [2, 4])
    }

    @Test("A header of numbers, as pandas writes it, is never taken as a row")
    func numberedHeader() throws {
        let framed = try table(",0,1\n0,5,6\n1,7,8\n")
        #expect(framed.columns == ["0", "1"] && framed.values == [5, 6, 7, 8])
        #expect(framed.hasHeader == true)
        #expect(try table(",F0,F1\n0,5,6\n").columns == ["F0", "F1"])
        let text = "0,1,2\n5,6,7\n"
        #expect(try #require(fault(text)).problem.contains("--header or --no-header"))
        var format = TableFormat()
        format.hasHeader = true
        #expect(try table(text, format).values == [5, 6, 7])
        format.hasHeader = false
        let plain = try table(text, format)
        #expect(plain.values == [0, 1, 2, 5, 6, 7] && plain.hasHeader == false)
        #expect(try table("0,1,3\n5,6,7\n").rows == 2)
    }

    @Test("Deep Spectrum: neurons by number, names with folders")
    func deepSpectrum() throws {
        let read = try table(
            "name,timeStamp,neuron_0,neuron_1\n/a/b.wav,0.0,1,2\n/a/b.wav,1.0,3,4\n")
        #expect(read.columns == ["neuron_0", "neuron_1"] && read.times == [0, 1])
    }

    @Test("MuSe: milliseconds, and a header of numbers")
    func muse() throws {
        let read = try table("timestamp,segment_id,0,1\n0,1,5,6\n250,1,7,8\n", .muse)
        #expect(read.columns == ["0", "1"] && read.times == [0, 0.25])
    }

    @Test("LibSVM: zeros that are not written, and a width that is said")
    func libSVM() throws {
        let read = try table("x 1:0.5 3:2\nx 2:1\nx\n")
        #expect(read.columns == ["1", "2", "3"])
        #expect(read.values == [0.5, 0, 2, 0, 1, 0, 0, 0, 0])
        var format = TableFormat()
        format.syntax = .sparse(width: 4)
        #expect(try table("0\n0 4:1\n", format).values == [0, 0, 0, 0, 0, 0, 0, 1])
    }

    @Test("Several recordings in one file are instances of their own")
    func instances() throws {
        let read = try table("name,timestamp,x\na,0,1\na,1,2\nb,0,3\n")
        #expect(
            read.instances == [
                Table.Instance(name: "a", rows: 0..<2), Table.Instance(name: "b", rows: 2..<3),
            ])
    }

    @Test("CRLF, a mark of UTF-8, blank lines, quotes and no last line break change nothing")
    func dressing() throws {
        let plain = try table("name;time;a;b\nx;0;1;2\nx;1;3;4\n")
        for text in [
            "name;time;a;b\r\nx;0;1;2\r\nx;1;3;4\r\n",
            "\u{FEFF}name;time;a;b\nx;0;1;2\nx;1;3;4",
            "\nname;time;a;b\n\nx;0;1;2\n\nx;1;3;4\n\n\n",
            "name\ttime\ta\tb\nx\t0\t1\t2\nx\t1\t3\t4\n",
            "\"name\"; \"time\" ;'a';b\n'x'; 0 ;\"1\"; 2\n'x';1;3;4 \r\n",
            "name time a b\nx  0  1   2\nx 1 3 4\n", "name;time;a;b\nx;0;1;2;\nx;1;3;4;\r\n",
        ] {
            #expect(try table(text) == plain, "\(text)")
        }
    }

    @Test("Pieces of any length give the same table")
    func pieces() throws {
        var random = RandomStream(seed: 3)
        var text = "name;frameTime;a;b;c\r\n"
        for row in 0..<200 {
            text += "'r_1';\(row);\(random.normal());\(random.normal());NaN\r\n"
        }
        let whole = try table(text)
        for pieces in [1, 2, 3, 7, 64, 1000] {
            let read = try table(text, pieces: pieces)
            #expect(read.times == whole.times && read.instances == whole.instances)
            #expect(read.values.map(\.bitPattern) == whole.values.map(\.bitPattern))
        }
    }

    @Test("Columns are chosen by name, pattern and list, and stay in the file's order")
    func selection() throws {
        let names = KnownFeatures.lists["egemaps-v02"]!
        let header = "name;frameTime;" + names.joined(separator: ";")
        let row = "x;0;" + names.indices.map { "\($0)" }.joined(separator: ";")
        var format = TableFormat()
        format.columns = ["egemaps-v01a"]
        let read = try table(header + "\n" + row + "\n", format)
        #expect(read.columns == KnownFeatures.lists["egemaps-v01a"]!)
        #expect(read.values.count == 23)
        #expect(!read.values.contains(20) && !read.values.contains(23))
        format.columns = ["mfcc*_sma3", "F0semitoneFrom27.5Hz_sma3nz"]
        #expect(try table(header + "\n" + row + "\n", format).columns.count == 5)
    }

    @Test("The lists have the sizes that the tools document, and are known by their columns")
    func lists() {
        let sizes = KnownFeatures.lists.mapValues(\.count)
        #expect(
            sizes == [
                "egemaps-v01a": 23, "egemaps-v02": 25, "egemaps-functionals": 88, "mfcc39": 39,
                "compare-lld": 65, "openface-aus": 17, "openface-faus": 18,
            ])
        for (name, list) in KnownFeatures.lists {
            #expect(Set(list).count == list.count)
            #expect(KnownFeatures.name(of: list) == name)
        }
        let compare = ["audspec_lengthL1norm_sma"] + (1..<65).map { "\($0)" }
        #expect(KnownFeatures.name(of: compare) == "compare-lld")
        #expect(KnownFeatures.name(of: ["x"]) == nil)
    }

    @Test("Patterns match whole names")
    func patterns() {
        for (text, pattern, holds) in [
            ("AU01_r", "AU*_r", true), ("AU01_c", "AU*_r", false), ("a", "*", true),
            ("ab", "a", false), ("aXbXc", "a*b*c", true), ("ab", "a*b*b", false),
            ("aba", "ab*ba", false), ("", "*", true), ("x", "**x", true),
        ] {
            #expect(Glob.matches(text, pattern) == holds, "\(text) \(pattern)")
        }
    }
}
