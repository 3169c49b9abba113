// Large zeroed memory. Huge pages spare a fault and a translation every 4 KiB.
#define _DEFAULT_SOURCE
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "CKernels.h"

#define HUGE_PAGE (2L << 20)

long arena_bytes(long count) {
    const long bytes = count * (long)sizeof(float);
    return bytes < HUGE_PAGE ? (bytes + 64) / 64 * 64 : (bytes + HUGE_PAGE - 1) & -HUGE_PAGE;
}

// Memory mapped by itself goes back to the system when it is released: a trainer's trials leave no
// holes between each other's arenas.
static void *map_pages(long bytes) {
    char *const pages = mmap(
        NULL, (size_t)(bytes + HUGE_PAGE), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
        0);
    if (pages == MAP_FAILED) return NULL;
    const long before = -(intptr_t)pages & (HUGE_PAGE - 1);
    if (before > 0) munmap(pages, (size_t)before);
    if (before < HUGE_PAGE) munmap(pages + before + bytes, (size_t)(HUGE_PAGE - before));
#ifdef MADV_HUGEPAGE
    madvise(pages + before, (size_t)bytes, MADV_HUGEPAGE);
#endif
    return pages + before;
}

float *arena_allocate(long count) {
    const long bytes = arena_bytes(count);
    void *arena = bytes < HUGE_PAGE ? aligned_alloc(64, (size_t)bytes) : map_pages(bytes);
    return arena ? memset(arena, 0, (size_t)bytes) : NULL;
}

void arena_release(float *arena, long count) {
    const long bytes = arena_bytes(count);
    if (bytes < HUGE_PAGE) {
        free(arena);
    } else {
        munmap(arena, (size_t)bytes);
    }
}
