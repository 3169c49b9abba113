import Kernels

/// One kernel on one shape: what is run, and how much work it is.
struct KernelCase {
    let name: String
    let shape: String
    /// Additions and multiplications of a run, as far as they are products; 0 where memory is all.
    let operations: Double
    /// Bytes that a run must read and write, each once.
    let bytes: Double
    /// Runs the kernel once.
    let run: (InstructionSet) -> Void
    /// The same by OpenBLAS, where it is a matrix product.
    var peer: ((OpenBLAS) -> Void)?

    /// Above this a single run of the scalar twin would take seconds.
    static let twinOperationsMax = 3e8

    /// Everything that training spends time in, on the shapes of an epoch of the paper's networks
    /// over its low-level features: 34 sequences, 386 + 153 features, 64 units a direction.
    static var all: [KernelCase] {
        let products = [
            (34, 256, 64), (34, 256, 539), (60_112, 256, 539), (1768, 256, 64), (204, 256, 64),
            (1, 256, 64), (512, 386, 386), (512, 539, 512),
        ].map(product)
        let gradients = [(512, 512, 539), (512, 256, 64), (512, 386, 386)].map(gradient)
        let recurrence = [lstmForward, lstmBackward]
        return products + gradients + recurrence + attention + rowwise + [squares, adam]
    }

    private static func product(m: Int, n: Int, k: Int) -> KernelCase {
        let (a, w, c) = (noise(m * k), noise(n * k), Arena(count: m * n))
        let panels = Arena(count: Packing.count(k: k, n: n))
        Packing.pack(k: k, n: n, w.base, kStep: 1, nStep: k, into: panels.base)
        return KernelCase(
            name: "product", shape: "\(m) × \(n) × \(k)", operations: 2 * Double(m * n * k),
            bytes: 4 * Double(m * k + n * k + m * n)
        ) { set in
            set.product(
                m: m, n: n, k: k, Rows(a.base, step: k), panels.base, start: nil,
                into: Rows(c.base, step: n))
        } peer: { blas in
            blas.product(
                m: m, n: n, k: k, a.base, .asIs, aStep: k, w.base, .transposed, bStep: k,
                adding: false, into: c.base)
        }
    }

    private static func gradient(rows: Int, m: Int, n: Int) -> KernelCase {
        let (a, b, c) = (noise(rows * m), noise(rows * n), Arena(count: m * n))
        let scratch = Arena(count: InstructionSet.gradientScratch(n: n))
        return KernelCase(
            name: "gradient", shape: "\(m) × \(n) over \(rows)",
            operations: 2 * Double(m * n * rows), bytes: 4 * Double(rows * (m + n) + 2 * m * n)
        ) { set in
            set.gradient(
                rows: rows, m: m, n: n, Rows(a.base, step: m), Rows(b.base, step: n),
                adding: Rows(c.base, step: n), scratch: scratch.base)
        } peer: { blas in
            blas.product(
                m: m, n: n, k: rows, a.base, .transposed, aStep: m, b.base, .asIs, bStep: n,
                adding: true, into: c.base)
        }
    }

    private static let cell = (rows: 34, hidden: 64, columns: 256)

    private static var lstmForward: KernelCase {
        let (rows, hidden, columns) = cell
        let (gates, weights) = (noise(rows * columns), noise(columns * hidden))
        let (h, c) = (noise(rows * hidden), noise(rows * hidden))
        let (hNew, cNew) = (Arena(count: rows * hidden), Arena(count: rows * hidden))
        return KernelCase(
            name: "lstm forward", shape: "\(rows) × \(hidden)",
            operations: 2 * Double(rows * columns * hidden),
            bytes: 4 * Double(2 * gates.count + weights.count + 4 * h.count)
        ) { set in
            set.lstmForward(
                rows: rows, hidden: hidden, gates: Rows(gates.base, step: columns),
                weights: weights.base, hBefore: Rows(h.base, step: hidden),
                cBefore: Rows(c.base, step: hidden), into: Rows(hNew.base, step: hidden),
                c: Rows(cNew.base, step: hidden))
        }
    }

    private static var lstmBackward: KernelCase {
        let (rows, hidden, columns) = cell
        let (gates, dh) = (noise(rows * columns), noise(rows * hidden))
        let (c, before, dc) = (noise(dh.count), noise(dh.count), noise(dh.count))
        return KernelCase(
            name: "lstm backward", shape: "\(rows) × \(hidden)", operations: 0,
            bytes: 4 * Double(2 * gates.count + 5 * dh.count)
        ) { set in
            set.lstmBackward(
                rows: rows, hidden: hidden, gates: Rows(gates.base, step: columns),
                cBefore: Rows(before.base, step: hidden), c: Rows(c.base, step: hidden),
                dh: Rows(dh.base, step: hidden), dc: dc.base)
        }
    }

    private static var squares: KernelCase {
        let x = noise(400_000)
        return KernelCase(
            name: "squares", shape: "\(x.count)", operations: 2 * Double(x.count),
            bytes: 4 * Double(x.count)
        ) { set in precondition(set.squares(count: x.count, x.base) > 0) }
    }

    private static var adam: KernelCase {
        let count = 400_000
        let (weights, gradient) = (noise(count), noise(count))
        let (mean, variance) = (Arena(count: count), Arena(count: count))
        let step = AdamStep(
            rate: 1e-3, beta1: 0.9, beta2: 0.999, meanFactor: 1, varianceFactor: 1, epsilon: 1e-8)
        return KernelCase(
            name: "adam", shape: "\(count)", operations: 0, bytes: 4 * Double(7 * count)
        ) { set in
            set.adam(
                count: count, weights: weights.base, mean: mean.base, variance: variance.base,
                gradient: gradient.base, step)
        }
    }

    static func noise(_ count: Int) -> Arena {
        var random = RandomStream(state: (1, 2, 3, 4))
        let arena = Arena(count: count)
        for i in 0..<count { arena.base[i] = Float(random.uniform() - 0.5) }
        return arena
    }
}
