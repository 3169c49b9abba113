import Kernels

/// The standard normal distribution, without the system's mathematics library.
enum NormalDistribution {
    /// The probability of a value below `z`, absolute error below 1e-15.
    ///
    /// Hart 1968 as West 2005 gives it ("Better approximations to cumulative normal functions").
    static func probability(below z: Double) -> Double {
        let size = abs(z)
        guard size <= 37 else { return z > 0 ? 1 : 0 }
        let density = Elementary.exp(-size * size / 2)
        let tail: Double
        if size < 7.07106781186547 {
            tail =
                density
                * polynomial(
                    size,
                    [
                        220.206867912376, 221.213596169931, 112.079291497871, 33.912866078383,
                        6.37396220353165, 0.700383064443688, 0.0352624965998911,
                    ])
                / polynomial(
                    size,
                    [
                        440.413735824752, 793.826512519948, 637.333633378831, 296.564248779674,
                        86.7807322029461, 16.064177579207, 1.75566716318264, 0.0883883476483184,
                    ])
        } else {
            let rest = (1...4).reversed().reduce(size + 0.65) { size + Double($1) / $0 }
            tail = density / rest / 2.506628274631
        }
        return z > 0 ? 1 - tail : tail
    }

    /// The value below which a share of `probability` lies; infinite at 0 and 1.
    ///
    /// Relative error about 1e-16.   Wichura 1988, algorithm AS 241 (PPND16).
    static func quantile(_ probability: Double) -> Double {
        guard probability > 0 else { return -.infinity }
        guard probability < 1 else { return .infinity }
        let centred = probability - 0.5
        if abs(centred) <= 0.425 {
            let r = 0.180625 - centred * centred
            return centred * polynomial(r, near.above) / polynomial(r, near.below)
        }
        let smaller = centred < 0 ? probability : 1 - probability
        let r = (-Elementary.log(smaller)).squareRoot()
        let value =
            r <= 5
            ? polynomial(r - 1.6, middle.above) / polynomial(r - 1.6, middle.below)
            : polynomial(r - 5, far.above) / polynomial(r - 5, far.below)
        return centred < 0 ? -value : value
    }

    /// Σ cₖ xᵏ by Horner's rule, the constant first.
    private static func polynomial(_ x: Double, _ coefficients: [Double]) -> Double {
        coefficients.reversed().reduce(0) { $0 * x + $1 }
    }

    private static let near = (
        above: [
            3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427,
            13731.693765509461125, 45921.953931549871457, 67265.770927008700853,
            33430.575583588128105, 2509.0809287301226727,
        ],
        below: [
            1, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077,
            21213.794301586595867, 39307.895800092710610, 28729.085735721942674,
            5226.4952788528545610,
        ]
    )

    private static let middle = (
        above: [
            1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550,
            3.64784832476320460504, 1.27045825245236838258, 0.241780725177450611770,
            0.0227238449892691845833, 7.74545014278341407640e-4,
        ],
        below: [
            1, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550,
            0.148103976427480074590, 0.0151986665636164571966, 5.47593808499534494600e-4,
            1.05075007164441684324e-9,
        ]
    )

    private static let far = (
        above: [
            6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580,
            0.296560571828504891230, 0.0265321895265761230930, 1.24266094738807843860e-3,
            2.71155556874348757815e-5, 2.01033439929228813265e-7,
        ],
        below: [
            1, 0.599832206555887937690, 0.136929880922735805310, 0.0148753612908506148525,
            7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
            2.04426310338993978564e-15,
        ]
    )
}
