/// The floors of the house, lowest first, and the arrows between modules of one floor.
enum House {
    static let floors: [[String]] = [
        ["Kernels"],
        ["Networks", "Descriptors"],
        ["Corpora", "Planning"],
        ["Leasing", "Simulating", "Training", "Scoring", "Reporting", "Preparing"],
        ["Features", "Messaging", "Journaling"],
        ["Running", "Launching"],
        ["concord", "concord-bench"],
    ]

    /// Importer → imported, on one floor.
    static let arrows = [
        "Planning": ["Corpora"], "Reporting": ["Scoring"], "Simulating": ["Leasing"],
        "Launching": ["Running"],
    ]

    /// The C library that each module may import.
    static let libraries = [
        "Kernels": "CKernels", "Features": "CHDF5", "Messaging": "CZeroMQ", "Journaling": "CSQLite",
    ]

    /// Packages and system modules that a pure module may import beside our own.
    static let pureImports = [
        "Corpora": ["Crypto", "Yams"], "Planning": ["Yams"],
    ]

    static func floor(of module: String) -> Int? { floors.firstIndex { $0.contains(module) } }

    /// Floors 0 to 3: no file, socket, clock, global random number or waiting.
    static func isPure(_ module: String) -> Bool { floor(of: module).map { $0 <= 3 } ?? false }

    static func mayImport(_ imported: String, from module: String) -> Bool {
        guard let target = floor(of: imported), let own = floor(of: module) else {
            return libraries[module] == imported
        }
        return target < own || arrows[module]?.contains(imported) == true
    }
}
