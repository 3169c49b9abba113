// The kernels in plain C, one value after the other: what each kernel means, and the twin against
// which the vector kernels are tested bit for bit.
#include "kernels.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("fma"))), apply_to = function)
#endif

static float fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }

static float exp_parts(float x, float *s) {
    if (x < EXP_LEAST) x = EXP_LEAST;
    if (x > EXP_MOST) x = EXP_MOST;
    const float t = fma(x, LOG2_E, ROUND_MAGIC), n = t - ROUND_MAGIC;
    const float r = fma(n, -LN2_LOW, fma(n, -LN2_HIGH, x));
    float q = EXP_4;
    const float terms[] = {EXP_3, EXP_2, EXP_1, EXP_0};
    for (int i = 0; i < 4; i++) q = fma(q, r, terms[i]);
    uint32_t bits;
    __builtin_memcpy(&bits, &t, sizeof bits);
    bits = (bits << 23) + 0x3F800000;
    __builtin_memcpy(s, &bits, sizeof bits);
    return fma(r * r, q, r);
}

static float exponential(float x) {
    float s;
    const float y = exp_parts(x, &s);
    return fma(y, s, s);
}

static float logistic(float x) { return 1 / (1 + exponential(-x)); }

static float hyperbolic_tangent(float x) {
    if (x < -TANH_MOST) x = -TANH_MOST;
    if (x > TANH_MOST) x = TANH_MOST;
    float s;
    const float y = exp_parts(x + x, &s), e = fma(y, s, s - 1);
    return e / (e + 2);
}

static float sum_of_lanes(float *lanes) {
    for (int half = LANES / 2; half > 0; half /= 2) {
        for (int l = 0; l < half; l++) lanes[l] += lanes[l + half];
    }
    return lanes[0];
}

static void product(
    long m, long n, long k, const float *a, long a_step, const float *b, const float *start,
    long start_step, float *c, long c_step) {
    for (long i = 0; i < m; i++) {
        for (long j = 0; j < n; j++) {
            float s = start ? start[i * start_step + j] : 0;
            const float *column = b + j / LANES * k * LANES + j % LANES;
            for (long l = 0; l < k; l++) s = fma(a[i * a_step + l], column[l * LANES], s);
            c[i * c_step + j] = s;
        }
    }
}

static void gradient(
    long rows, long m, long n, const float *a, long a_step, const float *b, long b_step, float *c,
    long c_step, float *scratch) {
    (void)scratch;
    for (long first = 0; first < rows; first += BLOCK) {
        const long end = rows - first < BLOCK ? rows : first + BLOCK;
        for (long i = 0; i < m; i++) {
            for (long j = 0; j < n; j++) {
                float s = 0;
                for (long r = first; r < end; r++) {
                    s = fma(a[r * a_step + i], b[r * b_step + j], s);
                }
                c[i * c_step + j] += s;
            }
        }
    }
}

static void column_sums(long rows, long n, const float *x, long x_step, float *out) {
    for (long first = 0; first < rows; first += BLOCK) {
        const long end = rows - first < BLOCK ? rows : first + BLOCK;
        for (long j = 0; j < n; j++) {
            float s = 0;
            for (long r = first; r < end; r++) s += x[r * x_step + j];
            out[j] += s;
        }
    }
}

static void lstm_forward(
    long rows, long hidden, float *gates, long gates_step, long ahead, const float *weights,
    const float *h_before, float *h, long h_step, const float *c_before, float *c, long c_step) {
    (void)ahead;
    const long padded = (hidden + LANES - 1) / LANES * LANES;
    for (long r = 0; r < rows; r++) {
        float *const z = gates + r * gates_step;
        if (h_before) {
            product(1, 4 * padded, hidden, h_before + r * h_step, 0, weights, z, 0, z, 0);
        }
        for (long u = 0; u < padded; u++) {
            float *const unit = z + u / LANES * GATES + u % LANES;
            const float i = logistic(unit[0]), f = logistic(unit[LANES]);
            const float g = hyperbolic_tangent(unit[2 * LANES]), o = logistic(unit[3 * LANES]);
            const float now = fma(i, g, f * (c_before ? c_before[r * c_step + u] : 0));
            unit[0] = i;
            unit[LANES] = f;
            unit[2 * LANES] = g;
            unit[3 * LANES] = o;
            c[r * c_step + u] = now;
            if (u < hidden) h[r * h_step + u] = o * hyperbolic_tangent(now);
        }
    }
}

