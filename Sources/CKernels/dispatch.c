// Which kernels run: the fastest that the processor has, or those that CONCORD_ISA names.
#include <stdlib.h>
#include <string.h>

#include "kernels.h"

#if defined(__x86_64__)
static int has_fma(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("fma") && __builtin_cpu_supports("avx");
}

static int has_avx2(void) { return has_fma() && __builtin_cpu_supports("avx2"); }

static int has_avx512(void) {
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
#endif

const struct kernel_set *kernel_set_named(const char *name) {
#if defined(__x86_64__)
    if (!strcmp(name, "avx512") && has_avx512()) return &avx512_kernels;
    if (!strcmp(name, "avx2") && has_avx2()) return &avx2_kernels;
    if (!strcmp(name, "scalar") && has_fma()) return &scalar_kernels;
#else
    if (!strcmp(name, "vector")) return &vector_kernels;
    if (!strcmp(name, "scalar")) return &scalar_kernels;
#endif
    return NULL;
}

const struct kernel_set *kernel_set_chosen(void) {
    static const char *const names[] = {"avx512", "avx2", "vector"};
    const char *name = getenv("CONCORD_ISA");
    if (name && *name) return kernel_set_named(name);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct kernel_set *set = kernel_set_named(names[i]);
        if (set) return set;
    }
    return kernel_set_named("scalar");
}
