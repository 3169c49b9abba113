// Matrix products: register tiles of up to 6 rows by PANELS panels over packed panels.

// The k-chains of one tile. a: value (row r, k) at r * a_step + k * a_next.
INLINE void chains(
    const int rows, const int panels, long k, const float *a, const long a_step, const long a_next,
    const float *b, long b_step, vector s[TILE][PANELS]) {
    for (long i = 0; i < k; i++) {
        vector w[PANELS];
        UNROLL for (int p = 0; p < panels; p++) w[p] = load(b + p * b_step);
        UNROLL for (int r = 0; r < rows; r++) {
            const vector x = splat(a[r * a_step]);
            UNROLL for (int p = 0; p < panels; p++) s[r][p] = fma(x, w[p], s[r][p]);
        }
        a += a_next;
        b += LANES;
    }
}

// Asks for the lines of rows that are used after the chains to come: they are there by then.
INLINE void fetch(long rows, long columns, const float *x, long x_step) {
    for (long r = 0; r < rows; r++) {
        for (long j = 0; j < columns + LANES; j += LANES) {
            __builtin_prefetch(x + r * x_step + j, 0, 2);
        }
    }
}

// c = start + a · b for one tile; `columns` of it exist.
INLINE void product_tile(
    const int rows, const int panels, long k, const float *a, long a_step, const float *b,
    const float *start, long start_step, float *c, long c_step, long columns) {
    vector s[TILE][PANELS];
    UNROLL for (int r = 0; r < rows; r++) {
        UNROLL for (int p = 0; p < panels; p++) {
            s[r][p] = start ? load_row(start + r * start_step, p * LANES, columns) : splat(0);
        }
    }
    chains(rows, panels, k, a, a_step, 1, b, k * LANES, s);
    UNROLL for (int r = 0; r < rows; r++) {
        UNROLL for (int p = 0; p < panels; p++) {
            store_row(c + r * c_step, p * LANES, columns, s[r][p]);
        }
    }
}

typedef void product_function(
    long k, const float *a, long a_step, const float *b, const float *start, long start_step,
    float *c, long c_step, long columns);

#define PRODUCT(R, P) \
    static void product_##R##_##P( \
        long k, const float *a, long a_step, const float *b, const float *start, long start_step, \
        float *c, long c_step, long columns) { \
        product_tile(R, P, k, a, a_step, b, start, start_step, c, c_step, columns); \
    }
#define TILES(KIND, P) KIND(1, P) KIND(2, P) KIND(3, P) KIND(4, P) KIND(5, P) KIND(6, P)
#define TILE_NAMES(kind, P) \
    { kind##_1_##P, kind##_2_##P, kind##_3_##P, kind##_4_##P, kind##_5_##P, kind##_6_##P }

#if PANELS == 4
TILES(PRODUCT, 1) TILES(PRODUCT, 2) TILES(PRODUCT, 3) TILES(PRODUCT, 4)
static product_function *const product_tiles[PANELS][TILE] = {
    TILE_NAMES(product, 1), TILE_NAMES(product, 2), TILE_NAMES(product, 3),
    TILE_NAMES(product, 4)};
#else
TILES(PRODUCT, 1)
static product_function *const product_tiles[PANELS][TILE] = {TILE_NAMES(product, 1)};
#endif

// The rows of the next tile, so that the tiles of what is left are about equal.
INLINE long next_rows(long left) {
    const long tiles = (left + TILE - 1) / TILE;
    return (left + tiles - 1) / tiles;
}

INLINE long panels_of(long columns) {
    const long panels = (columns + LANES - 1) / LANES;
    return panels < PANELS ? panels : PANELS;
}

static void product(
    long m, long n, long k, const float *a, long a_step, const float *b, const float *start,
    long start_step, float *c, long c_step) {
    for (long first = 0; first < m; first += BLOCK / 2) {
        const long end = m - first < BLOCK / 2 ? m : first + BLOCK / 2;
        for (long j = 0; j < n; j += PANELS * LANES) {
            product_function *const *tiles = product_tiles[panels_of(n - j) - 1];
            for (long i = first; i < end;) {
                const long rows = next_rows(end - i);
                const long next = end - i - rows < rows ? end - i - rows : rows;
                fetch(rows, PANELS * LANES, c + i * c_step + j, c_step);
                if (j == 0) fetch(next, k, a + (i + rows) * a_step, a_step);
                tiles[rows - 1](
                    k, a + i * a_step, a_step, b + j * k,
                    start ? start + i * start_step + j : NULL, start_step, c + i * c_step + j,
                    c_step, n - j);
                i += rows;
            }
        }
    }
}

// c += the chains of one tile; `columns` of it exist.
INLINE void gradient_tile(
    const int rows, const int panels, long count, const float *a, long a_step, const float *b,
    float *c, long c_step, long columns) {
    vector s[TILE][PANELS];
    fetch(rows, panels * LANES, c, c_step);
    UNROLL for (int r = 0; r < rows; r++) {
        UNROLL for (int p = 0; p < panels; p++) s[r][p] = splat(0);
    }
    chains(rows, panels, count, a, 1, a_step, b, count * LANES, s);
    UNROLL for (int r = 0; r < rows; r++) {
        UNROLL for (int p = 0; p < panels; p++) {
            const vector before = load_row(c + r * c_step, p * LANES, columns);
            store_row(c + r * c_step, p * LANES, columns, before + s[r][p]);
        }
    }
}

typedef void gradient_function(
    long count, const float *a, long a_step, const float *b, float *c, long c_step, long columns);

#define GRADIENT(R, P) \
    static void gradient_##R##_##P( \
        long count, const float *a, long a_step, const float *b, float *c, long c_step, \
        long columns) { \
        gradient_tile(R, P, count, a, a_step, b, c, c_step, columns); \
    }

