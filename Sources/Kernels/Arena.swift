import CKernels

/// Memory for float32: zeroed, aligned for the widest vectors, released with its last reference.
///
/// Weights, gradients and work spaces lie in arenas. Large ones ask for huge pages.
public final class Arena: @unchecked Sendable {  // Its users do not share it while they write.
    /// The number of values.
    public let count: Int
    /// The first value.
    public let base: UnsafeMutablePointer<Float>

    /// An arena of `count` zeros.
    ///
    /// - Precondition: the machine has the memory.
    public init(count: Int) {
        precondition(count >= 0)
        guard let base = arena_allocate(count) else {
            preconditionFailure("There is no memory for \(count) float32.")
        }
        self.count = count
        self.base = base
    }

    deinit { arena_release(base, count) }

    /// The bytes that an arena of `count` values takes, all of them resident.
    public static func bytes(count: Int) -> Int { arena_bytes(count) }

    /// Sets all values to zero.
    public func clear() { CKernels.clear(count, base) }

    /// All values; they may be changed.
    public var values: UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(start: base, count: count)
    }
}

extension UnsafeMutablePointer<Float> {
    /// Sets `count` values from here on to zero.
    public func clear(count: Int) { CKernels.clear(count, self) }
}
