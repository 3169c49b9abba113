import CKernels

extension InstructionSet {
    /// c = start + a · b.   `a` (m, k), packed `b` (k, n) → `c` (m, n).
    ///
    /// `start` of step 0 is a bias; nil is zero; it may be `c`. Each element is one chain of fused
    /// multiply-adds from its start, k ascending.
    public func product(
        m: Int, n: Int, k: Int, _ a: Rows, _ b: UnsafePointer<Float>, start: Rows?, into c: Rows
    ) {
        table.pointee.product(
            m, n, k, a.base, a.step, b, start?.base, start?.step ?? 0, c.base, c.step)
    }

    /// c += aᵀ · b, the gradient of a weight.   `a` (rows, m), `b` (rows, n) → `c` (m, n).
    ///
    /// `scratch` holds `gradientScratch(n:)` float32. Rows are summed in blocks of 512.
    public func gradient(
        rows: Int, m: Int, n: Int, _ a: Rows, _ b: Rows, adding c: Rows,
        scratch: UnsafeMutablePointer<Float>
    ) {
        table.pointee.gradient(
            rows, m, n, a.base, a.step, b.base, b.step, c.base, c.step, scratch)
    }

    /// The number of float32 that `gradient` works in.
    public static func gradientScratch(n: Int) -> Int { gradient_scratch(n) }

    /// Adds the sum of each column of `x` (rows, n) to `out` (n). Rows are summed in blocks of 512.
    public func columnSums(
        rows: Int, n: Int, _ x: Rows, adding out: UnsafeMutablePointer<Float>
    ) {
        table.pointee.column_sums(rows, n, x.base, x.step, out)
    }
}

/// The right operand of a product, packed to panels of 16 columns.
public enum Packing {
    /// The lanes of a vector, whatever the processor: columns of a panel.
    public static let lanes = 16

    /// `count` rounded up to whole panels.
    public static func padded(_ count: Int) -> Int { (count + lanes - 1) / lanes * lanes }

    /// From one row of `count` values to the next, where a gradient reads columns down the rows: an
    /// odd number of whole vectors, or a column would lie in a few lines of the cache.
    public static func step(_ count: Int) -> Int { (padded(count) / lanes | 1) * lanes }

    /// The number of float32 of a packed operand (k, n).
    public static func count(k: Int, n: Int) -> Int { padded(n) * k }

    /// Packs b (k, n) with b[k][j] = w[kMap[k] · kStep + nMap[j] · nStep].
    ///
    /// A nil map is the identity, a negative entry gives zeros. `panelRows` is the k of the whole
    /// operand where this is a part of it; `panels` then points to the part's first row.
    public static func pack(
        k: Int, n: Int, _ w: UnsafePointer<Float>, kStep: Int, nStep: Int, kMap: [Int]? = nil,
        nMap: [Int]? = nil, panelRows: Int? = nil, into panels: UnsafeMutablePointer<Float>
    ) {
        func withMap(_ map: [Int]?, _ body: (UnsafePointer<Int>?) -> Void) {
            guard let map else { return body(nil) }
            map.withUnsafeBufferPointer { body($0.baseAddress) }
        }
        withMap(kMap) { kMap in
            withMap(nMap) { nMap in
                CKernels.pack(n, k, w, nStep, kStep, nMap, kMap, panels, panelRows ?? k)
            }
        }
    }

    /// For each column of interleaved gates (4 Hp) its row in PyTorch's order (4 H), or −1.
    ///
    /// Column u / 16 · 64 + q · 16 + u % 16 holds gate q (i, f, g, o) of unit u.
    public static func gateMap(hidden: Int) -> [Int] {
        (0..<4 * padded(hidden)).map { column in
            let unit = column / (4 * lanes) * lanes + column % lanes
            return unit < hidden ? column / lanes % 4 * hidden + unit : -1
        }
    }
}
