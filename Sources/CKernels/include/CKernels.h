// The arithmetic of Concord: every number that reaches a trial or a report is made here or by
// plain IEEE operations, so that it has the same bits on every machine.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

// Elementary functions in float64, below 2 units in the last place; no libm behind them.
double elementary_exp(double x);
double elementary_log(double x);
double elementary_sin(double x);
double elementary_cos(double x);
double elementary_tanh(double x);
double elementary_pow(double x, double y);

// Resamples of groups, in float64; a resample is a lane: every processor gives the same bits.
//
// How a concordance takes its moments: its denominator has (n − lost_in_variance) bias², and
// lost_in_covariance says whether its numerator is times (n − 1) / n.
struct concordance_form {
    double offset;  // The centre of predicted values less that of gold values.
    double floor;   // A denominator below this, per frame, is rounding: undefined.
    double lost_in_variance;
    int lost_in_covariance;
};
// sums (3, vectors · 8) of Σ weight · value: weights (vectors, groups, 8), values (3, groups).
void resample_sums(
    const double *weights, const double *values, long groups, long vectors, double *sums);
// gold (5, count) is n, Σx, 1/n, the mean and Σ(x − mean)² of sums (3, count): n, Σx, Σx².
void resample_gold(const double *sums, long count, double *gold);
// Adds the concordance of gold (5, count) and predicted (3, count), which is Σy, Σy², Σxy, to
// total, and 1 to defined, where it is defined.
void resample_concordance(
    const double *gold, const double *predicted, long count, struct concordance_form form,
    double *total, double *defined);

struct adam_step {
    float rate, beta1, rest1, beta2, rest2, mean_factor, variance_factor, epsilon;
};

// Additive attention of one query over the frames first … end − 1 of a sequence.
//
// With query q_k = e^2a_k and keys e^2u_jk, tanh(a + u) = 1 − 2 r, where r = 1 / (1 + query · key):
// no exponential in the inner loop. The energies Σ v_k tanh(a_k + u_jk) less the constant Σ v_k,
// which a softmax does not see, are Σ factors_k r_jk with factors = −2 v.
//
// Units are rounded up to whole 4, which share a division: (d₁, d₂, d₃, d₄) have the reciprocals
// (R d₃ d₄) d₂, (R d₃ d₄) d₁, … with R = 1 / (d₁ d₂ · d₃ d₄). An energy is one chain, k ascending.
struct attention {
    long units;        // Ap, the units rounded up to whole 4; what they lack has the factor 0.
    long first, end;   // The frames that are looked at.
    long width;        // W values of a state,
    long state_step;   // rounded up to whole 16; values beyond W are 0.
    const float *factors, *query;  // (Ap)
    const float *keys;    // In panels: unit k of frame j is at (j / 16 · Ap + k) · 16 + j % 16.
    const float *states;  // (T, W), row after row, with memory for whole panels of frames.
};

// Kernels in float32. A matrix is a pointer to its first value and the distance between its rows.
//
// The order of every reduction is part of a kernel's definition, never of the processor:
// - an element of a product is one chain of fused multiply-adds, k ascending;
// - a sum along a row has 16 lanes, lane l taking the elements l, l + 16, …, joined by halves;
// - a sum over rows takes blocks of 512 rows, each summed from zero and then added to the total;
// - division and square root are those of IEEE 754; exp, tanh and logistic are those of vector.h.
//
// A packed operand lies in panels of 16 columns: value (k, j) at (j / 16 * K + k) * 16 + j % 16.
// The gates of an LSTM lie interleaved by 16 units: unit u of gate q (i, f, g, o) is column
// u / 16 * 64 + q * 16 + u % 16, in 4 Hp columns, where Hp is H rounded up to whole 16.
struct kernel_set {
    const char *name;

    // c = start + a · b, for a (m, k), packed b (k, n), c (m, n). A null start is 0; a step of 0
    // between the rows of start adds one row, a bias, to all; start may be c.
    void (*product)(
        long m, long n, long k, const float *a, long a_step, const float *b, const float *start,
        long start_step, float *c, long c_step);

