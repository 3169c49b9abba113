import CKernels

/// Elementary functions in float64 that give the same bits on every machine.
///
/// No libm stands behind them. Errors are below 2 units in the last place over the normal range;
/// not-a-number and infinity behave as IEEE 754 recommends.
public enum Elementary {
    /// eˣ; 0 below about −745, infinite above about 709.8.
    public static func exp(_ x: Double) -> Double { elementary_exp(x) }

    /// The natural logarithm; −∞ at 0, not-a-number below.
    public static func log(_ x: Double) -> Double { elementary_log(x) }

    /// The sine of an angle in radians, for |x| up to 10⁹; not-a-number beyond 2⁴⁰.
    public static func sin(_ x: Double) -> Double { elementary_sin(x) }

    /// The cosine of an angle in radians, for |x| up to 10⁹; not-a-number beyond 2⁴⁰.
    public static func cos(_ x: Double) -> Double { elementary_cos(x) }

    /// The hyperbolic tangent.
    public static func tanh(_ x: Double) -> Double { elementary_tanh(x) }

    /// xʸ; not-a-number for a negative x and a y that is no whole number.
    public static func pow(_ x: Double, _ y: Double) -> Double { elementary_pow(x, y) }
}
