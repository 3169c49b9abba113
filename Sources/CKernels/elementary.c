// Elementary functions in float64 from explicit fused multiply-adds: exact range reduction, Taylor
// polynomials on the reduced range, and a second word where one is not enough. A libm would be as
// good, but not the same on every machine.
#include "CKernels.h"
#include "target.h"

#define FMA(a, b, c) __builtin_fma(a, b, c)

static const double round_magic = 0x1.8p52;  // Adding and taking it away rounds to a whole number.
static const double ln2 = 0x1.62e42fefa39efp-1, ln2_tail = 0x1.abc9e3b39803fp-56;
static const double ln2_short = 0x1.62e42fefa38p-1, ln2_rest = 0x1.ef35793c7673p-45;

static double from_bits(uint64_t bits) {
    double x;
    __builtin_memcpy(&x, &bits, sizeof x);
    return x;
}

static uint64_t to_bits(double x) {
    uint64_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double power_of_two(int64_t n) { return from_bits((uint64_t)(n + 1023) << 52); }

FMA_TARGET static double polynomial(const double *c, int degree, double x) {
    double p = c[degree];
    for (int i = degree - 1; i >= 0; i--) p = FMA(p, x, c[i]);
    return p;
}

// 1/2!, 1/3!, … 1/20!: (e^r − 1 − r) / r².
static const double exp_terms[19] = {
    1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040, 1.0 / 40320, 1.0 / 362880,
    1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800, 1.0 / 87178291200,
    1.0 / 1307674368000, 1.0 / 20922789888000, 1.0 / 355687428096000, 1.0 / 6402373705728000,
    1.0 / 121645100408832000, 1.0 / 2432902008176640000,
};

// e^(x + tail), where tail is far below x.
FMA_TARGET static double exp_of_sum(double x, double tail) {
    if (x != x) return x;
    if (x > 709.8) return __builtin_inf();
    if (x < -745.2) return 0;
    const double n = FMA(x, 1 / ln2, round_magic) - round_magic;
    const double high = FMA(-n, ln2, x);
    const double r = FMA(-n, ln2_tail, high);
    const double rest = FMA(-n, ln2_tail, high - r) + tail;
    const double above = r * r * polynomial(exp_terms, 12, r);
    const double y = r + FMA(rest, 1 + (r + above), above);
    const int64_t k = (int64_t)n;
    if (k > 1000) return (1 + y) * power_of_two(k - 100) * 0x1p100;
    if (k < -1000) return (1 + y) * power_of_two(k + 100) * 0x1p-100;
    return (1 + y) * power_of_two(k);
}

FMA_TARGET double elementary_exp(double x) { return exp_of_sum(x, 0); }

// 1/5, 1/7, … 1/27: the series of artanh from its third term on.
static const double artanh_terms[12] = {
    1.0 / 5, 1.0 / 7, 1.0 / 9, 1.0 / 11, 1.0 / 13, 1.0 / 15,
    1.0 / 17, 1.0 / 19, 1.0 / 21, 1.0 / 23, 1.0 / 25, 1.0 / 27,
};

// log x as a sum of two words, for finite x > 0: log m = 2 artanh((m − 1) / (m + 1)).
FMA_TARGET static double log_in_two(double x, double *tail) {
    int64_t k = 0;
    if (x < 0x1p-1022) {
        x *= 0x1p54;
        k = -54;
    }
    k += (int64_t)(to_bits(x) >> 52) - 1023;
    double m = from_bits((to_bits(x) & 0x000fffffffffffff) | 0x3ff0000000000000);
    if (m > 0x1.6a09e667f3bcdp0) {
        m *= 0.5;
        k += 1;
    }
    const double f = m - 1, d = m + 1, d_tail = m - (d - 1);
    const double s = f / d, s_tail = FMA(-s, d_tail, FMA(-s, d, f)) / d;
    const double z = s * s, z_tail = FMA(s, s, -z) + 2 * s * s_tail;
    const double third = z * (1.0 / 3);
    const double third_tail = FMA(z, 1.0 / 3, -third) + z * 0x1.5555555555555p-56 + z_tail / 3;
    const double q = z * z * polynomial(artanh_terms, 11, z);
    const double w = third + q, w_tail = (third - w) + q + third_tail;
    const double p = s * w, p_tail = FMA(s, w, -p) + (s * w_tail + s_tail * w);
    const double a = s + p, a_tail = (s - a) + p + (p_tail + s_tail);
    const double whole = (double)k * ln2_short, h = whole + 2 * a;
    const double h_tail =
        k == 0 ? 2 * a_tail : (whole - h) + 2 * a + FMA((double)k, ln2_rest, 2 * a_tail);
    const double result = h + h_tail;
    *tail = (h - result) + h_tail;
    return result;
}

FMA_TARGET double elementary_log(double x) {
    if (x != x || x == __builtin_inf()) return x;
    if (x < 0) return __builtin_nan("");
    if (x == 0) return -__builtin_inf();
    double tail;
    return log_in_two(x, &tail);
}

// A whole number: 0 when it is none, 1 when odd, 2 when even. All float64 above 2⁵³ are even.
static int parity(double y) {
    const double magnitude = __builtin_fabs(y);
    if (magnitude >= 0x1p53) return 2;
    const int64_t whole = (int64_t)magnitude;
    if ((double)whole != magnitude) return 0;
    return whole & 1 ? 1 : 2;
}

FMA_TARGET double elementary_pow(double x, double y) {
    if (y == 0 || x == 1) return 1;
    if (x != x || y != y) return x + y;
    const int kind = parity(y);
    const double sign = to_bits(x) >> 63 && kind == 1 ? -1 : 1;
    const double magnitude = __builtin_fabs(x);
    if (x < 0 && kind == 0 && magnitude != __builtin_inf()) return __builtin_nan("");
    if (magnitude == 0) return sign * (y > 0 ? 0 : __builtin_inf());
    if (magnitude == __builtin_inf()) return sign * (y > 0 ? __builtin_inf() : 0);
    if (magnitude == 1) return sign;
    double tail;
    const double log = log_in_two(magnitude, &tail);
    const double product = y * log;
    if (!(__builtin_fabs(product) < 800)) return sign * (product > 0 ? __builtin_inf() : 0);
    return sign * exp_of_sum(product, FMA(y, log, -product) + y * tail);
}

static const double sin_terms[8] = {
    -1.0 / 6, 1.0 / 120, -1.0 / 5040, 1.0 / 362880, -1.0 / 39916800, 1.0 / 6227020800,
    -1.0 / 1307674368000, 1.0 / 355687428096000,
};
static const double cos_terms[7] = {
    1.0 / 24, -1.0 / 720, 1.0 / 40320, -1.0 / 3628800, 1.0 / 479001600, -1.0 / 87178291200,
    1.0 / 20922789888000,
};

// sin(x + quarter π/2). The three words of π/2 hold for |x| up to about 10⁹.
FMA_TARGET static double sin_of_quarter(double x, int64_t quarter) {
    if (!(__builtin_fabs(x) < 0x1p40)) return __builtin_nan("");
    const double n = FMA(x, 0x1.45f306dc9c883p-1, round_magic) - round_magic;
    const double high = FMA(-n, 0x1.921fb54442d18p0, x);
    const double t = n * 0x1.1a62633145c07p-54;
    const double t_tail = FMA(n, 0x1.1a62633145c07p-54, -t) + n * -0x1.f1976b7ed8fbcp-110;
    const double r = high - t, back = r - high;
    const double rest = ((high - (r - back)) + (-t - back)) - t_tail;
    const double z = r * r;
    quarter = ((int64_t)n + quarter) & 3;
    double result;
    if (quarter & 1) {
        const double half = 0.5 * z, w = 1 - half;
        result = w + (((1 - w) - half) + FMA(z * z, polynomial(cos_terms, 6, z), -(r * rest)));
    } else {
        result = r + FMA(r * z, polynomial(sin_terms, 7, z), rest * (1 - 0.5 * z));
    }
    return quarter & 2 ? -result : result;
}

FMA_TARGET double elementary_sin(double x) { return x == 0 ? x : sin_of_quarter(x, 0); }

FMA_TARGET double elementary_cos(double x) { return sin_of_quarter(x, 1); }

FMA_TARGET double elementary_tanh(double x) {
    const double a = __builtin_fabs(x);
    if (!(a > 0)) return x;
    double result;
    if (a > 20) {
        result = 1;
    } else if (a >= 0.55) {
        result = 1 - 2 / (exp_of_sum(2 * a, 0) + 1);
    } else {  // E / (E + 2), E = e^2a − 1 = r + tail, with one correction of the quotient.
        const double r = 2 * a, tail = r * r * polynomial(exp_terms, 18, r);
        const double d = 2 + r, d_tail = (2 - d) + r + tail;
        const double q = (r + tail) / (d + tail);
        result = q + (FMA(-q, d, r) + FMA(-q, d_tail, tail)) / d;
    }
    return x < 0 ? -result : result;
}