    // c += aᵀ · b, for a (rows, m), b (rows, n), c (m, n).
    // Scratch: gradient_scratch(n) float32.
    void (*gradient)(
        long rows, long m, long n, const float *a, long a_step, const float *b, long b_step,
        float *c, long c_step, float *scratch);

    // out[j] += the sum of column j of x (rows, n).
    void (*column_sums)(long rows, long n, const float *x, long x_step, float *out);

    // One time step of an LSTM over rows of sequences.   gates (rows, 4 Hp): in, what the input
    // contributes; out, the activations i, f, g, o.   h_before (rows, H) and c_before (rows, Hp)
    // are the state before, null for zero; weights is the packed (H, 4 Hp).
    // → c (rows, Hp), h (rows, H).   h_before and h share a row step, c_before and c another.
    // The gates `ahead` rows further on, of the step to come, are fetched meanwhile; 0 is none.
    void (*lstm_forward)(
        long rows, long hidden, float *gates, long gates_step, long ahead, const float *weights,
        const float *h_before, float *h, long h_step, const float *c_before, float *c,
        long c_step);

    // The same step backwards, up to the recurrent product.   dh (rows, H); gates in: activations,
    // out: their gradients before the nonlinearity; dc (rows, Hp) in: the gradient of c, out: that
    // of c_before.
    void (*lstm_backward)(
        long rows, long hidden, float *gates, long gates_step, long ahead, const float *c_before,
        const float *c, long c_step, const float *dh, long dh_step, float *dc);

    // y = scale · softmax(x) along each row of n.
    void (*softmax)(
        long rows, long n, float scale, const float *x, long x_step, float *y, long y_step);
    // dx = y · (dy − Σ y dy / scale), for y = scale · softmax(x). dx may be dy.
    void (*softmax_backward)(
        long rows, long n, float scale, const float *y, long y_step, const float *dy, long dy_step,
        float *dx, long dx_step);

    // y = tanh x; dx = dy (1 − y²). The result may lie over an operand.
    void (*tanh)(long rows, long n, const float *x, long x_step, float *y, long y_step);
    void (*tanh_backward)(
        long rows, long n, const float *y, long y_step, const float *dy, long dy_step, float *dx,
        long dx_step);

    // y = max(0, x), not-a-number as it is; dx = dy where y > 0, else 0.
    void (*rectify)(long rows, long n, const float *x, long x_step, float *y, long y_step);
    void (*rectify_backward)(
        long rows, long n, const float *y, long y_step, const float *dy, long dy_step, float *dx,
        long dx_step);

    // y = (x − mean) · s along each row of n, s = 1 / √(variance + epsilon), kept in scales.
    void (*normalise)(
        long rows, long n, float epsilon, const float *x, long x_step, float *y, long y_step,
        float *scales);
    // dx = s · ((dy − Σ dy / n) − y · Σ y dy / n). dx may be dy.
    void (*normalise_backward)(
        long rows, long n, const float *y, long y_step, const float *scales, const float *dy,
        long dy_step, float *dx, long dx_step);

    // z = x · y elementwise; y += x; y = factor of the row · x; out = Σ x y along each row.
    void (*multiply)(
        long rows, long n, const float *x, long x_step, const float *y, long y_step, float *z,
        long z_step);
    void (*add)(long rows, long n, const float *x, long x_step, float *y, long y_step);
    void (*scale_rows)(
        long rows, long n, const float *factors, long factors_step, const float *x, long x_step,
        float *y, long y_step);
    void (*row_products)(
        long rows, long n, const float *x, long x_step, const float *y, long y_step, float *out,
        long out_step);

    // y = (x − mean) · scale per column; row r of x is at sources[r] + offset.
    void (*standardise)(
        long rows, long n, const float *const *sources, long offset, const float *means,
        const float *scales, float *y, long y_step);

    // Σ x² in float64, by 16 lanes.
    double (*squares)(long count, const float *x);

