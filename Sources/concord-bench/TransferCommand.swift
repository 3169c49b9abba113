import ArgumentParser
import Corpora
import Features
import Foundation
import Kernels
import Leasing
import Messaging
import Planning
import Running

/// `concord-bench transfer`: data from a coordinator to a worker that lacks them.
struct TransferCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transfer",
        abstract: "Measure the transfer of matrices, beside a plain copy over TCP.",
        discussion: """
            A process serves matrices out of an HDF5 file as the coordinator does; this one \
            fetches them into a cache as a worker does, digests included. Before and after each \
            round, as many bytes go from a file through a plain TCP connection into a file, as \
            `nc` sends them, all of it over loopback. Medians are printed.
            """)

    @Option(help: "MiB to transfer.") var mebibytes = 1024
    @Option(help: "MiB of a matrix.") var matrix = 32
    @Option(help: "How often.") var rounds = 3
    @Option(help: "The folder to work in.") var folder = NSTemporaryDirectory()
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        guard (1...1024).contains(matrix), mebibytes >= 4 * matrix, rounds >= 1 else {
            throw ValidationError(
                "--matrix is 1 to 1024, --mebibytes at least 4 times that, --rounds at least 1.")
        }
    }

    func run() throws {
        let root = "\(folder)/concord-bench-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        let corpus = TransferCorpus(matrices: mebibytes / matrix, mebibytes: matrix)
        let document = try corpus.write(to: root)
        let server = try TalkingProcess(["transfer-server", root])
        defer { server.end() }
        let address = try server.line()
        var rates = [try PlainCopy.run(from: root + "/corpus.h5", to: root + "/plain")]
        var transfers: [Double] = []
        for _ in 0..<rounds {
            let start = ProcessMeter.seconds
            let bytes = try TransferClient(address: address, cache: root + "/cache")
                .fetch(document.digests)
            transfers.append(Double(bytes) / (ProcessMeter.seconds - start))
            try FileManager.default.removeItem(atPath: root + "/cache")
            rates.append(try PlainCopy.run(from: root + "/corpus.h5", to: root + "/plain"))
        }
        let transferred = transfers.sorted()[rounds / 2]
        let plain = rates.sorted()[rates.count / 2]
        if json {
            return try show(
                Result(
                    bytes: document.bytes, bytesPerSecond: transferred, plainBytesPerSecond: plain,
                    ratio: transferred / plain))
        }
        print(
            String(
                format: "%d MiB in matrices of %d MiB: %.0f MB/s, plain TCP %.0f MB/s, ratio %.2f",
                document.bytes >> 20, matrix, transferred / 1e6, plain / 1e6, transferred / plain))
    }

    private struct Result: Encodable {
        let bytes: Int
        let bytesPerSecond: Double, plainBytesPerSecond: Double, ratio: Double
    }
}

/// The serving side: prints its address, and serves until its input ends.
struct TransferServerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transfer-server", shouldDisplay: false)

    @Argument var folder: String

    func run() throws {
        let spec = try String(contentsOfFile: folder + "/sweep.yaml", encoding: .utf8)
        let manifest = try String(contentsOfFile: folder + "/corpus.yaml", encoding: .utf8)
        let sweep = try LoadedSweep(
            document: SweepDocument(spec: spec, manifests: [manifest], folders: [folder]),
            dataRoot: folder)
        let socket = try RouterSocket(
            binding: try Address("tcp://127.0.0.1:*"), in: MessagingContext())
        let reactor = try Reactor(socket: socket)
        reactor.watch(STDIN_FILENO)
        let server = MatrixServer(sweep: sweep, waker: reactor.waker)
        let line = "\(socket.boundEndpoint)\n"
        try FileHandle.standardOutput.write(contentsOf: Data(line.utf8))
        var sequence: UInt64 = 0
        while true {
            let sources = try reactor.wait(seconds: 1)
            if sources.contains(.descriptor(STDIN_FILENO)) { return }
            let now = Instant(seconds: ProcessMeter.seconds)
            while let received = socket.receive() {
                let message = try WireCodec.decodeWorker(received.frames).message
                guard case .fetch(let request) = message else { continue }
                server.hear(request, from: received.from, at: now)
            }
            for (message, connection) in server.turn(at: now) {
                sequence += 1
                _ = socket.send(WireCodec.encode(message, sequence: sequence), to: connection)
            }
        }
    }
}

/// A corpus of large matrices.
struct TransferCorpus {
    let matrices: Int
    let mebibytes: Int
    private static let width = 1024

