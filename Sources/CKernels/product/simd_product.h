#pragma once

#include "simd/simd_vectors.h"

// Register-blocked products. The sums of a block of rows and panels live in registers; every step of the depth loads one row of
// the panels and broadcasts one element a row. 32 registers hold 12 rows of two panels in 16 lanes, 16 registers hold 6 rows of
// one panel in 8 lanes: both hide the latency of the multiply-adds and load less than the load units deliver.
enum {
    product_rows = simd_lanes == 16 ? 12 : 6,
    product_panels = simd_lanes == 16 ? 2 : 1,
    most_vectors = product_panels * simd_block_vectors,
};

/// Where a block's left factor lies: element (r, k) of 16 steps of depth at values[r * row + k * step], the next 16 `next` on;
/// the rows that are read after this block's lie `ahead` further.
typedef struct {
    const float *values;
    int64_t row, step, next, ahead;
} product_left;

/// Whether the left factor lies by rows or by columns. A block of 16 rows that lies by columns is read twice or thrice in a row, in
/// pieces a page apart from the next one's, where no hardware looks ahead: each step asks for the same column of the next block.
typedef enum { product_by_rows, product_by_columns } product_layout;

/// One pointer serves so many rows: with the row stride as an index its loads reach them all, and the pointers of 12 rows fit the
/// integer registers.
enum { product_group = 3 };

// Place of vector v of row r in the product.
simd_inline float *product_place(gd_product c, int r, int v) {
    return c.values + v / simd_block_vectors * c.panel_stride + r * c.row_stride + v % simd_block_vectors * simd_lanes;
}

// sums += one element of each row times one row of the panels.
simd_inline void product_step(
    int rows, int vectors, const float *const *groups, int64_t row_stride, const float *b, int64_t panel_stride,
    simd_vector sums[product_rows][most_vectors]) {
    simd_vector columns[most_vectors];
    for (int v = 0; v < vectors; v++)
        columns[v] = simd_load(b + v / simd_block_vectors * panel_stride + v % simd_block_vectors * simd_lanes);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
        const simd_vector value = simd_splat(groups[r / product_group][r % product_group * row_stride]);
        for (int v = 0; v < vectors; v++) sums[r][v] += value * columns[v];
    }
}

// `rows` and `panels` are constants wherever this is inlined: the sums stay in registers.
simd_inline void product_block(
    int rows, int panels, int64_t depth, product_left a, product_layout layout, gd_right b, gd_product c, int accumulate) {
    const int vectors = panels * simd_block_vectors;
    simd_vector sums[product_rows][most_vectors];
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++) sums[r][v] = accumulate ? simd_load(product_place(c, r, v)) : simd_splat(0);
    const float *groups[product_rows / product_group];
    for (int g = 0; g * product_group < rows; g++) groups[g] = a.values + g * product_group * a.row;
    for (int64_t k = 0; k < depth; k++, b.values += b.depth_stride) {
        if (layout == product_by_columns) __builtin_prefetch(groups[0] + a.ahead);
        product_step(rows, vectors, groups, a.row, b.values, b.panel_stride, sums);
        const int64_t step = k % gd_block == gd_block - 1 ? a.next - (gd_block - 1) * a.step : a.step;
        for (int g = 0; g * product_group < rows; g++) groups[g] += step;
    }
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++) simd_store(product_place(c, r, v), sums[r][v]);
}

// One block of the tallest shape that `rows` fills; returns its height.
simd_inline int64_t product_tallest(
    int64_t rows, int panels, int64_t depth, product_left a, product_layout layout, gd_right b, gd_product c, int accumulate) {
    if (rows >= product_rows) {
        product_block(product_rows, panels, depth, a, layout, b, c, accumulate);
        return product_rows;
    }
    if (simd_lanes == 16 && rows >= 8) {
        product_block(8, panels, depth, a, layout, b, c, accumulate);
        return 8;
    }
    if (rows >= 4) {
        product_block(4, panels, depth, a, layout, b, c, accumulate);
        return 4;
    }
    if (rows >= 2) {
        product_block(2, panels, depth, a, layout, b, c, accumulate);
        return 2;
    }
    product_block(1, panels, depth, a, layout, b, c, accumulate);
    return 1;
}

simd_inline void product_all_rows(gd_extents e, int panels, gd_left a, gd_right b, gd_product c, int accumulate) {
    for (int64_t row = 0, done; row < e.rows; row += done) {
        const product_left left = {a.values + row * a.row_stride, a.row_stride, 1, a.block_stride, 0};
        const gd_product product = {c.values + row * c.row_stride, c.row_stride, c.panel_stride};
        done = product_tallest(e.rows - row, panels, e.depth, left, product_by_rows, b, product, accumulate);
    }
}

// Rows within a block of 16: two blocks of 8, or 6, 6 and 4.
simd_inline void product_all_columns(
    gd_extents e, int panels, gd_left_columns a, gd_right b, gd_product c, int accumulate) {
    const int most = simd_lanes == 16 ? 8 : 6;
    for (int64_t row = 0, done; row < e.rows; row += done) {
        const int64_t place = row % gd_block, block_end = gd_block - place;
        const int64_t left_rows = e.rows - row < block_end ? e.rows - row : block_end;
        const product_left left = {
            a.values + row / gd_block * a.block_stride + place, 1, a.depth_stride, gd_block * a.depth_stride,
            a.block_stride};
        const gd_product product = {c.values + row * c.row_stride, c.row_stride, c.panel_stride};
        done = product_tallest(left_rows < most ? left_rows : most, panels, e.depth, left, product_by_columns, b, product, accumulate);
    }
}

static void multiply(gd_extents e, gd_left a, gd_right b, gd_product c, int accumulate) {
    int64_t panel = 0;
    for (; panel + product_panels <= e.panels; panel += product_panels) {
        product_all_rows(e, product_panels, a, b, c, accumulate);
        b.values += product_panels * b.panel_stride, c.values += product_panels * c.panel_stride;
    }
    if (panel < e.panels) product_all_rows(e, 1, a, b, c, accumulate);
}

static void multiply_columns(gd_extents e, gd_left_columns a, gd_right b, gd_product c, int accumulate) {
    int64_t panel = 0;
    for (; panel + product_panels <= e.panels; panel += product_panels) {
        product_all_columns(e, product_panels, a, b, c, accumulate);
        b.values += product_panels * b.panel_stride, c.values += product_panels * c.panel_stride;
    }
    if (panel < e.panels) product_all_columns(e, 1, a, b, c, accumulate);
}
