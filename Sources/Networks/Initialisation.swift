import Kernels

/// Fresh weights, as Keras makes them.
enum Initialisation {
    /// Uniform in ±√(6 / (rows + columns)), a convolution's taps counted in both.
    ///
    /// Glorot and Bengio 2010.
    static func glorot(
        _ weights: UnsafeMutablePointer<Float>, rows: Int, columns: Int, taps: Int = 1,
        from random: inout RandomStream
    ) {
        let limit = (6 / Double((rows + columns) * taps)).squareRoot()
        for i in 0..<rows * columns * taps {
            weights[i] = Float(limit * (2 * random.uniform() - 1))
        }
    }

    /// A (rows, columns) matrix with rows ≥ columns whose columns are orthonormal.
    ///
    /// Normal numbers, made orthonormal column by column (modified Gram–Schmidt, in float64).
    /// Saxe, McClelland, Ganguli 2014.
    static func orthogonal(
        _ weights: UnsafeMutablePointer<Float>, rows: Int, columns: Int,
        from random: inout RandomStream
    ) {
        var basis: [[Double]] = []
        while basis.count < columns {
            var vector = (0..<rows).map { _ in random.normal() }
            for other in basis {
                let overlap = product(vector, other)
                for i in 0..<rows { vector[i] -= overlap * other[i] }
            }
            let length = product(vector, vector).squareRoot()
            guard length > 1e-6 else { continue }
            basis.append(vector.map { $0 / length })
        }
        for (j, vector) in basis.enumerated() {
            for i in 0..<rows { weights[i * columns + j] = Float(vector[i]) }
        }
    }

    private static func product(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for i in a.indices { sum += a[i] * b[i] }
        return sum
    }
}
