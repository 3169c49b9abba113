// The kernels for AVX2 with FMA: a vector is two registers, a tile one panel wide.
#if defined(__x86_64__)
#include <immintrin.h>

#include "kernels.h"

#pragma clang diagnostic ignored "-Wpsabi"
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi2"))), apply_to = function)

typedef float vector __attribute__((vector_size(64)));

static inline __attribute__((always_inline)) __m256i lanes_below(long count) {
    return _mm256_cmpgt_epi32(
        _mm256_set1_epi32((int)count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

// The first `count` lanes from memory, 0 in the others.
static inline __attribute__((always_inline)) vector load_part(const float *p, long count) {
    union {
        vector whole;
        __m256 half[2];
    } x;
    x.half[0] = _mm256_maskload_ps(p, lanes_below(count));
    x.half[1] = _mm256_maskload_ps(p + 8, lanes_below(count - 8));
    return x.whole;
}

static inline __attribute__((always_inline)) void store_part(float *p, vector x, long count) {
    union {
        vector whole;
        __m256 half[2];
    } y = {x};
    _mm256_maskstore_ps(p, lanes_below(count), y.half[0]);
    _mm256_maskstore_ps(p + 8, lanes_below(count - 8), y.half[1]);
}

#define SET_NAME "avx2"
#define SET avx2_kernels
#define PANELS 1
#include "vector.h"

#pragma clang attribute pop
#endif