static void lstm_backward(
    long rows, long hidden, float *gates, long gates_step, long ahead, const float *c_before,
    const float *c, long c_step, const float *dh, long dh_step, float *dc) {
    (void)ahead;
    const long padded = (hidden + LANES - 1) / LANES * LANES;
    for (long r = 0; r < rows; r++) {
        for (long u = 0; u < padded; u++) {
            float *const unit = gates + r * gates_step + u / LANES * GATES + u % LANES;
            const float i = unit[0], f = unit[LANES], g = unit[2 * LANES], o = unit[3 * LANES];
            const float t = hyperbolic_tangent(c[r * c_step + u]);
            const float up = u < hidden ? dh[r * dh_step + u] : 0;
            const float d = fma(up * o, fma(-t, t, 1), dc[r * padded + u]);
            const float before = c_before ? c_before[r * c_step + u] : 0;
            unit[0] = d * g * (i * (1 - i));
            unit[LANES] = d * before * (f * (1 - f));
            unit[2 * LANES] = d * i * fma(-g, g, 1);
            unit[3 * LANES] = up * t * (o * (1 - o));
            dc[r * padded + u] = d * f;
        }
    }
}

static void softmax(
    long rows, long n, float scale, const float *x, long x_step, float *y, long y_step) {
    for (long r = 0; r < rows; r++, x += x_step, y += y_step) {
        float most = -__builtin_inff(), lanes[LANES] = {0};
        for (long j = 0; j < n; j++) most = most < x[j] ? x[j] : most;
        for (long j = 0; j < n; j++) {
            y[j] = exponential(x[j] - most);
            lanes[j % LANES] += y[j];
        }
        const float factor = scale / sum_of_lanes(lanes);
        for (long j = 0; j < n; j++) y[j] *= factor;
    }
}

static float row_product(long n, const float *x, const float *y) {
    float lanes[LANES] = {0};
    for (long j = 0; j < n; j++) lanes[j % LANES] = fma(x[j], y[j], lanes[j % LANES]);
    return sum_of_lanes(lanes);
}

static void softmax_backward(
    long rows, long n, float scale, const float *y, long y_step, const float *dy, long dy_step,
    float *dx, long dx_step) {
    for (long r = 0; r < rows; r++, y += y_step, dy += dy_step, dx += dx_step) {
        const float mean = row_product(n, y, dy) / scale;
        for (long j = 0; j < n; j++) dx[j] = y[j] * (dy[j] - mean);
    }
}

// For every row r and column j.
#define EACH(rows, n) \
    for (long r = 0; r < (rows); r++) \
        for (long j = 0; j < (n); j++)

static void tanh_rows(long rows, long n, const float *x, long x_step, float *y, long y_step) {
    EACH(rows, n) y[r * y_step + j] = hyperbolic_tangent(x[r * x_step + j]);
}

static void tanh_backward(
    long rows, long n, const float *y, long y_step, const float *dy, long dy_step, float *dx,
    long dx_step) {
    EACH(rows, n) {
        const float t = y[r * y_step + j];
        dx[r * dx_step + j] = dy[r * dy_step + j] * fma(-t, t, 1);
    }
}

static void rectify(long rows, long n, const float *x, long x_step, float *y, long y_step) {
    EACH(rows, n) {
        const float v = x[r * x_step + j];
        y[r * y_step + j] = v < 0 ? 0 : v;
    }
}

