import Synchronization

/// How far the import of a part is: redrawn on a screen, and one line at the end everywhere.
final class ImportProgress: Sendable {
    private struct State: Sendable {
        var files = 0
        var bytes = 0
        var drawnAt = 0.0
    }

    private let part: String
    private let files: Int
    private let bytes: Int
    private let started = Clock.monotonicSeconds
    private let state = Mutex(State())

    init(part: String, files: Int, bytes: Int) {
        self.part = part
        self.files = files
        self.bytes = bytes
    }

    /// Counts a file that is done.
    func add(_ outcome: ImportOutcome, bytes: Int) {
        state.withLock { state in
            state.files += 1
            state.bytes += bytes
            let now = Clock.monotonicSeconds
            guard Terminal.isScreen ? now > state.drawnAt + 0.2 : now > state.drawnAt + 15,
                state.files < files
            else { return }
            let isFirst = state.drawnAt == 0
            state.drawnAt = now
            if isFirst && !Terminal.isScreen { return }
            let line = """
                concord: \(part): \(state.files) of \(files) files, \
                \(megabytes(state.bytes)) of \(megabytes(self.bytes)) MB
                """
            Terminal.put(line + (Terminal.isScreen ? "\r" : "\n"), to: 2)
        }
    }

    /// Says what became of all files.
    func finish(_ outcomes: [ImportOutcome]) {
        let seconds = max(1e-9, Clock.monotonicSeconds - started)
        let written = outcomes.reduce(0) { $0 + $1.written }
        let kept = outcomes.reduce(0) { $0 + $1.kept }
        let gaps = outcomes.reduce(0) { $0 + $1.gaps }
        let unlabelled = outcomes.flatMap(\.unlabelled)
        var parts = ["\(part): \(written) \(written == 1 ? "recording" : "recordings")"]
        if kept > 0 { parts.append("\(kept) were there") }
        if let shape = outcomes.lazy.compactMap(\.shape).first { parts.append(shape) }
        if gaps > 0 {
            parts.append("\(gaps) of \(outcomes.reduce(0) { $0 + $1.frames }) frames are gaps")
        }
        if bytes >= 10_000_000 {
            let rate = Double(bytes) / 1e6 / seconds
            parts.append("\(megabytes(bytes)) MB, \(Int(rate.rounded())) MB/s")
        }
        Terminal.complain("concord: " + parts.joined(separator: ", "))
        for oddity in ImportOutcome.Oddity.allCases {
            let paths = outcomes.compactMap { $0.oddities[oddity] }
            guard let first = paths.first else { continue }
            let count = paths.count == 1 ? "1 file," : "\(paths.count) files, such as"
            Terminal.complain(
                "concord: note: \(part): \(count) \(first), \(oddity.predicate)")
        }
        if let first = unlabelled.first {
            Terminal.complain(
                """
                concord: note: \(unlabelled.count) recordings of \(part), such as \(first), have \
                no gold traces and are passed over
                """)
        }
    }

    private func megabytes(_ bytes: Int) -> Int { (bytes + 500_000) / 1_000_000 }
}
