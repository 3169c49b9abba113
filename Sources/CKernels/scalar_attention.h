// Additive attention in plain C, frame by frame: included by scalar.c.

// r = 1 / (1 + query · key) of the units k … k + 3 at a frame: the four share a division.
static void unit_reciprocals(const struct attention *x, long j, long k, float r[4]) {
    const float *const keys = x->keys + j / LANES * x->units * LANES + j % LANES;
    float d[4];
    for (long i = 0; i < 4; i++) {
        d[i] = fma(x->query[k + i], keys[(k + i) * LANES], 1);
        if (d[i] > ATTENTION_MOST) d[i] = ATTENTION_MOST;
    }
    const float left = d[0] * d[1], right = d[2] * d[3], all = 1 / (left * right);
    for (long i = 0; i < 4; i++) r[i] = all * (i < 2 ? right : left) * d[i ^ 1];
}

static float energy(const struct attention *x, long j) {
    float e = 0;
    for (long k = 0; k < x->units; k += 4) {
        float r[4];
        unit_reciprocals(x, j, k, r);
        for (long i = 0; i < 4; i++) e = fma(x->factors[k + i], r[i], e);
    }
    return e;
}

static void attention_forward(
    const struct attention *x, float *weights, float *context, float *softmax) {
    const long start = x->first / LANES * LANES;
    const long after = (x->end + LANES - 1) / LANES * LANES;
    float most = -__builtin_inff(), lanes[LANES] = {0};
    for (long j = x->first; j < x->end; j++) {
        weights[j - start] = energy(x, j);
        most = most < weights[j - start] ? weights[j - start] : most;
    }
    for (long j = start; j < after; j++) {
        const int inside = j >= x->first && j < x->end;
        weights[j - start] = inside ? exponential(weights[j - start] - most) : 0;
        lanes[j % LANES] += weights[j - start];
    }
    softmax[0] = most;
    softmax[1] = 1 / sum_of_lanes(lanes);
    for (long i = 0; i < x->width; i++) {
        float s = 0;
        for (long j = x->first; j < x->end; j++) {
            s = fma(weights[j - start], x->states[j * x->state_step + i], s);
        }
        context[i] = s * softmax[1];
    }
}

static void attention_backward(
    const struct attention *x, const float *softmax, const float *context, const float *d_context,
    float *weights, float *d_keys, float *d_query, float *d_factors, float *scratch) {
    const long start = x->first / LANES * LANES;
    const long after = (x->end + LANES - 1) / LANES * LANES;
    const float mean = row_product(x->width, context, d_context);
    float *const de = scratch;
    for (long j = start; j < after; j++) {
        const int inside = j >= x->first && j < x->end;
        const float w = inside ? exponential(energy(x, j) - softmax[0]) * softmax[1] : 0;
        const float *const state = x->states + j * x->state_step;
        weights[j - start] = w;
        de[j - start] = inside ? w * (row_product(x->width, state, d_context) - mean) : 0;
    }
    for (long k = 0; k < x->units; k += 4) {
        float of_query[4][LANES] = {0}, of_factor[4][LANES] = {0};
        for (long j = x->first; j < x->end; j++) {
            float r[4];
            unit_reciprocals(x, j, k, r);
            for (long i = 0; i < 4; i++) {
                const float slope = de[j - start] * fma(-r[i], r[i], r[i]);
                d_keys[(j / LANES * x->units + k + i) * LANES + j % LANES] += slope;
                of_query[i][j % LANES] += slope;
                of_factor[i][j % LANES] = fma(de[j - start], r[i], of_factor[i][j % LANES]);
            }
        }
        for (long i = 0; i < 4; i++) {
            d_query[k + i] = -2 * x->factors[k + i] * sum_of_lanes(of_query[i]);
            d_factors[k + i] = sum_of_lanes(of_factor[i]);
        }
    }
}

static void attention_queries(long rows, long units, float *q, long step) {
    for (long r = 0; r < rows; r++, q += step) {
        for (long k = 0; k < (units + 3) / 4 * 4; k++) {
            q[k] = k < units ? exponential(q[k] + q[k]) : 0;
        }
    }
}

static void attention_keys(long frames, long units, const float *u, long step, float *keys) {
    const long padded = (units + 3) / 4 * 4, after = (frames + LANES - 1) / LANES * LANES;
    for (long j = 0; j < after; j++) {
        for (long k = 0; k < padded; k++) {
            const int exists = j < frames && k < units;
            const float x = exists ? u[j * step + k] : 0;
            keys[(j / LANES * padded + k) * LANES + j % LANES] = exists ? exponential(x + x) : 0;
        }
    }
}

static void attention_keys_backward(
    long frames, long units, const float *factors, const float *d_keys, float *du, long step) {
    const long padded = (units + 3) / 4 * 4;
    for (long j = 0; j < frames; j++) {
        for (long k = 0; k < units; k++) {
            const float slope = d_keys[(j / LANES * padded + k) * LANES + j % LANES];
            du[j * step + k] = -2 * factors[k] * slope;
        }
    }
}