static void rectify_backward(
    long rows, long n, const float *y, long y_step, const float *dy, long dy_step, float *dx,
    long dx_step) {
    EACH(rows, n) dx[r * dx_step + j] = y[r * y_step + j] > 0 ? dy[r * dy_step + j] : 0;
}

static float row_sum(long n, const float *x) {
    float lanes[LANES] = {0};
    for (long j = 0; j < n; j++) lanes[j % LANES] += x[j];
    return sum_of_lanes(lanes);
}

static void normalise(
    long rows, long n, float epsilon, const float *x, long x_step, float *y, long y_step,
    float *scales) {
    for (long r = 0; r < rows; r++, x += x_step, y += y_step) {
        const float mean = row_sum(n, x) / (float)n;
        for (long j = 0; j < n; j++) y[j] = x[j] - mean;
        const float variance = row_product(n, y, y) / (float)n;
        scales[r] = 1 / __builtin_sqrtf(variance + epsilon);
        for (long j = 0; j < n; j++) y[j] *= scales[r];
    }
}

static void normalise_backward(
    long rows, long n, const float *y, long y_step, const float *scales, const float *dy,
    long dy_step, float *dx, long dx_step) {
    for (long r = 0; r < rows; r++, y += y_step, dy += dy_step, dx += dx_step) {
        const float mean = row_sum(n, dy) / (float)n, slope = row_product(n, y, dy) / (float)n;
        for (long j = 0; j < n; j++) dx[j] = fma(-slope, y[j], dy[j] - mean) * scales[r];
    }
}

static void multiply(
    long rows, long n, const float *x, long x_step, const float *y, long y_step, float *z,
    long z_step) {
    EACH(rows, n) z[r * z_step + j] = x[r * x_step + j] * y[r * y_step + j];
}

static void add(long rows, long n, const float *x, long x_step, float *y, long y_step) {
    EACH(rows, n) y[r * y_step + j] += x[r * x_step + j];
}

static void scale_rows(
    long rows, long n, const float *factors, long factors_step, const float *x, long x_step,
    float *y, long y_step) {
    EACH(rows, n) y[r * y_step + j] = factors[r * factors_step] * x[r * x_step + j];
}

static void row_products(
    long rows, long n, const float *x, long x_step, const float *y, long y_step, float *out,
    long out_step) {
    for (long r = 0; r < rows; r++) {
        out[r * out_step] = row_product(n, x + r * x_step, y + r * y_step);
    }
}

static void standardise(
    long rows, long n, const float *const *sources, long offset, const float *means,
    const float *scales, float *y, long y_step) {
    EACH(rows, n) y[r * y_step + j] = (sources[r][offset + j] - means[j]) * scales[j];
}

static double squares(long count, const float *x) {
    double lanes[LANES] = {0};
    for (long j = 0; j < count; j++) {
        lanes[j % LANES] = __builtin_fma((double)x[j], (double)x[j], lanes[j % LANES]);
    }
    for (int half = LANES / 2; half > 0; half /= 2) {
        for (int l = 0; l < half; l++) lanes[l] += lanes[l + half];
    }
    return lanes[0];
}

static void adam(
    long count, float *weights, float *mean, float *variance, const float *gradient,
    const struct adam_step *step) {
    const float beta1 = step->beta1, beta2 = step->beta2;
    for (long j = 0; j < count; j++) {
        const float g = gradient[j];
        const float m = fma(beta1, mean[j], step->rest1 * g);
        const float v = fma(beta2, variance[j], step->rest2 * (g * g));
        const float root = __builtin_sqrtf(v * step->variance_factor);
        weights[j] -= step->rate * (m * step->mean_factor) / (root + step->epsilon);
        mean[j] = m;
        variance[j] = v;
    }
}

#include "scalar_attention.h"

#if defined(__x86_64__)
#pragma clang attribute pop
#endif

const struct kernel_set scalar_kernels = {
    .name = "scalar",
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
    .attention_queries = attention_queries,
    .attention_keys = attention_keys,
    .attention_forward = attention_forward,
    .attention_backward = attention_backward,
    .attention_keys_backward = attention_keys_backward,
};
