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

func tests(_ module: String, _ dependencies: Target.Dependency...) -> Target {
    .testTarget(
        name: module + "Tests", dependencies: [.init(stringLiteral: module)] + dependencies,
        swiftSettings: strict)
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
            dependencies: ["Running", argumentParser], swiftSettings: strict),
        .executableTarget(
            name: "concord-bench",
            dependencies: ["Features", "Networks", argumentParser], swiftSettings: strict),

        // MARK: Floor 5: shells, where pure code meets input and output
        module(
            "Running",
            "Preparing", "Training", "Leasing", "Reporting", "Features", "Messaging", "Journaling"),

        // MARK: Floor 4: input and output, one C library each
        module("Features", "CHDF5", "Corpora", "Kernels"),
        module("Messaging", "CZeroMQ", "Leasing", "Planning", "Corpora", protobuf),
        module("Journaling", "CSQLite", "Leasing", "Planning", "Corpora"),
        .systemLibrary(
            name: "CHDF5", pkgConfig: "hdf5-serial", providers: [.apt(["libhdf5-dev"])]),
        .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),

        // MARK: Floor 3: pure stages
        module("Leasing", "Planning", "Corpora"),
        module("Training", "Planning", "Corpora", "Networks", "Kernels"),
        module("Scoring", "Planning", "Corpora", "Kernels"),
        module("Reporting", "Scoring", "Planning", "Corpora", "Kernels"),
        module("Preparing", "Corpora", "Kernels"),

        // MARK: Floor 2: pure vocabulary
        module("Planning", "Corpora", "Networks", "Kernels", yams),
        module("Corpora", "Kernels", crypto, yams),

        // MARK: Floor 1: layers, models, losses
        module("Networks", "Kernels"),

        // MARK: Floor 0: arithmetic
        module("Kernels", "CKernels"),
        .target(
            name: "CKernels",
            cSettings: [
                .unsafeFlags(["-O3", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"])
            ]),

        // MARK: Tests, one target a module
        tests("Kernels"),
        tests("Networks"),
        tests("Corpora"),
        tests("Planning"),
        tests("Leasing"),
        tests("Training"),
        tests("Scoring"),
        tests("Reporting"),
        tests("Preparing"),
        tests("Features"),
        tests("Messaging"),
        tests("Journaling"),
        tests("Running", "Journaling"),
        .testTarget(name: "TidyTests", swiftSettings: strict),
    ]
)
