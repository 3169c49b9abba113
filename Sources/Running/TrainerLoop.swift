import Foundation
import Glibc
import Leasing
import Messaging
import Planning
import Synchronization

/// The trainer: a child process that trains what its worker asks for, one trial after the other.
///
/// It speaks over its standard input and output, and ends when its input does: no trainer outlives
/// its worker. Every trial starts from its key alone, so that what ran before changes nothing.
public struct TrainerLoop {
    private let requests = RequestQueue()
    private let tags: [String]
    /// The worker has asked for a checkpoint: whoever trains takes it back and says one.
    static let isSaveWanted = Atomic<Bool>(false)

    /// A trainer that has not begun.
    ///
    /// - Parameter tags: Its worker's, which are written into provenances.
    public init(tags: [String]) { self.tags = tags }

    /// Trains until the worker closes the pipe.
    public func run() throws -> ExitStatus {
        signal(SIGPIPE, SIG_IGN)
        Memory.offerToBeEnded()
        let requests = self.requests
        let thread = Thread { requests.fill(from: STDIN_FILENO) }
        thread.stackSize = 1 << 20
        thread.start()

        var bench: TrainerBench?
        while true {
            switch requests.next() {
            case .prepare(let document, let dataRoot, let cache):
                bench = TrainerBench(
                    sweep: try LoadedSweep(document: document, dataRoot: dataRoot), cache: cache,
                    tags: tags)
                TrainerLoop.reply(.ready)
            case .train(let lease, let checkpoint, let keepsModel):
                guard let bench else { throw RunningError("asked to train before a sweep came") }
                bench.train(lease, from: checkpoint, keepsModel: keepsModel)
            case .save: continue
            }
        }
    }

    /// Ends the process at once. Its other thread may be inside HDF5, whose own farewell would wait
    /// for it.
    fileprivate static func leave() -> Never { _exit(0) }

    /// Writes a message to the worker, whole.
    static func reply(_ reply: TrainerReply) {
        let bytes = WireCodec.frameBytes(WireCodec.encode(reply, sequence: 0))
        guard writeAll(bytes, to: STDOUT_FILENO) else { leave() }
    }
}

/// Requests as they come in; a thread of their own reads them, so that the end of the pipe is seen
/// in the middle of a training too.
private final class RequestQueue: Sendable {
    private let waiting = Mutex<[TrainerRequest]>([])
    private let count = DispatchSemaphore(value: 0)

    func next() -> TrainerRequest {
        count.wait()
        return waiting.withLock { $0.removeFirst() }
    }

    func fill(from descriptor: Int32) {
        var reader = FrameReader()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let size = read(descriptor, &buffer, buffer.count)
            if size < 0 && errno == EINTR { continue }
            guard size > 0 else { TrainerLoop.leave() }
            reader.push(buffer.prefix(size))
            do {
                while let frames = try reader.next() {
                    let request = try WireCodec.decodeRequest(frames).message
                    if case .save = request {
                        TrainerLoop.isSaveWanted.store(true, ordering: .releasing)
                        continue
                    }
                    // What was asked of the trial before it is not meant for this one.
                    if case .train = request {
                        TrainerLoop.isSaveWanted.store(false, ordering: .releasing)
                    }
                    waiting.withLock { $0.append(request) }
                    count.signal()
                }
            } catch {
                Terminal.complain("concord trainer: the worker's request is garbled: \(error)")
                exit(1)
            }
        }
    }
}

/// Writes all of `bytes`; false when the other end is gone.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var start = 0
    while start < bytes.count {
        let count = bytes.withUnsafeBytes {
            write(descriptor, $0.baseAddress! + start, bytes.count - start)
        }
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return false }
        start += count
    }
    return true
}
