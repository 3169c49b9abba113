import Glibc
import Kernels

/// OpenBLAS where it is installed, as a measure for our products: loaded when it is asked for, so
/// that nothing needs it to be built or to run.
struct OpenBLAS {
    private typealias Gemm =
        @convention(c) (
            CInt, CInt, CInt, CInt, CInt, CInt, Float, UnsafePointer<Float>, CInt,
            UnsafePointer<Float>, CInt, Float, UnsafeMutablePointer<Float>, CInt
        ) -> Void
    private typealias SetThreads = @convention(c) (CInt) -> Void

    private typealias CoreName = @convention(c) () -> UnsafePointer<CChar>

    private let gemm: Gemm
    /// The processor that its kernels are made for.
    let core: String

    /// The library, on one thread; nil where there is none.
    ///
    /// A processor younger than the library would get kernels of the oldest: so it is told which
    /// ones are best, unless OPENBLAS_CORETYPE does.
    init?(for set: InstructionSet) {
        if let best = ["avx512": "SkylakeX", "avx2": "Haswell"][set.name] {
            setenv("OPENBLAS_CORETYPE", best, 0)
        }
        guard let library = dlopen("libopenblas.so.0", RTLD_NOW),
            let gemm = dlsym(library, "cblas_sgemm"),
            let threads = dlsym(library, "openblas_set_num_threads"),
            let name = dlsym(library, "openblas_get_corename")
        else { return nil }
        unsafeBitCast(threads, to: SetThreads.self)(1)
        self.gemm = unsafeBitCast(gemm, to: Gemm.self)
        core = String(cString: unsafeBitCast(name, to: CoreName.self)())
    }

    /// How an operand lies in memory.
    enum Order: CInt {
        case asIs = 111
        case transposed = 112
    }

    /// c = a · b (+ c where `adding`), row-major.   c (m, n); `step` is the length of a stored row.
    func product(
        m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, _ aOrder: Order, aStep: Int,
        _ b: UnsafePointer<Float>, _ bOrder: Order, bStep: Int, adding: Bool,
        into c: UnsafeMutablePointer<Float>
    ) {
        let rowMajor: CInt = 101
        gemm(
            rowMajor, aOrder.rawValue, bOrder.rawValue, CInt(m), CInt(n), CInt(k), 1, a,
            CInt(aStep), b, CInt(bStep), adding ? 1 : 0, c, CInt(n))
    }
}
