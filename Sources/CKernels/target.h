// What the compiler may assume of the processor: fused multiply-add everywhere, and no more.
#ifndef CKERNELS_TARGET_H
#define CKERNELS_TARGET_H

#if defined(__x86_64__)
#define FMA_TARGET __attribute__((target("fma")))
#else
#define FMA_TARGET
#endif

#endif