#if PANELS == 4
TILES(GRADIENT, 1) TILES(GRADIENT, 2) TILES(GRADIENT, 3) TILES(GRADIENT, 4)
static gradient_function *const gradient_tiles[PANELS][TILE] = {
    TILE_NAMES(gradient, 1), TILE_NAMES(gradient, 2), TILE_NAMES(gradient, 3),
    TILE_NAMES(gradient, 4)};
#else
TILES(GRADIENT, 1)
static gradient_function *const gradient_tiles[PANELS][TILE] = {TILE_NAMES(gradient, 1)};
#endif

INLINE void pack_panels(long count, long n, const float *b, long b_step, float *out) {
    for (long j = 0; j < n; j += LANES) {
        for (long k = 0; k < count; k++, out += LANES) {
            store(out, load_row(b + k * b_step, j, n));
        }
    }
}

// Tiles read a as it lies: six neighbouring columns, down the rows. A step of a that is a multiple
// of 2 KiB would put these into a few lines of the cache.
static void gradient(
    long rows, long m, long n, const float *a, long a_step, const float *b, long b_step, float *c,
    long c_step, float *scratch) {
    for (long first = 0; first < rows; first += BLOCK) {
        const long count = rows - first < BLOCK ? rows - first : BLOCK;
        pack_panels(count, n, b + first * b_step, b_step, scratch);
        for (long strip = 0; strip < m; strip += STRIP) {
            const long end = m - strip < STRIP ? m : strip + STRIP;
            for (long j = 0; j < n; j += PANELS * LANES) {
                gradient_function *const *tiles = gradient_tiles[panels_of(n - j) - 1];
                for (long i = strip; i < end; i += TILE) {
                    const long width = end - i < TILE ? end - i : TILE;
                    tiles[width - 1](
                        count, a + first * a_step + i, a_step, scratch + j * count,
                        c + i * c_step + j, c_step, n - j);
                }
            }
        }
    }
}

static void column_sums(long rows, long n, const float *x, long x_step, float *out) {
    for (long first = 0; first < rows; first += BLOCK, x += BLOCK * x_step) {
        const long count = rows - first < BLOCK ? rows - first : BLOCK;
        for (long j = 0; j < n; j += LANES) {
            vector s = splat(0);
            for (long r = 0; r < count; r++) s += load_row(x + r * x_step, j, n);
            store_row(out, j, n, load_row(out, j, n) + s);
        }
    }
}
