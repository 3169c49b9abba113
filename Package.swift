// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

func module(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// Tests are compiled without optimization, to be built sooner; what they test has it.
let test = strict + [.unsafeFlags(["-Onone"])]

func tests(_ module: String, _ dependencies: Target.Dependency...) -> Target {
    .testTarget(
        name: module + "Tests", dependencies: [.init(stringLiteral: module)] + dependencies,
        exclude: [
            "Reporting": ["Snapshots"], "Networks": ["References"], "Planning": ["References"],
            "Scoring": ["References"], "Preparing": ["References"], "Running": ["References"],
            "Descriptors": ["References"],
        ][module] ?? [],
        swiftSettings: test)
}

let package = Package(
    name: "concord",
    products: [
        .executable(name: "concord", targets: ["concord"]),
        .executable(name: "concord-bench", targets: ["concord-bench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: [
        // MARK: Floor 6: executables
        .executableTarget(
            name: "concord",
            dependencies: [
                "Launching", "Running", "Messaging", "Scoring", "Preparing", "Leasing", "Planning",
                "Descriptors", "Kernels",
                argumentParser,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "concord-bench",
            dependencies: [
                "Running", "Simulating", "Journaling", "Messaging", "Features", "Leasing", "Training",
                "Reporting", "Scoring", "Preparing", "Planning", "Corpora", "Networks",
                "Descriptors", "Kernels", argumentParser,
            ],
            swiftSettings: strict),

        // MARK: Floor 5: shells, where pure code meets input and output
        module(
            "Running",
            "Preparing", "Training", "Leasing", "Scoring", "Reporting", "Planning", "Corpora",
            "Descriptors", "Kernels", "Features", "Messaging", "Journaling"),

        module("Launching", "Running", "Messaging", "Planning", "Corpora", yams),

        // MARK: Floor 4: input and output, one C library each
        module("Features", "CHDF5", "Corpora", "Kernels"),
        .target(
            name: "Messaging",
            dependencies: ["CZeroMQ", "Leasing", "Planning", "Corpora", protobuf],
            exclude: ["wire.proto"], swiftSettings: strict),
        module("Journaling", "CSQLite", "Leasing", "Planning", "Corpora"),
        .systemLibrary(
            name: "CHDF5", pkgConfig: "hdf5-serial", providers: [.apt(["libhdf5-dev"])]),
        .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),

        // MARK: Floor 3: pure stages
        module("Leasing", "Planning", "Corpora"),
        module("Simulating", "Leasing", "Planning", "Corpora", "Kernels"),
        module("Training", "Planning", "Corpora", "Networks", "Descriptors", "Kernels"),
        module("Scoring", "Planning", "Corpora", "Kernels"),
        module("Reporting", "Scoring", "Planning", "Corpora", "Networks", "Kernels"),
        module("Preparing", "Corpora", "Descriptors", "Kernels"),

        // MARK: Floor 2: pure vocabulary
        module("Planning", "Corpora", "Networks", "Descriptors", "Kernels", yams),
        module("Corpora", "Kernels", crypto, yams),

        // MARK: Floor 1: layers, models, losses; what is made of features over windows
        module("Networks", "Kernels"),
        module("Descriptors", "Kernels"),

        // MARK: Floor 0: arithmetic
        module("Kernels", "CKernels"),
        .target(
            name: "CKernels",
            cSettings: [
                .unsafeFlags(["-O3", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"])
            ]),

        // MARK: Tests, one target a module
        tests("Kernels"),
        tests("Networks", "Kernels"),
        tests("Descriptors", "Kernels"),
        tests("Corpora", "Kernels"),
        tests("Planning", "Corpora", "Networks", "Descriptors", "Kernels"),
        tests("Leasing", "Simulating", "Planning", "Corpora"),
        tests("Simulating", "Leasing", "Planning", "Corpora"),
        tests("Training", "Planning", "Corpora", "Networks", "Descriptors", "Kernels", "Features"),
        tests("Scoring", "Planning", "Corpora", "Networks", "Kernels"),
        tests("Reporting", "Scoring", "Planning", "Corpora", "Networks", "Kernels"),
        tests("Preparing", "Corpora", "Descriptors", "Kernels"),
        tests("Features", "Corpora", "Kernels"),
        tests("Messaging", "Leasing", "Planning", "Corpora"),
        tests("Journaling", "Leasing", "Planning", "Corpora"),
        tests("Launching", "Running", "Messaging", "Corpora"),
        tests(
            "Running", "concord", "Features", "Messaging", "Journaling", "Leasing", "Planning",
            "Corpora", "Kernels"),
        .testTarget(
            name: "BenchTests", dependencies: ["concord-bench", "Kernels"], swiftSettings: test),
        .testTarget(name: "TidyTests", swiftSettings: test),
    ]
)
