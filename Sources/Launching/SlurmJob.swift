/// A job of Slurm, as `squeue --array --states=all --format=%i|%T|%M` lists it.
struct SlurmJob: Hashable {
    /// Such as `12_3`: the array's number and the task's.
    let id: String
    /// What Slurm says of it.
    let state: State
    /// How long it has run, in seconds.
    let seconds: Double

    /// The number of the array that it belongs to: `12`.
    var array: String { String(id.prefix { $0 != "_" }) }

    /// The array's number in what `sbatch --parsable` says: the last line that is `12`, or
    /// `12;cluster`; nil where there is none.
    static func array(submission lines: [String]) -> String? {
        lines.compactMap { line in
            let word = line.split(separator: ";", omittingEmptySubsequences: false).first ?? ""
            return !word.isEmpty && word.utf8.allSatisfy { (0x30...0x39).contains($0) }
                ? String(word) : nil
        }.last
    }

    /// The states of Slurm, as far as they matter to us.
    enum State: Hashable {
        /// It waits for a node.
        case pending
        /// It runs, or begins or ends doing so.
        case running
        /// It has ended, in the way that Slurm calls so: `TIMEOUT`, `NODE_FAIL`, `COMPLETED`.
        case ended(String)
    }

    /// How the format of squeue must read for ``init(line:)``.
    static let format = "%i|%T|%M"

    /// The job of a line; nil where it is none.
    init?(line: String) {
        let fields = line.split(separator: "|", omittingEmptySubsequences: false)
        guard fields.count == 3, !fields[0].isEmpty,
            let seconds = SlurmJob.seconds(String(fields[2]))
        else { return nil }
        id = String(fields[0])
        self.seconds = seconds
        switch fields[1] {
        case "PENDING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "SPECIAL_EXIT": state = .pending
        case "RUNNING", "CONFIGURING", "COMPLETING", "SUSPENDED", "STOPPED", "RESIZING",
            "SIGNALING", "STAGE_OUT":
            state = .running
        case let word: state = .ended(String(word))
        }
    }

    init(id: String, state: State, seconds: Double) {
        self.id = id
        self.state = state
        self.seconds = seconds
    }

    /// Seconds of `days-hours:minutes:seconds`, of which only the last two are always there;
    /// `INVALID` and nothing are 0, as a job has that never ran.
    static func seconds(_ text: String) -> Double? {
        if text == "INVALID" || text.isEmpty { return 0 }
        let parts = text.split(separator: "-")
        guard let clock = parts.last, parts.count <= 2,
            let days = parts.count == 2 ? Int(parts[0]) : 0
        else { return nil }
        let numbers = clock.split(separator: ":").map { Int($0) }
        guard (2...3).contains(numbers.count), !numbers.contains(nil) else { return nil }
        return Double(numbers.reduce(0) { $0 * 60 + ($1 ?? 0) } + days * 86_400)
    }
}
