import CKernels

extension InstructionSet {
    /// Runs about `operations` additions and multiplications, fused, between registers alone: the
    /// fastest that this instruction set computes. Returns how many they were, and a value that
    /// depends on all of them; nil for `scalar`, which is no measure of a processor.
    public func multiplyAdds(operations: Double) -> (operations: Double, value: Float)? {
        guard let run = table.pointee.multiply_adds else { return nil }
        let round = 32 * table.pointee.chains
        let count = max(1, Int(operations) / round)
        return (Double(count * round), run(count))
    }
}
