// Additive attention. One query looks at 16 frames at a time; four of its units share a division.

// r = 1 / d for four units.
INLINE void reciprocals(const vector d[4], vector r[4]) {
    const vector left = d[0] * d[1], right = d[2] * d[3];
    const vector all = splat(1) / (left * right);
    const vector of_left = all * right, of_right = all * left;
    r[0] = of_left * d[1];
    r[1] = of_left * d[0];
    r[2] = of_right * d[3];
    r[3] = of_right * d[2];
}

// e of `panels` neighbouring panels; r goes to `saved`, laid out as the keys, unless it is null.
INLINE void energies(
    const int panels, const struct attention *x, const float *keys, float *saved, vector *e) {
    const long step = x->units * LANES;
    UNROLL for (int p = 0; p < panels; p++) e[p] = splat(0);
    for (long k = 0; k < x->units; k += 4) {
        UNROLL for (int p = 0; p < panels; p++) {
            const long from = p * step + k * LANES;
            vector d[4], r[4];
            UNROLL for (int i = 0; i < 4; i++) {
                const vector sum =
                    fma(splat(x->query[k + i]), load(keys + from + i * LANES), splat(1));
                d[i] = at_most(sum, ATTENTION_MOST);
            }
            reciprocals(d, r);
            UNROLL for (int i = 0; i < 4; i++) {
                e[p] = fma(splat(x->factors[k + i]), r[i], e[p]);
                if (saved) store(saved + from + i * LANES, r[i]);
            }
        }
    }
}

// v in the lanes of the panel at frame j that may be attended to, `other` in the rest.
INLINE vector within(const struct attention *x, long j, vector v, float other) {
    for (long l = 0; l < x->first - j; l++) v[l] = other;
    for (long l = x->end - j; l < LANES; l++) v[l] = other;
    return v;
}

// Σ_j weights[j] · states[j] in `count` vectors from a column on, j ascending.
INLINE void context_part(
    const int count, const struct attention *x, const float *weights, long column, float factor,
    float *context) {
    vector s[8];
    UNROLL for (int v = 0; v < count; v++) s[v] = splat(0);
    const float *h = x->states + x->first * x->state_step + column;
    for (long j = x->first; j < x->end; j++, h += x->state_step) {
        const vector w = splat(*weights++);
        UNROLL for (int v = 0; v < count; v++) s[v] = fma(w, load(h + v * LANES), s[v]);
    }
    UNROLL for (int v = 0; v < count; v++) {
        store_row(context, column + v * LANES, x->width, s[v] * splat(factor));
    }
}

static void attention_forward(
    const struct attention *x, float *weights, float *context, float *softmax) {
    const long start = x->first / LANES * LANES;
    vector most = splat(-__builtin_inff());
    for (long j = start; j < x->end;) {
        vector e[2];
        const int panels = x->end - j > LANES ? 2 : 1;
        if (panels == 2) {
            energies(2, x, x->keys + j * x->units, NULL, e);
        } else {
            energies(1, x, x->keys + j * x->units, NULL, e);
        }
        for (int p = 0; p < panels; p++, j += LANES) {
            const vector v = within(x, j, e[p], -__builtin_inff());
            most = choose(most < v, v, most);
            store(weights + j - start, v);
        }
    }
    const float top = largest(most);
    vector total = splat(0);
    for (long j = start; j < x->end; j += LANES) {
        const vector v =
            within(x, j, exponential(load(weights + j - start) - splat(top)), 0);
        store(weights + j - start, v);
        total += v;
    }
    const float factor = 1 / sum(total);
    const float *const w = weights + x->first - start;
    const long vectors = (x->width + LANES - 1) / LANES;
    long v = 0;
    for (; PANELS == 4 && v + 8 <= vectors; v += 8) {
        context_part(8, x, w, v * LANES, factor, context);
    }
    for (; v + 4 <= vectors; v += 4) context_part(4, x, w, v * LANES, factor, context);
    for (; v < vectors; v++) context_part(1, x, w, v * LANES, factor, context);
    softmax[0] = top;
    softmax[1] = factor;
}

