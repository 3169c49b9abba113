import ArgumentParser
import Planning
import Running

/// What a worker is told beside its coordinator and its key.
struct WorkerArguments: ParsableArguments {
    @Option(
        help: """
            GiB that a trial's first attempt may use; one that needs more is given more, up to all \
            that there is (default: what it is predicted to need, or a slot's share).
            """)
    var memory: Double?

    @Option(
        help: """
            GiB that all trainers of a worker may use together (default: the machine's, shared \
            with the other workers there).
            """)
    var memoryTotal: Double?

    @Option(help: "The folder for data that its machine lacks (default: one a user in /var/tmp).")
    var cache: String?

    @Option(help: "GiB that this folder may hold; what was unused for longest goes (default: 20).")
    var cacheGib: Double?

    @Option(
        parsing: .unconditionalSingleValue,
        help: "A tag, such as fast or node7: trials whose model needs it come here; any number.")
    var tag: [String] = []

    @Option(
        help: """
            When a worker ends, such as 18:30 or 2026-11-26T18:30: it begins nothing that would \
            come to nothing, and gives back what runs (default: the end of its Slurm job, if any).
            """)
    var until: String?

    func validate() throws {
        let sizes = [
            ("--memory", memory), ("--memory-total", memoryTotal), ("--cache-gib", cacheGib),
        ]
        for (name, gibibytes) in sizes {
            if let gibibytes, !WorkerOptions.isSize(gibibytes) {
                throw ValidationError("\(name) is in GiB, 0.001 or more.")
            }
        }
        if let until, !WorkerOptions.isEnd(until) {
            throw ValidationError(
                """
                --until \(until) is no time. Say 18:30, 2026-11-26T18:30, or @ and the seconds \
                since 1970.
                """)
        }
        if let objection = Tag.objection(to: tag) { throw ValidationError("--tag: \(objection)") }
    }

    var options: WorkerOptions {
        WorkerOptions(
            memory: memory, memoryTotal: memoryTotal, cache: cache, cacheGib: cacheGib,
            until: until, tags: tag)
    }
}