    // One step of Adam.   rest = 1 − β, rounded once; mean_factor = 1 / (1 − β₁ᵗ),
    // variance_factor = 1 / (1 − β₂ᵗ).   Kingma and Ba 2015, algorithm 1.
    void (*adam)(
        long count, float *weights, float *mean, float *variance, const float *gradient,
        const struct adam_step *step);

    // The bench's measure of the processor: `count` times `chains` fused multiply-adds of 16 lanes
    // between registers. Null in the scalar set.
    float (*multiply_adds)(long count);
    long chains;

    // q = e^2q in place for rows of `units` values; 0 from there to whole 4.
    void (*attention_queries)(long rows, long units, float *q, long step);
    // The keys of a sequence from its rows u (frames, units); 0 for units and frames beyond.
    void (*attention_keys)(long frames, long units, const float *u, long step, float *keys);

    // context = Σ_j softmax_j(energies) states_j, one chain over j ascending, then divided.
    // weights: out, e^(energy − largest) in the panels of the frames. softmax: out, the largest
    // energy and 1 / Σ e^(energy − largest), summed by 16 lanes.
    void (*attention_forward)(
        const struct attention *x, float *weights, float *context, float *softmax);

    // The same backwards, with energies computed again. weights: out, those of the panel at first
    // and on, 0 outside of the frames; d_keys += the sum that `attention_keys_backward` finishes;
    // d_query: out, the gradient of a; d_factors: out, that of the factors.
    // Scratch: attention_scratch(units, width, frames) float32.
    void (*attention_backward)(
        const struct attention *x, const float *softmax, const float *context,
        const float *d_context, float *weights, float *d_keys, float *d_query, float *d_factors,
        float *scratch);

    // du = −2 factors d_keys, the gradient of u (frames, units).
    void (*attention_keys_backward)(
        long frames, long units, const float *factors, const float *d_keys, float *du, long step);
};

// The kernels of this name (avx512, avx2, scalar), or null where this processor cannot run them.
const struct kernel_set *kernel_set_named(const char *name);
// What the environment variable CONCORD_ISA names, else the fastest; null where there is none.
const struct kernel_set *kernel_set_chosen(void);

// The number of float32 that `gradient` works in.
long gradient_scratch(long n);

// The number of float32 that `attention_backward` works in, for sequences of up to `frames`.
long attention_scratch(long units, long width, long frames);

// Packs b (k, n), b[k][j] = w[k_map[k] · k_step + n_map[j] · n_step], to panels of panel_rows rows.
// A null map is the identity; a negative entry gives zeros.
void pack(
    long n, long k, const float *w, long n_step, long k_step, const long *n_map, const long *k_map,
    float *panels, long panel_rows);

// y = x for each row of n values; sets `count` values to 0.
void copy_rows(long rows, long n, const float *x, long x_step, float *y, long y_step);
void clear(long count, float *x);

// Which frames count, and where they lie: frame t is row t, or offsets[t] + sequence where offsets
// is given; valid (may be null) has a byte per row.
struct frame_set {
    long count;
    const long *offsets;
    long sequence;
    const uint8_t *valid;
};

// The moments of one column of gold and predicted values over the frames that count, in float64.
struct moments {
    long count;
    double gold_mean, predicted_mean, gold_squares, predicted_squares, products;
    float gold_low, gold_high, predicted_low, predicted_high;
};
void column_moments(
    struct frame_set frames, const float *gold, const float *predicted, long step,
    struct moments *out);

// out = factor · ((g − gold_mean) − ccc · (p − gold_mean)) on the frames that count.
void concordance_gradient(
    struct frame_set frames, const float *gold, const float *predicted, long step, double factor,
    double ccc, double gold_mean, float *out);

// out = factor · (p − g) on the frames that count; the result is Σ (p − g)².
double squared_error(
    struct frame_set frames, const float *gold, const float *predicted, long step, double factor,
    float *out);

// Memory for float32: zeroed, aligned to 64 bytes, in huge pages where the system has them.
float *arena_allocate(long count);
// The bytes that an arena of `count` float32 takes, whole huge pages where it is large.
long arena_bytes(long count);
void arena_release(float *arena, long count);

#endif