// Lane l is the sum over the lanes of t[l], as `sum` adds them.
INLINE vector sums(const vector t[LANES]) {
    vector a[8], b[4], c[2];
    UNROLL for (int i = 0; i < 8; i++) {
        a[i] = __builtin_shufflevector(
                   t[i], t[i + 8], 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
               __builtin_shufflevector(
                   t[i], t[i + 8], 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    }
    UNROLL for (int i = 0; i < 4; i++) {
        b[i] = __builtin_shufflevector(
                   a[i], a[i + 4], 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27) +
               __builtin_shufflevector(
                   a[i], a[i + 4], 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
    }
    UNROLL for (int i = 0; i < 2; i++) {
        c[i] = __builtin_shufflevector(
                   b[i], b[i + 2], 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29) +
               __builtin_shufflevector(
                   b[i], b[i + 2], 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
    }
    return __builtin_shufflevector(
               c[0], c[1], 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30) +
           __builtin_shufflevector(
               c[0], c[1], 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
}

// y · h of 16 neighbouring states h.
INLINE vector state_products(long step, const float *states, const float *y) {
    vector t[LANES];
    UNROLL for (int j = 0; j < LANES; j++) t[j] = splat(0);
    for (long v = 0; v < step; v += LANES) {
        const vector part = load(y + v);
        UNROLL for (int j = 0; j < LANES; j++) t[j] = fma(load(states + j * step + v), part, t[j]);
    }
    return sums(t);
}

// From the gradients of the energies of one or two panels to those of keys, query and factors; the
// last two stay in lanes, 16 to a unit.
INLINE void unit_gradients(
    const int panels, long units, const float *saved, const vector *de, float *d_keys,
    float *d_query, float *d_factors) {
    const long step = units * LANES;
    for (long k = 0; k < step; k += LANES) {
        vector of_query = load(d_query + k), of_factor = load(d_factors + k);
        UNROLL for (int p = 0; p < panels; p++) {
            const vector r = load(saved + p * step + k);
            const vector slope = de[p] * fma(-r, r, r);
            store(d_keys + p * step + k, load(d_keys + p * step + k) + slope);
            of_query += slope;
            of_factor = fma(de[p], r, of_factor);
        }
        store(d_query + k, of_query);
        store(d_factors + k, of_factor);
    }
}

// Two panels at a time: then what one loop leaves for the next is still in the nearest cache.
static void attention_backward(
    const struct attention *x, const float *softmax, const float *context, const float *d_context,
    float *weights, float *d_keys, float *d_query, float *d_factors, float *scratch) {
    const long units = x->units, padded = (units + LANES - 1) / LANES * LANES;
    float *const saved = scratch, *const query_lanes = saved + 2 * units * LANES;
    float *const factor_lanes = query_lanes + padded * LANES;
    float *const y = factor_lanes + padded * LANES;
    for (long i = 0; i < 2 * padded * LANES; i += LANES) store(query_lanes + i, splat(0));
    for (long v = 0; v < x->width; v += LANES) store(y + v, load_row(d_context, v, x->width));
    const vector mean = splat(row_product(x->width, context, d_context));
    const long start = x->first / LANES * LANES;
    for (long j = start; j < x->end; j += 2 * LANES) {
        const int panels = x->end - j > LANES ? 2 : 1;
        const float *const keys = x->keys + j * units;
        vector e[2], de[2];
        if (panels == 2) {
            energies(2, x, keys, saved, e);
        } else {
            energies(1, x, keys, saved, e);
        }
        for (int p = 0; p < panels; p++) {
            const long frame = j + p * LANES;
            const vector w =
                within(x, frame, exponential(e[p] - splat(softmax[0])) * splat(softmax[1]), 0);
            const vector dw =
                state_products(x->state_step, x->states + frame * x->state_step, y);
            store(weights + frame - start, w);
            de[p] = within(x, frame, w * (dw - mean), 0);
        }
        float *const target = d_keys + j * units;
        if (panels == 2) {
            unit_gradients(2, units, saved, de, target, query_lanes, factor_lanes);
        } else {
            unit_gradients(1, units, saved, de, target, query_lanes, factor_lanes);
        }
    }
    for (long k = 0; k < units; k += LANES) {
        vector t[LANES];
        for (int l = 0; l < LANES; l++) t[l] = load(query_lanes + (k + l) * LANES);
        store_row(d_query, k, units, splat(-2) * load_row(x->factors, k, units) * sums(t));
        for (int l = 0; l < LANES; l++) t[l] = load(factor_lanes + (k + l) * LANES);
        store_row(d_factors, k, units, sums(t));
    }
}

static void attention_queries(long rows, long units, float *q, long step) {
    const long padded = (units + 3) / 4 * 4;
    for (long r = 0; r < rows; r++, q += step) {
        for (long k = 0; k < units; k += LANES) {
            const vector v = load_row(q, k, units);
            store_row(q, k, units, exponential(v + v));
        }
        for (long k = units; k < padded; k++) q[k] = 0;
    }
}

static void attention_keys(long frames, long units, const float *u, long step, float *keys) {
    const long padded = (units + 3) / 4 * 4;
    for (long j = 0; j < frames; j += LANES) {
        for (long k = 0; k < padded; k++, keys += LANES) {
            vector v = splat(0);
            const long lanes = k >= units ? 0 : frames - j < LANES ? frames - j : LANES;
            for (long l = 0; l < lanes; l++) v[l] = u[(j + l) * step + k];
            v = exponential(v + v);
            for (long l = lanes; l < LANES; l++) v[l] = 0;
            store(keys, v);
        }
    }
}

static void attention_keys_backward(
    long frames, long units, const float *factors, const float *d_keys, float *du, long step) {
    const long padded = (units + 3) / 4 * 4;
    for (long j = 0; j < frames; j += LANES) {
        const long lanes = frames - j < LANES ? frames - j : LANES;
        for (long k = 0; k < padded; k++, d_keys += LANES) {
            const vector v = splat(-2) * splat(factors[k]) * load(d_keys);
            for (long l = 0; k < units && l < lanes; l++) du[(j + l) * step + k] = v[l];
        }
    }
}
