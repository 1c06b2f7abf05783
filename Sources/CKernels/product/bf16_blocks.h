// The product in registers, once on an instruction for pairs of bfloat16 and once on multiply-adds of floats: the file that includes this
// has defined
//
//     pair_columns                      a vector of the right factor: the pairs of `simd_lanes` columns
//     load_columns(address)
//     pair_row, load_row(address)       one pair of the left factor in all lanes
//     add_products(sums, row, columns)  sums += the products of the second elements, then sums += those of the first
//     block_rows, block_panels          rows and panels whose sums fit the registers

#include "simd_bf16.h"

enum { block_vectors = block_panels * simd_block_vectors };

simd_inline float *block_place(gd_product c, int r, int v) {
    return c.values + r * c.row_stride + v / simd_block_vectors * c.panel_stride + v % simd_block_vectors * simd_lanes;
}

// The numbers of rows and panels are constants wherever this is inlined: the sums stay in registers.
simd_inline void multiply_block(
    int rows, int panels, int64_t depth, gd_bf16_left a, gd_bf16_right b, gd_product c, int accumulate) {
    const int vectors = panels * simd_block_vectors;
    simd_vector sums[block_rows][block_vectors];
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++) sums[r][v] = accumulate ? simd_load(block_place(c, r, v)) : simd_splat(0);
    for (int64_t piece = 0; piece < a.pieces; piece++) {
        const gd_bf16 *left = a.values + a.places[piece];
        for (int64_t k = 0; k < depth; k += 2, b.values += b.pair_stride) {
            pair_columns columns[block_vectors];
            for (int v = 0; v < vectors; v++)
                columns[v] = load_columns(
                    b.values + v / simd_block_vectors * b.panel_stride + v % simd_block_vectors * 2 * simd_lanes);
#pragma clang loop unroll(full)
            for (int r = 0; r < rows; r++) {
                const pair_row row = load_row(left + r * a.row_stride + k);
                for (int v = 0; v < vectors; v++) sums[r][v] = add_products(sums[r][v], row, columns[v]);
            }
        }
    }
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++) simd_store(block_place(c, r, v), sums[r][v]);
}

// One block of the tallest shape that `rows` fills; returns its height.
simd_inline int64_t multiply_tallest(
    int64_t rows, int panels, int64_t depth, gd_bf16_left a, gd_bf16_right b, gd_product c, int accumulate) {
    if (rows >= block_rows) {
        multiply_block(block_rows, panels, depth, a, b, c, accumulate);
        return block_rows;
    }
    if (block_rows > 4 && rows >= 4) {
        multiply_block(4, panels, depth, a, b, c, accumulate);
        return 4;
    }
    if (rows >= 2) {
        multiply_block(2, panels, depth, a, b, c, accumulate);
        return 2;
    }
    multiply_block(1, panels, depth, a, b, c, accumulate);
    return 1;
}

simd_inline void multiply_rows(
    gd_extents e, int panels, gd_bf16_left a, gd_bf16_right b, gd_product c, int accumulate) {
    for (int64_t row = 0, done; row < e.rows; row += done) {
        done = multiply_tallest(e.rows - row, panels, e.depth, a, b, c, accumulate);
        a.values += done * a.row_stride, c.values += done * c.row_stride;
    }
}

simd_inline void multiply_all(gd_extents e, gd_bf16_left a, gd_bf16_right b, gd_product c, int accumulate) {
    int64_t panel = 0;
    for (; panel + block_panels <= e.panels; panel += block_panels) {
        multiply_rows(e, block_panels, a, b, c, accumulate);
        b.values += block_panels * b.panel_stride, c.values += block_panels * c.panel_stride;
    }
    if (panel < e.panels) multiply_rows(e, 1, a, b, c, accumulate);
}
