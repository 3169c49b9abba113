import Glibc
import Kernels
import Testing

/// One sequence with a query, as the kernels take it, and in float64.
private struct Case {
    let frames: Int, units: Int, width: Int
    /// a (A), v (A), u (T, A), h (T, W).
    let a: [Double], v: [Double], u: [[Double]], h: [[Double]]
    let query: Arena, factors: Arena, keyRows: Arena, states: Arena

    init(frames: Int, units: Int, width: Int, span: Double, from random: inout RandomStream) {
        self.frames = frames
        self.units = units
        self.width = width
        func numbers(_ count: Int, _ span: Double) -> [Double] {
            (0..<count).map { _ in Double(Float(span * (2 * random.uniform() - 1))) }
        }
        a = numbers(units, span)
        v = numbers(units, 1)
        u = (0..<frames).map { _ in numbers(units, span) }
        h = (0..<frames).map { _ in numbers(width, 1) }
        let padded = Attention.padded(units)
        query = Arena(count: padded)
        factors = Arena(count: padded)
        keyRows = arena(u.flatMap { $0.map { Float($0) } })
        let step = Packing.padded(width)
        states = Arena(count: Packing.padded(frames) * step)
        for k in 0..<units {
            query.base[k] = Float(a[k])
            factors.base[k] = Float(-2 * v[k])
        }
        for k in units..<padded { query.base[k] = .nan }
        for j in 0..<frames {
            for i in 0..<width { states.base[j * step + i] = Float(h[j][i]) }
        }
        // What lies behind the last frame of a panel is of no account.
        for i in frames * step..<states.count { states.base[i] = .nan }
    }

    /// The parts of an attention over `window` with keys made by `set`.
    func withAttention<Result>(
        _ set: InstructionSet, _ window: Range<Int>, _ body: (Attention) -> Result
    ) -> Result {
        let query = arena(Array(self.query.values))
        let keys = Arena(count: Attention.keyCount(frames: frames, units: units))
        for i in 0..<keys.count { keys.base[i] = .nan }
        set.attentionQueries(rows: 1, units: units, Rows(query.base, step: query.count))
        set.attentionKeys(
            frames: frames, units: units, Rows(keyRows.base, step: units), into: keys.base)
        return body(
            Attention(
                frames: window, units: units, width: width, factors: factors.base,
                query: query.base, keys: keys.base, states: states.base))
    }

    /// The weights and the context in float64.
    func exact(_ window: Range<Int>) -> (weights: [Double], context: [Double]) {
        let energies = window.map { j in
            (0..<units).reduce(0.0) { $0 + v[$1] * Glibc.tanh(a[$1] + u[j][$1]) }
        }
        let exponentials = energies.map { Glibc.exp($0 - energies.max()!) }
        let weights = exponentials.map { $0 / exponentials.reduce(0, +) }
        let context = (0..<width).map { i in
            zip(window, weights).reduce(0.0) { $0 + $1.1 * h[$1.0][i] }
        }
        return (weights, context)
    }
}

/// What the two kernels leave.
private struct Passes: Equatable {
    var bits: [[UInt32]]
    let context: [Float], weights: [Float], dKeys: [Float], dQuery: [Float], dFactors: [Float]

    init(_ one: Case, _ set: InstructionSet, _ window: Range<Int>, _ dContext: [Float]) {
        let guarded = 16
        func guardedArena(_ count: Int) -> Arena {
            let arena = Arena(count: count + guarded)
            for i in count..<arena.count { arena.base[i] = -123.5 }
            return arena
        }
        let panels =
            Packing.padded(window.upperBound) - Attention.firstWeight(of: window)
        let padded = Attention.padded(one.units)
        let forward = guardedArena(panels)
        let weights = guardedArena(panels)
        let context = guardedArena(one.width)
        let softmax = guardedArena(2)
        let dKeys = guardedArena(Attention.keyCount(frames: one.frames, units: one.units))
        for i in 0..<dKeys.count - guarded { dKeys.base[i] = Float(i % 7) / 8 }
        let dQuery = guardedArena(padded)
        let dFactors = guardedArena(padded)
        let du = guardedArena(one.frames * one.units)
        let scratch = Arena(
            count: Attention.scratch(units: one.units, width: one.width, frames: one.frames))
        for i in 0..<scratch.count { scratch.base[i] = .nan }
        let dc = arena(dContext)
        one.withAttention(set, window) { attention in
            set.attentionForward(
                attention, weights: forward.base, into: context.base, softmax: softmax.base)
            set.attentionBackward(
                attention, softmax: softmax.base, context: context.base, dContext: dc.base,
                weights: weights.base, dKeys: dKeys.base, dQuery: dQuery.base,
                dFactors: dFactors.base, scratch: scratch.base)
            set.attentionKeysBackward(
                frames: one.frames, units: one.units, factors: one.factors.base,
                dKeys: dKeys.base, into: Rows(du.base, step: one.units))
        }
        let arenas = [forward, weights, context, softmax, dKeys, dQuery, dFactors, du]
        bits = arenas.map { $0.values.map(\.bitPattern) }
        // Units beyond A have the factor 0, and nobody reads their sums.
        for k in one.units..<padded { bits[6][k] = 0 }
        self.context = Array(context.values.prefix(one.width))
        self.weights = Array(weights.values.prefix(panels))
        self.dKeys = Array(du.values.prefix(one.frames * one.units))
        self.dQuery = Array(dQuery.values.prefix(one.units))
        self.dFactors = Array(dFactors.values.prefix(one.units))
    }
}

