// What no kernel can exceed: fused multiply-adds between registers, as many chains as a processor
// needs to be busy. The bench compares kernels with it.

#define CHAINS (PANELS == 4 ? 16 : 5)

// 32 · CHAINS · count operations; the value depends on each of them.
static float multiply_adds(long count) {
    vector s[CHAINS];
    UNROLL for (int c = 0; c < CHAINS; c++) s[c] = splat((float)c);
    vector x = splat(0.5f), y = splat(1);
    for (long i = 0; i < count; i++) {
        UNROLL for (int c = 0; c < CHAINS; c++) s[c] = fma(s[c], x, y);
    }
    UNROLL for (int c = 1; c < CHAINS; c++) s[0] += s[c];
    return sum(s[0]);
}
