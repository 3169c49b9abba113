/// Where each weight lies in the one arena that holds all parameters of a network.
///
/// Optimiser, clipping, checkpoint and averaging are then one loop over one array.
public struct ParameterLayout: Hashable, Sendable {
    /// A named tensor in the arena, in PyTorch's names, shapes and order of dimensions.
    public struct Entry: Hashable, Sendable {
        /// The name, such as `lstm.weight_ih_l0_reverse`.
        public let name: String
        /// The lengths of its dimensions, row-major.
        public let shape: [Int]
        /// The index of its first value in the arena.
        public let offset: Int
        /// The number of its values.
        public var count: Int { shape.reduce(1, *) }
    }

    /// All tensors, in the order of the arena.
    public private(set) var entries: [Entry] = []
    /// The number of values in the arena.
    public private(set) var count = 0
    /// The recurrent state units of all layers and directions: the columns of a ``StateMask``.
    public private(set) var stateUnits = 0

    /// A layout without tensors.
    public init() {}

    /// Appends a tensor and says where it lies.
    public mutating func reserve(_ name: String, _ shape: Int...) -> Entry {
        reserve(name, shape: shape)
    }

    /// Appends a tensor of this shape and says where it lies.
    mutating func reserve(_ name: String, shape: [Int]) -> Entry {
        let entry = Entry(name: name, shape: shape, offset: count)
        entries.append(entry)
        count += entry.count
        return entry
    }

    /// Appends state units of a recurrence and says which column of a mask is their first.
    mutating func reserveStates(_ count: Int) -> Int {
        defer { stateUnits += count }
        return stateUnits
    }
}