@Suite struct AttentionTests {
    /// Windows of a sequence: all of it, and parts that begin and end anywhere.
    private func windows(_ frames: Int, _ random: inout RandomStream) -> [Range<Int>] {
        [0..<frames, frames - 1..<frames]
            + (0..<4).map { _ in
                let first = random.below(frames)
                return first..<first + 1 + random.below(frames - first)
            }
    }

    @Test("Attention has the same bits in every instruction set, over any sizes and windows")
    func twins() {
        var random = stream(20)
        for frames in oddSizes + [150] {
            for (units, width) in [
                (1, 1), (3, 34), (4, 16), (13, 2), (17, 33), (64, 128), (66, 150),
            ] {
                let one = Case(
                    frames: frames, units: units, width: width, span: 3, from: &random)
                let dContext = (0..<width).map { _ in Float(random.normal()) }
                for window in windows(frames, &random) {
                    let results = InstructionSet.available.map {
                        Passes(one, $0, window, dContext).bits
                    }
                    #expect(
                        results.allSatisfy { $0 == results[0] },
                        "\(frames) frames, \(units) units, width \(width), \(window)")
                }
            }
        }
    }

    @Test("Weights and context are those of the equations, held where tanh is 1 too")
    func equations() {
        var random = stream(21)
        for span in [0.1, 3, 12, 45, 80] {
            for window in [0..<50, 17..<33, 7..<8] {
                let one = Case(frames: 50, units: 21, width: 19, span: span, from: &random)
                let found = Passes(one, .current, window, [Float](repeating: 1, count: 19))
                // Beyond ±43 the exponentials are held: a and u of opposite signs no longer cancel.
                guard span < 44 else {
                    #expect(found.context.allSatisfy { $0.isFinite })
                    continue
                }
                let (weights, context) = one.exact(window)
                let first = window.lowerBound - Attention.firstWeight(of: window)
                let inside = found.weights[first..<first + window.count]
                #expect(zip(inside, weights).allSatisfy { abs(Double($0) - $1) < 5e-6 })
                #expect(zip(found.context, context).allSatisfy { abs(Double($0) - $1) < 5e-6 })
                #expect(found.weights[..<first].allSatisfy { $0 == 0 })
                #expect(found.weights[(first + window.count)...].allSatisfy { $0 == 0 })
            }
        }
    }

    @Test("The gradients of query, factors and keys are those of finite differences in float64")
    func gradients() {
        var random = stream(22)
        let one = Case(frames: 23, units: 6, width: 5, span: 1.5, from: &random)
        let window = 3..<20
        let dContext = (0..<5).map { _ in Float(random.normal()) }
        let found = Passes(one, .current, window, dContext)
        func slope(_ change: (Double) -> [Double]) -> Double {
            func value(_ step: Double) -> Double {
                zip(change(step), dContext).reduce(0) { $0 + $1.0 * Double($1.1) }
            }
            return (value(1e-5) - value(-1e-5)) / 2e-5
        }
        for k in 0..<6 {
            let ofQuery = slope { moved(one, window, a: (k, $0)) }
            #expect(abs(Double(found.dQuery[k]) - ofQuery) < 2e-6)
            // factors = −2 v, and the sum of all v is left out.
            let ofFactor = slope { moved(one, window, v: (k, $0)) } / -2
            #expect(abs(Double(found.dFactors[k]) - ofFactor) < 2e-6)
        }
        // The keys' gradient adds to what is there.
        for j in 0..<23 {
            for k in 0..<6 {
                let at = (j / 16 * 8 + k) * 16 + j % 16
                let there = -2 * -2 * one.v[k] * Double(at % 7) / 8
                let ofKey = slope { moved(one, window, u: (j, k, $0)) } + there
                #expect(abs(Double(found.dKeys[j * 6 + k]) - ofKey) < 4e-6)
            }
        }
    }

    /// The exact context after one value has moved.
    private func moved(
        _ one: Case, _ window: Range<Int>, a: (Int, Double)? = nil, v: (Int, Double)? = nil,
        u: (Int, Int, Double)? = nil
    ) -> [Double] {
        var query = one.a
        var scores = one.v
        var keys = one.u
        if let a { query[a.0] += a.1 }
        if let v { scores[v.0] += v.1 }
        if let u { keys[u.0][u.1] += u.2 }
        let energies = window.map { j in
            query.indices.reduce(0.0) { $0 + scores[$1] * Glibc.tanh(query[$1] + keys[j][$1]) }
        }
        let exponentials = energies.map { Glibc.exp($0 - energies.max()!) }
        let sum = exponentials.reduce(0, +)
        return (0..<one.width).map { i in
            zip(window, exponentials).reduce(0.0) { $0 + $1.1 / sum * one.h[$1.0][i] }
        }
    }

    @Test("A not-a-number in a query or a key reaches the context")
    func notANumber() {
        var random = stream(23)
        for spoilt in 0..<2 {
            let one = Case(frames: 40, units: 5, width: 3, span: 1, from: &random)
            if spoilt == 0 { one.query.base[2] = .nan } else { one.keyRows.base[101] = .nan }
            for set in InstructionSet.available {
                let found = Passes(one, set, 0..<40, [1, 1, 1])
                #expect(found.context.allSatisfy { $0.isNaN }, "\(set.name)")
            }
        }
    }
}
