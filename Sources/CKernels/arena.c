// Large zeroed memory. Huge pages spare a fault and a translation every 4 KiB.
#define _DEFAULT_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "CKernels.h"

#define HUGE_PAGE (2L << 20)

static long bytes_of(long count) {
    const long bytes = count * (long)sizeof(float);
    return bytes < HUGE_PAGE ? (bytes + 64) / 64 * 64 : (bytes + HUGE_PAGE - 1) & -HUGE_PAGE;
}

float *arena_allocate(long count) {
    const long bytes = bytes_of(count);
    void *arena = aligned_alloc((size_t)(bytes < HUGE_PAGE ? 64 : HUGE_PAGE), (size_t)bytes);
    if (!arena) return NULL;
#ifdef MADV_HUGEPAGE
    if (bytes >= HUGE_PAGE) madvise(arena, (size_t)bytes, MADV_HUGEPAGE);
#endif
    return memset(arena, 0, (size_t)bytes);
}

void arena_release(float *arena) { free(arena); }
