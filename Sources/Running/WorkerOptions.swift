/// What a worker is told beside its coordinator and its key, by hand or by whoever starts it.
public struct WorkerOptions: Hashable, Sendable {
    /// GiB that a trial's first attempt may use; nil takes what it is predicted to need or, if that
    /// is more, a slot's share.
    public var memory: Double?
    /// GiB that all its trainers may use together; nil takes the machine's memory, which workers of
    /// one machine share.
    public var memoryTotal: Double?
    /// The folder for data that its machine lacks; nil takes the user's own.
    public var cache: String?
    /// GiB that this folder may hold; nil takes 20.
    public var cacheGib: Double?
    /// When it ends, as ``WorkerEnd`` spells it; nil leaves that to others.
    public var until: String?
    /// What its owner calls it; trials may need tags.
    public var tags: [String]

    /// Options that say this; the default is nothing.
    public init(
        memory: Double? = nil, memoryTotal: Double? = nil, cache: String? = nil,
        cacheGib: Double? = nil, until: String? = nil, tags: [String] = []
    ) {
        self.memory = memory
        self.memoryTotal = memoryTotal
        self.cache = cache
        self.cacheGib = cacheGib
        self.until = until
        self.tags = tags
    }

    /// These, and what `others` say where these say nothing; the tags are those of both.
    public func completed(by others: WorkerOptions) -> WorkerOptions {
        WorkerOptions(
            memory: memory ?? others.memory, memoryTotal: memoryTotal ?? others.memoryTotal,
            cache: cache ?? others.cache, cacheGib: cacheGib ?? others.cacheGib,
            until: until ?? others.until, tags: others.tags + tags)
    }

    /// As `concord work` reads them.
    public var arguments: [String] {
        let values = [
            ("--memory", memory.map { "\($0)" }), ("--memory-total", memoryTotal.map { "\($0)" }),
            ("--cache", cache), ("--cache-gib", cacheGib.map { "\($0)" }), ("--until", until),
        ]
        // Joined: a value may begin with a dash.
        return values.compactMap { name, value in value.map { "\(name)=\($0)" } }
            + Worker.arguments(tags: tags)
    }

    /// Whether `text` says when a worker ends.
    public static func isEnd(_ text: String) -> Bool {
        WorkerEnd.parse(text, now: Clock.wallSeconds) != nil
    }

    /// Whether a worker can be told this as a number of GiB.
    public static func isSize(_ gibibytes: Double) -> Bool { (0.001...1e6).contains(gibibytes) }
}