    /// Writes corpus, manifest and sweep.
    ///
    /// - Returns: the digests of the matrices.
    func write(to folder: String) throws -> (digests: [Digest], bytes: Int) {
        let frames = mebibytes << 20 / (4 * Self.width)
        let writer = try HDF5Writer(path: folder + "/corpus.h5")
        var values = [Float](repeating: 0, count: frames * Self.width)
        for place in values.indices { values[place] = Float(place &* 2_654_435_761 & 0xFFFF) }
        var recordings: [Recording] = []
        for number in 0..<matrices {
            let id = "r\(number)"
            values[0] = Float(number)
            let gold = [Float](repeating: Float(number), count: frames)
            try writer.write(id + "/audio", shape: [frames, Self.width], floats: values)
            try writer.write(id + "/targets", shape: [frames, 1], floats: gold)
            let matrix = Matrix(rows: frames, columns: Self.width, values: values)
            recordings.append(
                Recording(
                    id: id, culture: number % 2 == 0 ? "DE" : "HU", frames: frames, columns: [:],
                    digests: [
                        Recording.goldDigestName: Digest(
                            of: Matrix(rows: frames, columns: 1, values: gold)),
                        "audio": Digest(of: matrix),
                    ]))
        }
        try writer.close()
        let corpus = Corpus(
            name: "transfer", hopSeconds: 0.1, dataRoot: ".", targets: ["arousal"],
            gold: MatrixLocation(file: "corpus.h5", dataset: "{id}/targets"),
            featureSets: [
                FeatureSet(
                    name: "audio", modality: "audio", width: Self.width, hopSeconds: 0.1,
                    location: MatrixLocation(file: "corpus.h5", dataset: "{id}/audio"))
            ], groups: [], recordings: recordings)
        try Manifest.render(corpus).write(
            toFile: folder + "/corpus.yaml", atomically: true, encoding: .utf8)
        try """
        sweep: transfer
        corpora: [corpus.yaml]
        targets: [arousal]
        models: {ridge: {network: ridge}}
        schemes: [{scheme: cross-culture}]
        seeds: 1
        """.write(toFile: folder + "/sweep.yaml", atomically: true, encoding: .utf8)
        return (recordings.map { $0.digests["audio"]! }, matrices * mebibytes << 20)
    }
}

/// The fetching side: a worker's, without trainers.
private final class TransferClient {
    private let socket: DealerSocket
    private let reactor: Reactor
    private let fetch: DataFetch
    private let cache: NodeCache
    private var sequence: UInt64 = 0
    private var isReady = false
    private let lease = LeaseID(key: TrialKey(digest: Digest(of: [])), attempt: 1)

    init(address: String, cache folder: String) throws {
        socket = try DealerSocket(connecting: try Address(address), in: MessagingContext())
        reactor = try Reactor(socket: socket)
        cache = NodeCache(folder: folder, bytesMax: 1 << 40)
        fetch = DataFetch(cache: cache, waker: reactor.waker)
    }

    private var now: Instant { Instant(seconds: ProcessMeter.seconds) }

    /// Fetches the matrices; their bytes together.
    func fetch(_ digests: [Digest]) throws -> Int {
        try take(fetch.handle(.lacking(digests, lease), at: now))
        var isConnected = false
        while !isReady {
            let sources = try reactor.wait(seconds: 1)
            if sources.contains(.link) { isConnected = !socket.linkEvents().isEmpty }
            if isConnected {
                isConnected = false
                try take(fetch.handle(.connected, at: now))
            }
            while let frames = socket.receive() {
                switch try WireCodec.decodeCoordinator(frames).message {
                case .chunk(let chunk): try take(fetch.handle(.chunk(chunk), at: now))
                case .unavailable(_, let reason): throw ValidationError(reason)
                default: continue
                }
            }
            try take(fetch.tick(at: now))
        }
        return try digests.reduce(0) { sum, digest in
            let attributes = try FileManager.default.attributesOfItem(atPath: cache.path(digest))
            return sum + (attributes[.size] as? Int ?? 0)
        }
    }

    private func take(_ news: [DataFetch.News]) throws {
        for item in news {
            switch item {
            case .send(let message):
                sequence += 1
                _ = socket.send(WireCodec.encode(message, sequence: sequence))
            case .progressed: continue
            case .ready: isReady = true
            case .failed(_, _, let reason): throw ValidationError(reason)
            }
        }
    }
}

/// A file through a TCP connection into a file, with nothing else.
enum PlainCopy {
    /// The bytes a second.
    static func run(from source: String, to target: String) throws -> Double {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        try withUnsafeMutablePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                guard bind(listener, $0, size) == 0, listen(listener, 1) == 0,
                    getsockname(listener, $0, &size) == 0
                else { throw ValidationError("There is no port for the plain copy.") }
            }
        }
        let sender = try TalkingProcess(
            ["plain-sender", source, "\(UInt16(bigEndian: address.sin_port))"])
        defer { sender.end() }
        let connection = accept(listener, nil, nil)
        let output = open(target, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        defer {
            close(connection)
            close(output)
            unlink(target)
        }
        let start = ProcessMeter.seconds
        let bytes = copy(from: connection, to: output)
        return Double(bytes) / (ProcessMeter.seconds - start)
    }

    /// Copies until the source ends; how many bytes.
    @discardableResult
    static func copy(from source: Int32, to target: Int32) -> Int {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var sum = 0
        while true {
            let count = read(source, &buffer, buffer.count)
            guard count > 0 else { return sum }
            var start = 0
            while start < count {
                let written = buffer.withUnsafeBytes {
                    write(target, $0.baseAddress! + start, count - start)
                }
                guard written > 0 else { return sum }
                start += written
            }
            sum += count
        }
    }
}

/// The sending side of a plain copy.
struct PlainSenderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plain-sender", shouldDisplay: false)

    @Argument var path: String
    @Argument var port: UInt16

    func run() throws {
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { throw ValidationError("There is nobody at port \(port).") }
        let file = open(path, O_RDONLY)
        PlainCopy.copy(from: file, to: connection)
        close(file)
        close(connection)
    }
}

/// This program once more, with other arguments.
private final class TalkingProcess {
    private let process = Process()
    private let output = Pipe()
    private let input = Pipe()

    init(_ arguments: [String]) throws {
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = arguments
        process.standardOutput = output
        process.standardInput = input
        try process.run()
    }

    /// The first line that it prints.
    func line() throws -> String {
        var text = ""
        while !text.contains("\n") {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw ValidationError("A process ended without a word.") }
            text += String(decoding: data, as: UTF8.self)
        }
        return String(text.prefix { $0 != "\n" })
    }

    func end() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
