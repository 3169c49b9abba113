import Kernels

/// White noise through two equal one-pole filters: a smooth, stationary trace of variance 1.
///
/// y(t) = a y(t-1) + x(t),  x(t) = a x(t-1) + n(t),  a = exp(-hop / time constant). The variance of
/// y is (1 + a²) / (1 - a²)³, that of an AR(2) process with a double pole.
struct SlowProcess {
    private let memory: Double
    private let scale: Double
    private let burnIn: Int

    /// A process that forgets within `seconds`.
    init(seconds: Double, hopSeconds: Double) {
        memory = Elementary.exp(-hopSeconds / seconds)
        let rest = 1 - memory * memory
        scale = (rest * rest * rest / (1 + memory * memory)).squareRoot()
        burnIn = Int((10 * seconds / hopSeconds).rounded(.up))
    }

    /// The next `count` frames of a process that has run for long.
    func trace(_ count: Int, _ random: inout RandomStream) -> [Double] {
        var x = 0.0
        var y = 0.0
        var trace: [Double] = []
        trace.reserveCapacity(count)
        for t in 0..<burnIn + count {
            x = memory * x + random.normal()
            y = memory * y + x
            if t >= burnIn { trace.append(y * scale) }
        }
        return trace
    }
}
