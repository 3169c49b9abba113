import CKernels

/// The float32 kernels as one kind of processor runs them: the one door to CKernels.
///
/// Every instruction set gives the same bits. The order of each sum is part of the kernel's
/// definition: an element of a product is one chain of fused multiply-adds, a sum along a row has
/// 16 lanes, a sum over rows takes blocks of 512. Each is tested against `scalar`, plain C.
public struct InstructionSet: @unchecked Sendable {  // A constant table of functions.
    let table: UnsafePointer<kernel_set>

    /// Its name: `avx512`, `avx2` or `scalar`; `vector` on processors that are not x86-64.
    public var name: String { String(cString: table.pointee.name) }

    /// The instruction set of this name; nil where there is none or the processor lacks it.
    public init?(named name: String) {
        guard let table = kernel_set_named(name) else { return nil }
        self.table = table
    }

    private init?(chosen: Void) {
        guard let table = kernel_set_chosen() else { return nil }
        self.table = table
    }

    private static let chosen = InstructionSet(chosen: ())

    /// All that this processor runs, the fastest first.
    public static let available = ["avx512", "avx2", "vector", "scalar"].compactMap {
        InstructionSet(named: $0)
    }

    /// What the environment variable CONCORD_ISA names, else the fastest of this processor.
    ///
    /// - Precondition: `check()` does not throw.
    public static var current: InstructionSet {
        guard let chosen else { preconditionFailure("Call InstructionSet.check() at start.") }
        return chosen
    }

    /// Says whether this machine can compute as Concord defines it; a program calls it at start.
    ///
    /// - Throws: `KernelError` when the processor has no fused multiply-add or CONCORD_ISA names an
    ///   instruction set that it lacks.
    public static func check() throws(KernelError) {
        guard chosen == nil else { return }
        let names = available.map(\.name).joined(separator: ", ")
        throw KernelError(
            description: available.isEmpty
                ? "This processor has no fused multiply-add (FMA), which Concord needs to give the "
                    + "same bits on every machine."
                : "CONCORD_ISA names an instruction set that this processor does not run; "
                    + "it runs \(names). Unset it to take the fastest.")
    }
}

/// Why this machine cannot run the kernels: a sentence.
public struct KernelError: Error, CustomStringConvertible, Sendable {
    /// What is missing, and what to do.
    public let description: String
}
