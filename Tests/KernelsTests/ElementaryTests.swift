import Glibc
import Kernels
import Testing

/// Differences from Glibc in units in the last place of Glibc's value.
private func worst(
    _ name: String, _ values: [Double], _ ours: (Double) -> Double, _ theirs: (Double) -> Double
) -> Double {
    var worst = 0.0
    for x in values {
        let reference = theirs(x)
        let difference = Swift.abs(ours(x) - reference) / reference.ulp
        if !(difference <= worst) { worst = difference }
    }
    print("\(name): at most \(worst) units in the last place from Glibc")
    return worst
}

private func values(_ range: ClosedRange<Double>, count: Int = 200_000) -> [Double] {
    var random = RandomStream(state: (1, 2, 3, 4))
    let span = range.upperBound - range.lowerBound
    return (0..<count).map { _ in range.lowerBound + span * random.uniform() }
}

/// Magnitudes from 10⁻³⁰⁰ to 10³⁰⁰, evenly in the exponent.
private var magnitudes: [Double] {
    values(-300...300, count: 50_000).map { Glibc.pow(10, $0) }
}

@Suite struct ElementaryTests {
    @Test("The exponential is within 2 units in the last place of Glibc's")
    func exponential() {
        #expect(worst("exp", values(-1...1), Elementary.exp, Glibc.exp) < 2)
        #expect(worst("exp", values(-708...709.7), Elementary.exp, Glibc.exp) < 2)
        #expect(worst("exp", values(-1e-5...1e-5), Elementary.exp, Glibc.exp) < 2)
    }

    @Test("The logarithm is within 2 units in the last place of Glibc's")
    func logarithm() {
        #expect(worst("log", values(0.5...2), Elementary.log, Glibc.log) < 2)
        #expect(worst("log", values(0.999...1.001), Elementary.log, Glibc.log) < 2)
        #expect(worst("log", magnitudes, Elementary.log, Glibc.log) < 2)
        let least = Double.leastNonzeroMagnitude
        #expect(Elementary.log(least) == Glibc.log(least))
    }

    @Test("Sine and cosine are within 2 units in the last place of Glibc's up to 10⁵")
    func trigonometric() {
        for range in [-1.0...1, -7...7, -1e5...1e5] {
            #expect(worst("sin \(range)", values(range), Elementary.sin, Glibc.sin) < 2)
            #expect(worst("cos \(range)", values(range), Elementary.cos, Glibc.cos) < 2)
        }
        let multiples = (1...20_000).map { Double($0) * Double.pi / 2 }
        #expect(worst("sin k π/2", multiples, Elementary.sin, Glibc.sin) < 2)
        #expect(worst("cos k π/2", multiples, Elementary.cos, Glibc.cos) < 2)
    }

    @Test("The hyperbolic tangent is within 3 units in the last place of Glibc's")
    func hyperbolicTangent() {  // Glibc's own is only good to 2.
        for range in [-1e-4...1e-4, -1.0...1, -25...25] {
            #expect(worst("tanh \(range)", values(range), Elementary.tanh, Glibc.tanh) < 3)
        }
    }

    @Test("The power is within 2 units in the last place of Glibc's")
    func power() {
        var random = RandomStream(state: (5, 6, 7, 8))
        var worst = 0.0
        for _ in 0..<200_000 {
            let x = Glibc.pow(10, 12 * random.uniform() - 6)
            let y = 60 * random.uniform() - 30
            let reference = Glibc.pow(x, y)
            worst = max(worst, Swift.abs(Elementary.pow(x, y) - reference) / reference.ulp)
        }
        #expect(worst < 2)
        for step in 1...5000 {
            for base in [0.9, 0.999] {
                let reference = Glibc.pow(base, Double(step))
                #expect(Swift.abs(Elementary.pow(base, Double(step)) - reference) <= reference.ulp)
            }
        }
    }

    @Test("Special values behave as in IEEE 754")
    func specialValues() {
        let infinity = Double.infinity
        #expect(Elementary.exp(0) == 1 && Elementary.exp(-infinity) == 0)
        #expect(Elementary.exp(infinity) == infinity && Elementary.exp(.nan).isNaN)
        #expect(Elementary.exp(-745.1) == Glibc.exp(-745.1) && Elementary.exp(710) == infinity)
        #expect(Elementary.log(1) == 0 && Elementary.log(0) == -infinity)
        #expect(Elementary.log(-1).isNaN && Elementary.log(infinity) == infinity)
        #expect(Elementary.sin(0) == 0 && Elementary.cos(0) == 1)
        #expect(Elementary.sin(infinity).isNaN && Elementary.cos(.nan).isNaN)
        #expect(Elementary.tanh(0) == 0 && Elementary.tanh(infinity) == 1)
        #expect(Elementary.tanh(-infinity) == -1 && Elementary.tanh(.nan).isNaN)
        for x in [-infinity, -2.5, -2, -1, -0.0, 0, 0.5, 1, 2, infinity, .nan] {
            for y in [-infinity, -3, -2, -0.5, -0.0, 0, 1, 2, 3, 1e300, infinity, .nan] {
                let ours = Elementary.pow(x, y)
                let theirs = Glibc.pow(x, y)
                let near = Swift.abs(ours - theirs) <= theirs.ulp
                #expect(ours == theirs || near || (ours.isNaN && theirs.isNaN), "\(x), \(y)")
            }
        }
    }

    @Test("Normal numbers have mean 0, variance 1 and the right tails, and a fixed sequence")
    func normal() {
        var random = RandomStream(state: (9, 8, 7, 6))
        let numbers = (0..<200_000).map { _ in random.normal() }
        let mean = numbers.reduce(0, +) / 200_000
        let variance = numbers.reduce(0) { $0 + $1 * $1 } / 200_000
        let beyondTwo = numbers.filter { Swift.abs($0) > 2 }.count
        #expect(Swift.abs(mean) < 0.01 && Swift.abs(variance - 1) < 0.02)
        #expect(Swift.abs(Double(beyondTwo) / 200_000 - 0.0455) < 0.002)
        #expect(numbers.allSatisfy { $0.isFinite })
        var again = RandomStream(state: (9, 8, 7, 6))
        #expect(again.normal() == numbers[0])
    }
}
