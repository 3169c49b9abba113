import Leasing

/// How the journal spells what a worker has, beside its memory: words, a dash for what is not said.
extension Resources {
    /// Cores, instruction set, machine, memory pool, and then its tags.
    var line: String {
        ([cores > 0 ? "\(cores)" : "", instructionSet, machine, memoryPool] + tags.sorted())
            .map { $0.isEmpty ? "-" : $0 }.joined(separator: " ")
    }

    /// What the line says; what it does not say is left open.
    init(line: String, memoryBytes: Int) {
        let words = line.split(separator: " ").map { $0 == "-" ? "" : String($0) }
        func word(_ place: Int) -> String { place < words.count ? words[place] : "" }
        self.init(
            cores: Int(word(0)) ?? 0, memoryBytes: memoryBytes, memoryPool: word(3),
            machine: word(2), instructionSet: word(1), tags: Set(words.dropFirst(4)))
    }
}
