// The product in tiles of 16 rows, once on the tile instructions and once on their emulation: the file that includes this has defined
//
//     tile_file                                  what the tiles are kept in, where that is not the processor
//     tile_configure(file, first, second)        tiles 0, 1 and 4 have `first` rows, tiles 2, 3 and 5 `second`, tiles 6 and 7 sixteen
//     tile_zero(file, t)
//     tile_load(file, t, address, stride)        rows of 64 bytes, `stride` bytes apart
//     tile_store(file, t, address, stride)
//     tile_dot(file, c, a, b)                    c += a * b, pairs of bfloat16
//     tile_release(file)
//
// where t is a constant, and `tile_function`, how a function is declared that is inlined among them.

#include "gd_bf16_product.h"

enum { tile_rows = 16 };

// Where the next rows and panels lie.
tile_function float *tile_sums(gd_product c, int row_tile, int panel) {
    return c.values + row_tile * tile_rows * c.row_stride + panel * c.panel_stride;
}

// A block of one or two tiles of rows times one or two panels, whose sums stay in tiles. The numbers of both are constants wherever
// this is inlined.
tile_function void tile_block(
    tile_file *file, int row_tiles, int panels, int64_t depth, gd_bf16_left a, gd_bf16_right b, gd_product c, int accumulate) {
    const int64_t sum_bytes = c.row_stride * (int64_t)sizeof(float), row_bytes = a.row_stride * (int64_t)sizeof(gd_bf16);
    const int64_t pair_bytes = b.pair_stride * (int64_t)sizeof(gd_bf16);
    (void)file;
    if (accumulate) {
        tile_load(file, 0, tile_sums(c, 0, 0), sum_bytes);
        if (panels == 2) tile_load(file, 1, tile_sums(c, 0, 1), sum_bytes);
        if (row_tiles == 2) tile_load(file, 2, tile_sums(c, 1, 0), sum_bytes);
        if (row_tiles == 2 && panels == 2) tile_load(file, 3, tile_sums(c, 1, 1), sum_bytes);
    } else {
        tile_zero(file, 0);
        if (panels == 2) tile_zero(file, 1);
        if (row_tiles == 2) tile_zero(file, 2);
        if (row_tiles == 2 && panels == 2) tile_zero(file, 3);
    }
    for (int64_t piece = 0; piece < a.pieces; piece++) {
        const gd_bf16 *rows = a.values + a.places[piece];
        for (int64_t k = 0; k < depth; k += gd_bf16_step, b.values += gd_bf16_step / 2 * b.pair_stride) {
            tile_load(file, 4, rows + k, row_bytes);
            tile_load(file, 6, b.values, pair_bytes);
            tile_dot(file, 0, 4, 6);
            if (panels == 2) {
                tile_load(file, 7, b.values + b.panel_stride, pair_bytes);
                tile_dot(file, 1, 4, 7);
            }
            if (row_tiles == 2) {
                tile_load(file, 5, rows + tile_rows * a.row_stride + k, row_bytes);
                tile_dot(file, 2, 5, 6);
            }
            if (row_tiles == 2 && panels == 2) tile_dot(file, 3, 5, 7);
        }
    }
    tile_store(file, 0, tile_sums(c, 0, 0), sum_bytes);
    if (panels == 2) tile_store(file, 1, tile_sums(c, 0, 1), sum_bytes);
    if (row_tiles == 2) tile_store(file, 2, tile_sums(c, 1, 0), sum_bytes);
    if (row_tiles == 2 && panels == 2) tile_store(file, 3, tile_sums(c, 1, 1), sum_bytes);
}

// All panels of the rows that the tiles are configured for.
tile_function void tile_panels(
    tile_file *file, int row_tiles, gd_extents e, gd_bf16_left a, gd_bf16_right b, gd_product c, int accumulate) {
    int64_t panel = 0;
    for (; panel + 2 <= e.panels; panel += 2) {
        tile_block(file, row_tiles, 2, e.depth, a, b, c, accumulate);
        b.values += 2 * b.panel_stride, c.values += 2 * c.panel_stride;
    }
    if (panel < e.panels) tile_block(file, row_tiles, 1, e.depth, a, b, c, accumulate);
}

// Rows outside, panels inside: 32 rows of the left factor stay in the first-level cache while the right one streams by.
tile_function void tile_product(gd_extents e, gd_bf16_left a, gd_bf16_right b, gd_product c, int accumulate) {
    tile_file kept, *file = &kept;
    (void)file;
    if (e.rows >= 2 * tile_rows) tile_configure(file, tile_rows, tile_rows);
    for (; e.rows >= 2 * tile_rows; e.rows -= 2 * tile_rows) {
        tile_panels(file, 2, e, a, b, c, accumulate);
        a.values += 2 * tile_rows * a.row_stride, c.values += 2 * tile_rows * c.row_stride;
    }
    if (e.rows > tile_rows) {
        tile_configure(file, tile_rows, (int)e.rows - tile_rows);
        tile_panels(file, 2, e, a, b, c, accumulate);
    } else if (e.rows > 0) {
        tile_configure(file, (int)e.rows, tile_rows);
        tile_panels(file, 1, e, a, b, c, accumulate);
    }
    tile_release(file);
}
