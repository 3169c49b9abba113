// The vector kernels, once for all processors: included by a file that has set the target and
// defined `vector`, `load_part`, `store_part`, PANELS (panels in a tile), SET and SET_NAME.
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

typedef int32_t bits __attribute__((vector_size(64)));
typedef double doubles __attribute__((vector_size(128)));
typedef float unaligned __attribute__((vector_size(64), aligned(4), may_alias));

INLINE vector load(const float *p) { return *(const unaligned *)p; }

INLINE void store(float *p, vector x) { *(unaligned *)p = x; }

INLINE vector splat(float x) {
    return (vector){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x};
}

INLINE vector fma(vector a, vector b, vector c) { return __builtin_elementwise_fma(a, b, c); }

INLINE vector choose(bits mask, vector yes, vector no) {
    return (vector)((mask & (bits)yes) | (~mask & (bits)no));
}

// Not-a-number passes through both.
INLINE vector at_least(vector x, float least) { return choose(x < splat(least), splat(least), x); }

INLINE vector at_most(vector x, float most) { return choose(x > splat(most), splat(most), x); }

// The lanes of a row that exist from column j on: all 16, or the rest.
INLINE vector load_row(const float *row, long j, long n) {
    return n - j >= LANES ? load(row + j) : load_part(row + j, n - j);
}

INLINE void store_row(float *row, long j, long n, vector x) {
    if (n - j >= LANES) {
        store(row + j, x);
    } else {
        store_part(row + j, x, n - j);
    }
}

// Lane l and lane l + 8 first, then 4, 2 and 1 apart.
INLINE float sum(vector x) {
    for (int half = LANES / 2; half > 0; half /= 2) {
        for (int l = 0; l < half; l++) x[l] += x[l + half];
    }
    return x[0];
}

INLINE float largest(vector x) {
    for (int half = LANES / 2; half > 0; half /= 2) {
        for (int l = 0; l < half; l++) x[l] = x[l] < x[l + half] ? x[l + half] : x[l];
    }
    return x[0];
}

// e^x as (1 + y) · s with s a power of two; returns y.
INLINE vector exp_parts(vector x, vector *s) {
    x = at_most(at_least(x, EXP_LEAST), EXP_MOST);
    const vector t = fma(x, splat(LOG2_E), splat(ROUND_MAGIC));
    const vector n = t - splat(ROUND_MAGIC);
    const vector r = fma(n, splat(-LN2_LOW), fma(n, splat(-LN2_HIGH), x));
    vector q = fma(splat(EXP_4), r, splat(EXP_3));
    q = fma(q, r, splat(EXP_2));
    q = fma(q, r, splat(EXP_1));
    q = fma(q, r, splat(EXP_0));
    *s = (vector)(((bits)t << 23) + 0x3F800000);
    return fma(r * r, q, r);
}

INLINE vector exponential(vector x) {
    vector s;
    const vector y = exp_parts(x, &s);
    return fma(y, s, s);
}

INLINE vector logistic(vector x) { return splat(1) / (splat(1) + exponential(-x)); }

// E / (E + 2) with E = e^2x − 1: exact to the last digits near 0 too.
INLINE vector hyperbolic_tangent(vector x) {
    x = at_most(at_least(x, -TANH_MOST), TANH_MOST);
    vector s;
    const vector y = exp_parts(x + x, &s);
    const vector e = fma(y, s, s - splat(1));
    return e / (e + splat(2));
}

#include "vector_products.h"
#include "vector_lstm.h"
#include "vector_rows.h"
#include "vector_limits.h"
#include "vector_attention.h"

const struct kernel_set SET = {
    .name = SET_NAME,
    .product = product,
    .gradient = gradient,
    .column_sums = column_sums,
    .lstm_forward = lstm_forward,
    .lstm_backward = lstm_backward,
    .softmax = softmax,
    .softmax_backward = softmax_backward,
    .tanh = tanh_rows,
    .tanh_backward = tanh_backward,
    .rectify = rectify,
    .rectify_backward = rectify_backward,
    .normalise = normalise,
    .normalise_backward = normalise_backward,
    .multiply = multiply,
    .add = add,
    .scale_rows = scale_rows,
    .row_products = row_products,
    .standardise = standardise,
    .squares = squares,
    .adam = adam,
    .multiply_adds = multiply_adds,
    .chains = CHAINS,
    .attention_queries = attention_queries,
    .attention_keys = attention_keys,
    .attention_forward = attention_forward,
    .attention_backward = attention_backward,
    .attention_keys_backward = attention_keys_backward,
};
