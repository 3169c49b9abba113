// Kernels along rows and over whole arrays.

static void softmax(
    long rows, long n, float scale, const float *x, long x_step, float *y, long y_step) {
    for (long r = 0; r < rows; r++, x += x_step, y += y_step) {
        vector most = splat(-__builtin_inff());
        for (long j = 0; j < n; j += LANES) {
            vector v = load_row(x, j, n);
            for (long l = n - j; l < LANES; l++) v[l] = -__builtin_inff();
            most = choose(most < v, v, most);
        }
        const vector top = splat(largest(most));
        vector total = splat(0);
        for (long j = 0; j < n; j += LANES) {
            vector e = exponential(load_row(x, j, n) - top);
            for (long l = n - j; l < LANES; l++) e[l] = 0;
            store_row(y, j, n, e);
            total += e;
        }
        const vector factor = splat(scale / sum(total));
        for (long j = 0; j < n; j += LANES) store_row(y, j, n, load_row(y, j, n) * factor);
    }
}

INLINE float row_product(long n, const float *x, const float *y) {
    vector total = splat(0);
    for (long j = 0; j < n; j += LANES) {
        total = fma(load_row(x, j, n), load_row(y, j, n), total);
    }
    return sum(total);
}

static void softmax_backward(
    long rows, long n, float scale, const float *y, long y_step, const float *dy, long dy_step,
    float *dx, long dx_step) {
    for (long r = 0; r < rows; r++, y += y_step, dy += dy_step, dx += dx_step) {
        const vector mean = splat(row_product(n, y, dy) / scale);
        for (long j = 0; j < n; j += LANES) {
            store_row(dx, j, n, load_row(y, j, n) * (load_row(dy, j, n) - mean));
        }
    }
}

static void tanh_rows(long rows, long n, const float *x, long x_step, float *y, long y_step) {
    for (long r = 0; r < rows; r++, x += x_step, y += y_step) {
        for (long j = 0; j < n; j += LANES) {
            store_row(y, j, n, hyperbolic_tangent(load_row(x, j, n)));
        }
    }
}

static void tanh_backward(
    long rows, long n, const float *y, long y_step, const float *dy, long dy_step, float *dx,
    long dx_step) {
    for (long r = 0; r < rows; r++, y += y_step, dy += dy_step, dx += dx_step) {
        for (long j = 0; j < n; j += LANES) {
            const vector t = load_row(y, j, n);
            store_row(dx, j, n, load_row(dy, j, n) * fma(-t, t, splat(1)));
        }
    }
}

static void rectify(long rows, long n, const float *x, long x_step, float *y, long y_step) {
    for (long r = 0; r < rows; r++, x += x_step, y += y_step) {
        for (long j = 0; j < n; j += LANES) store_row(y, j, n, at_least(load_row(x, j, n), 0));
    }
}

static void rectify_backward(
    long rows, long n, const float *y, long y_step, const float *dy, long dy_step, float *dx,
    long dx_step) {
    for (long r = 0; r < rows; r++, y += y_step, dy += dy_step, dx += dx_step) {
        for (long j = 0; j < n; j += LANES) {
            const vector up = load_row(dy, j, n);
            store_row(dx, j, n, choose(load_row(y, j, n) > splat(0), up, splat(0)));
        }
    }
}

INLINE float row_sum(long n, const float *x) {
    vector total = splat(0);
    for (long j = 0; j < n; j += LANES) total += load_row(x, j, n);
    return sum(total);
}

static void normalise(
    long rows, long n, float epsilon, const float *x, long x_step, float *y, long y_step,
    float *scales) {
    for (long r = 0; r < rows; r++, x += x_step, y += y_step) {
        const vector mean = splat(row_sum(n, x) / (float)n);
        for (long j = 0; j < n; j += LANES) store_row(y, j, n, load_row(x, j, n) - mean);
        const float variance = row_product(n, y, y) / (float)n;
        scales[r] = 1 / __builtin_sqrtf(variance + epsilon);
        const vector scale = splat(scales[r]);
        for (long j = 0; j < n; j += LANES) store_row(y, j, n, load_row(y, j, n) * scale);
    }
}

static void normalise_backward(
    long rows, long n, const float *y, long y_step, const float *scales, const float *dy,
    long dy_step, float *dx, long dx_step) {
    for (long r = 0; r < rows; r++, y += y_step, dy += dy_step, dx += dx_step) {
        const vector mean = splat(row_sum(n, dy) / (float)n);
        const vector slope = splat(-(row_product(n, y, dy) / (float)n));
        for (long j = 0; j < n; j += LANES) {
            const vector centred = load_row(dy, j, n) - mean;
            store_row(dx, j, n, fma(slope, load_row(y, j, n), centred) * splat(scales[r]));
        }
    }
}

static void multiply(
    long rows, long n, const float *x, long x_step, const float *y, long y_step, float *z,
    long z_step) {
    for (long r = 0; r < rows; r++, x += x_step, y += y_step, z += z_step) {
        for (long j = 0; j < n; j += LANES) {
            store_row(z, j, n, load_row(x, j, n) * load_row(y, j, n));
        }
    }
}

static void add(long rows, long n, const float *x, long x_step, float *y, long y_step) {
    for (long r = 0; r < rows; r++, x += x_step, y += y_step) {
        for (long j = 0; j < n; j += LANES) {
            store_row(y, j, n, load_row(y, j, n) + load_row(x, j, n));
        }
    }
}

static void scale_rows(
    long rows, long n, const float *factors, long factors_step, const float *x, long x_step,
    float *y, long y_step) {
    for (long r = 0; r < rows; r++, x += x_step, y += y_step) {
        const vector factor = splat(factors[r * factors_step]);
        for (long j = 0; j < n; j += LANES) store_row(y, j, n, factor * load_row(x, j, n));
    }
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
    for (long r = 0; r < rows; r++, y += y_step) {
        const float *x = sources[r] + offset;
        for (long j = 0; j < n; j += LANES) {
            const vector centred = load_row(x, j, n) - load_row(means, j, n);
            store_row(y, j, n, centred * load_row(scales, j, n));
        }
    }
}

static double squares(long count, const float *x) {
    doubles total = {0};
    for (long j = 0; j < count; j += LANES) {
        const doubles v = __builtin_convertvector(load_row(x, j, count), doubles);
        total = __builtin_elementwise_fma(v, v, total);
    }
    for (int half = LANES / 2; half > 0; half /= 2) {
        for (int l = 0; l < half; l++) total[l] += total[l + half];
    }
    return total[0];
}

static void adam(
    long count, float *weights, float *mean, float *variance, const float *gradient,
    const struct adam_step *step) {
    const vector beta1 = splat(step->beta1), rest1 = splat(step->rest1);
    const vector beta2 = splat(step->beta2), rest2 = splat(step->rest2);
    for (long j = 0; j < count; j += LANES) {
        const vector g = load_row(gradient, j, count);
        const vector m = fma(beta1, load_row(mean, j, count), rest1 * g);
        const vector v = fma(beta2, load_row(variance, j, count), rest2 * (g * g));
        const vector root = __builtin_elementwise_sqrt(v * splat(step->variance_factor));
        const vector change = splat(step->rate) * (m * splat(step->mean_factor)) /
                              (root + splat(step->epsilon));
        store_row(mean, j, count, m);
        store_row(variance, j, count, v);
        store_row(weights, j, count, load_row(weights, j, count) - change);
    }
}
