// Packing and copying, the same on every processor.
#include <string.h>

#include "kernels.h"

void pack(
    long n, long k, const float *w, long n_step, long k_step, const long *n_map, const long *k_map,
    float *panels, long panel_rows) {
    for (long first = 0; first < n; first += LANES) {
        const float *columns[LANES];
        for (long l = 0; l < LANES; l++) {
            const long j = first + l;
            const long source = j >= n ? -1 : n_map ? n_map[j] : j;
            columns[l] = source < 0 ? NULL : w + source * n_step;
        }
        float *out = panels + first * panel_rows;
        for (long i = 0; i < k; i++, out += LANES) {
            const long row = k_map ? k_map[i] : i;
            for (long l = 0; l < LANES; l++) {
                out[l] = row < 0 || !columns[l] ? 0 : columns[l][row * k_step];
            }
        }
    }
}

long gradient_scratch(long n) { return BLOCK * ((n + LANES - 1) / LANES * LANES); }

long attention_scratch(long units, long width, long frames) {
    const long lanes = 2 * units + 2 * ((units + LANES - 1) / LANES * LANES) + 1;
    const long fast = lanes * LANES + width, plain = frames + LANES;
    return fast > plain ? fast : plain;
}

void copy_rows(long rows, long n, const float *x, long x_step, float *y, long y_step) {
    for (long r = 0; r < rows; r++) {
        memcpy(y + r * y_step, x + r * x_step, (size_t)n * sizeof *x);
    }
}

void clear(long count, float *x) { memset(x, 0, (size_t)count * sizeof *x); }
