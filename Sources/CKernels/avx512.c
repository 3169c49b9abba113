// The kernels for AVX-512: a vector is one register, a tile four panels wide.
#if defined(__x86_64__)
#include <immintrin.h>

#include "kernels.h"

#pragma clang diagnostic ignored "-Wpsabi"
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi2"))), \
    apply_to = function)

typedef float vector __attribute__((vector_size(64)));

// The first `count` lanes from memory, 0 in the others.
static inline __attribute__((always_inline)) vector load_part(const float *p, long count) {
    return (vector)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
}

static inline __attribute__((always_inline)) void store_part(float *p, vector x, long count) {
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)x);
}

#define SET_NAME "avx512"
#define SET avx512_kernels
#define PANELS 4
#include "vector.h"

#pragma clang attribute pop
#endif
