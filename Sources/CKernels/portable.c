// The vector kernels for any other processor with fused multiply-add, as its compiler makes them.
#if !defined(__x86_64__)
#include <string.h>

#include "kernels.h"

#pragma clang diagnostic ignored "-Wpsabi"

typedef float vector __attribute__((vector_size(64)));

static inline vector load_part(const float *p, long count) {
    vector x = {0};
    memcpy(&x, p, (size_t)count * sizeof *p);
    return x;
}

static inline void store_part(float *p, vector x, long count) {
    memcpy(p, &x, (size_t)count * sizeof *p);
}

#define SET_NAME "vector"
#define SET vector_kernels
#define PANELS 1
#include "vector.h"
#endif
