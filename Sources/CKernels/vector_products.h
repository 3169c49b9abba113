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
#define PRODUCTS(P) \
    PRODUCT(1, P) PRODUCT(2, P) PRODUCT(3, P) PRODUCT(4, P) PRODUCT(5, P) PRODUCT(6, P)
#define PRODUCT_NAMES(P) \
    { product_1_##P, product_2_##P, product_3_##P, product_4_##P, product_5_##P, product_6_##P }

#if PANELS == 4
PRODUCTS(1) PRODUCTS(2) PRODUCTS(3) PRODUCTS(4)
static product_function *const product_tiles[PANELS][TILE] = {
    PRODUCT_NAMES(1), PRODUCT_NAMES(2), PRODUCT_NAMES(3), PRODUCT_NAMES(4)};
#else
PRODUCTS(1)
static product_function *const product_tiles[PANELS][TILE] = {PRODUCT_NAMES(1)};
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
                tiles[rows - 1](
                    k, a + i * a_step, a_step, b + j * k,
                    start ? start + i * start_step + j : NULL, start_step, c + i * c_step + j,
                    c_step, n - j);
                i += rows;
            }
        }
    }
}

// c += the chains of one tile, `rows` and `columns` of which exist.
INLINE void gradient_tile(
    const int panels, long count, const float *a, long a_next, const float *b, long b_step,
    float *c, long c_step, long rows, long columns) {
    vector s[TILE][PANELS];
    UNROLL for (int r = 0; r < TILE; r++) {
        UNROLL for (int p = 0; p < panels; p++) s[r][p] = splat(0);
    }
    chains(TILE, panels, count, a, 1, a_next, b, b_step, s);
    UNROLL for (int r = 0; r < TILE; r++) {
        if (r >= rows) break;
        UNROLL for (int p = 0; p < panels; p++) {
            const vector before = load_row(c + r * c_step, p * LANES, columns);
            store_row(c + r * c_step, p * LANES, columns, before + s[r][p]);
        }
    }
}

typedef void gradient_function(
    long count, const float *a, long a_next, const float *b, long b_step, float *c, long c_step,
    long rows, long columns);

#define GRADIENT(P) \
    static void gradient_##P( \
        long count, const float *a, long a_next, const float *b, long b_step, float *c, \
        long c_step, long rows, long columns) { \
        gradient_tile(P, count, a, a_next, b, b_step, c, c_step, rows, columns); \
    }

#if PANELS == 4
GRADIENT(1) GRADIENT(2) GRADIENT(3) GRADIENT(4)
static gradient_function *const gradient_tiles[PANELS] = {
    gradient_1, gradient_2, gradient_3, gradient_4};
#else
GRADIENT(1)
static gradient_function *const gradient_tiles[PANELS] = {gradient_1};
#endif

// a (count, m) to tiles of 6 columns: value (k, i) at i / 6 * tile_step(count) + k * 6 + i % 6. A
// store of 16 lanes runs over into what is written later, or into the room between two tiles.
INLINE void pack_tiles(long count, long m, const float *a, long a_step, float *out) {
    for (long first = 0; first < count; first += LANES) {
        const long end = count - first < LANES ? count : first + LANES;
        for (long i = 0; i < m; i += TILE) {
            for (long k = first; k < end; k++) {
                store(
                    out + i / TILE * tile_step(count) + k * TILE, load_row(a + k * a_step, i, m));
            }
        }
    }
}

INLINE void pack_panels(long count, long n, const float *b, long b_step, float *out) {
    for (long j = 0; j < n; j += LANES) {
        for (long k = 0; k < count; k++, out += LANES) {
            store(out, load_row(b + k * b_step, j, n));
        }
    }
}

static void gradient(
    long rows, long m, long n, const float *a, long a_step, const float *b, long b_step, float *c,
    long c_step, float *scratch) {
    float *const packed_b = scratch;
    float *const packed_a = scratch + BLOCK * ((n + LANES - 1) / LANES * LANES);
    for (long first = 0; first < rows; first += BLOCK) {
        const long count = rows - first < BLOCK ? rows - first : BLOCK;
        pack_panels(count, n, b + first * b_step, b_step, packed_b);
        for (long strip = 0; strip < m; strip += STRIP) {
            const float *const from = a + first * a_step + strip;
            const long width = m - strip < STRIP ? m - strip : STRIP;
            // Packing pays where several panels read the tile, and keeps a tile that is not whole
            // from reading beyond its rows.
            const long direct = n > PANELS * LANES ? 0 : width / TILE * TILE;
            pack_tiles(count, width - direct, from + direct, a_step, packed_a);
            for (long j = 0; j < n; j += PANELS * LANES) {
                gradient_function *const tile = gradient_tiles[panels_of(n - j) - 1];
                for (long i = 0; i < width; i += TILE) {
                    const float *const packed =
                        packed_a + (i - direct) / TILE * tile_step(count);
                    tile(
                        count, i < direct ? from + i : packed, i < direct ? a_step : TILE,
                        packed_b + j * count, count * LANES, c + (strip + i) * c_step + j, c_step,
                        width - i, n - j);
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
