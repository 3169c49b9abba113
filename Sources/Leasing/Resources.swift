/// What a worker's trainers have to work with, as it says of itself.
public struct Resources: Hashable, Sendable {
    /// The cores that it may use; 0 when it does not say.
    public var cores: Int
    /// The bytes of memory that trainers may use together; 0 when it does not say, and any trial
    /// fits.
    public var memoryBytes: Int
    /// Names the memory: workers of one machine that say the same name share it. Empty for a memory
    /// of its own.
    public var memoryPool: String
    /// Names the machine, on which data that one worker has are at hand for all; empty when it does
    /// not say.
    public var machine: String
    /// The instruction set that it computes with, for people.
    public var instructionSet: String
    /// What its owner calls it, such as `fast`: trials may need tags.
    public var tags: Set<String>
    /// Seconds until it ends, whatever it does then; nil when it has no end that is known.
    public var secondsLeft: Double?

    /// Resources of these parts; nothing is said of any, unless told otherwise.
    public init(
        cores: Int = 0, memoryBytes: Int = 0, memoryPool: String = "", machine: String = "",
        instructionSet: String = "", tags: Set<String> = [], secondsLeft: Double? = nil
    ) {
        self.cores = cores
        self.memoryBytes = memoryBytes
        self.memoryPool = memoryPool
        self.machine = machine
        self.instructionSet = instructionSet
        self.tags = tags
        self.secondsLeft = secondsLeft
    }

    /// These resources without an end, as the journal keeps them.
    public var lasting: Resources {
        var lasting = self
        lasting.secondsLeft = nil
        return lasting
    }
}
