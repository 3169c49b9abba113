// The LSTM cell, 16 units at a time; their four gates are four neighbouring vectors.

INLINE void cell_forward(
    float *gates, const float *c_before, float *c, float *h, long unit, long hidden) {
    const vector i = logistic(load(gates)), f = logistic(load(gates + LANES));
    const vector g = hyperbolic_tangent(load(gates + 2 * LANES));
    const vector o = logistic(load(gates + 3 * LANES));
    const vector before = c_before ? load(c_before + unit) : splat(0);
    const vector now = fma(i, g, f * before);
    store(gates, i);
    store(gates + LANES, f);
    store(gates + 2 * LANES, g);
    store(gates + 3 * LANES, o);
    store(c + unit, now);
    store_row(h, unit, hidden, o * hyperbolic_tangent(now));
}

static void lstm_forward(
    long rows, long hidden, float *gates, long gates_step, long ahead, const float *weights,
    const float *h_before, float *h, long h_step, const float *c_before, float *c, long c_step) {
    for (long unit = 0; unit < hidden; unit += LANES) {
        const float *const panels = weights + unit * 4 * hidden;
        for (long first = 0; first < rows;) {
            const long count = next_rows(rows - first);
            float *const z = gates + first * gates_step + unit * 4;
            if (ahead) fetch(count, GATES, z + ahead * gates_step, gates_step);
            for (long p = 0; h_before && p < 4; p += PANELS) {
                float *const part = z + p * LANES;
                product_tiles[PANELS - 1][count - 1](
                    hidden, h_before + first * h_step, h_step, panels + p * LANES * hidden, part,
                    gates_step, part, gates_step, PANELS * LANES);
            }
            for (long r = first; r < first + count; r++) {
                cell_forward(
                    gates + r * gates_step + unit * 4, c_before ? c_before + r * c_step : NULL,
                    c + r * c_step, h + r * h_step, unit, hidden);
            }
            first += count;
        }
    }
}

INLINE void cell_backward(
    float *gates, const float *c_before, const float *c, vector dh, float *dc) {
    const vector i = load(gates), f = load(gates + LANES);
    const vector g = load(gates + 2 * LANES), o = load(gates + 3 * LANES);
    const vector one = splat(1), t = hyperbolic_tangent(load(c));
    const vector d = fma(dh * o, fma(-t, t, one), load(dc));
    const vector before = c_before ? load(c_before) : splat(0);
    store(gates, d * g * (i * (one - i)));
    store(gates + LANES, d * before * (f * (one - f)));
    store(gates + 2 * LANES, d * i * fma(-g, g, one));
    store(gates + 3 * LANES, dh * t * (o * (one - o)));
    store(dc, d * f);
}

static void lstm_backward(
    long rows, long hidden, float *gates, long gates_step, long ahead, const float *c_before,
    const float *c, long c_step, const float *dh, long dh_step, float *dc) {
    const long padded = (hidden + LANES - 1) / LANES * LANES;
    for (long r = 0; r < rows; r++) {
        if (ahead) fetch(1, 4 * padded, gates + (r + ahead) * gates_step, gates_step);
        for (long unit = 0; unit < hidden; unit += LANES) {
            cell_backward(
                gates + r * gates_step + unit * 4, c_before ? c_before + r * c_step + unit : NULL,
                c + r * c_step + unit, load_row(dh + r * dh_step, unit, hidden),
                dc + r * padded + unit);
        }
    }
}
