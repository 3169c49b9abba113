// What all kernels share: the sizes that define their order of summation, and the tables.
#ifndef CKERNELS_KERNELS_H
#define CKERNELS_KERNELS_H

#include "CKernels.h"
#include "target.h"

#define LANES 16   // Of a vector, whatever the processor's.
#define TILE 6     // Rows of a register tile.
#define BLOCK 512  // Rows that are summed from zero before they are added to a total.

// Columns whose gradients are made at a time: they stay in cache while the other side passes by.
#define STRIP (21 * TILE)

#define GATES (4 * LANES)  // Columns of the gates of 16 units.

extern const struct kernel_set scalar_kernels;
#if defined(__x86_64__)
extern const struct kernel_set avx2_kernels, avx512_kernels;
#else
extern const struct kernel_set vector_kernels;
#endif

// e^r ≈ 1 + r + r² q(r) for |r| ≤ ln 2 / 2, to 4e-9: minimax.
#define EXP_0 0x1.fffffcp-2f
#define EXP_1 0x1.555492p-3f
#define EXP_2 0x1.5558f2p-5f
#define EXP_3 0x1.1239ep-7f
#define EXP_4 0x1.6a243ap-10f
#define LOG2_E 0x1.715476p0f
#define LN2_HIGH 0x1.62e43p-1f
#define LN2_LOW -0x1.05c61p-29f
#define ROUND_MAGIC 0x1.8p23f  // Adding and taking it away rounds to a whole number.
#define EXP_LEAST -87.0f       // Beyond these e^x is held: it stays normal and finite.
#define EXP_MOST 88.0f
#define ATTENTION_MOST 0x1p31f  // 1 + e^2(a+b) is held here: four of them stay finite as a product.
#define TANH_MOST 9.1f         // Beyond this tanh x is 1 in float32.

#endif
