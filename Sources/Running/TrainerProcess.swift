import Glibc
import Messaging

/// A slot's trainer, as its worker sees it: a child process and the two pipes to it.
///
/// It is told to train one trial after the other, and replaced after any fault.
final class TrainerProcess {
    /// Where its replies come out; the worker's reactor watches it.
    let output: Int32

    private let process: ChildProcess
    private let killsBefore = Memory.killCount
    private let input: Int32
    private var reader = FrameReader(framesMax: WireCodec.workerFramesMax)
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    /// Starts a trainer of a worker with these tags.
    ///
    /// - Throws: ``RunningError`` when the system gives no process or pipe.
    init(tags: [String] = []) throws {
        let toTrainer = try ChildPipe()
        let fromTrainer = try ChildPipe()
        input = toTrainer.writing
        output = fromTrainer.reading
        defer {
            close(toTrainer.reading)
            close(fromTrainer.writing)
        }
        do {
            process = try ChildProcess(
                executable: ChildProcess.ownExecutable,
                arguments: ["trainer"] + Worker.arguments(tags: tags),
                input: toTrainer.reading, output: fromTrainer.writing)
        } catch {
            close(input)
            close(output)
            throw error
        }
    }

    deinit {
        process.end()
        close(input)
        close(output)
    }

    /// Asks it for something; a trainer that is gone shows in ``replies()``.
    func ask(_ request: TrainerRequest) {
        _ = writeAll(
            WireCodec.frameBytes(WireCodec.encode(request, sequence: 0)), to: input)
    }

    /// What it said since the last call, after ``output`` became ready.
    ///
    /// - Returns: the replies, and whether the pipe has ended: the trainer is gone, or spoke no
    ///   sense and is as good as gone.
    func replies() -> (replies: [TrainerReply], isGone: Bool) {
        let count = read(output, &buffer, buffer.count)
        if count < 0 && errno == EINTR { return ([], false) }
        guard count > 0 else { return ([], true) }
        reader.push(buffer.prefix(count))
        var replies: [TrainerReply] = []
        do {
            while let frames = try reader.next() {
                replies.append(try WireCodec.decodeReply(frames).message)
            }
        } catch {
            return (replies, true)
        }
        return (replies, false)
    }

    /// The bytes of memory that it has for itself now; nil when it is gone.
    var ownBytes: Int? { Memory.ownBytes(of: process.id) }

    /// Whether the kernel ended it for want of memory, as far as can be told: it was killed, and
    /// since it began the kernel has killed for that.
    var isOutOfMemory: Bool {
        process.poll() == .signalled(SIGKILL) && Memory.killCount > killsBefore
    }

    /// Ends it at once.
    func end() { process.end() }

    /// How it ended, once ``replies()`` says that it is gone.
    func ending() -> String {
        for _ in 0..<200 {
            if let ending = process.poll() { return "\(ending)" }
            usleep(5000)
        }
        return "a closed pipe"
    }
}
