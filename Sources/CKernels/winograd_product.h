#pragma once

#include "winograd_tiles.h"

// Register-blocked products of transformed tiles: up to 6 rows by 16 columns, in straight-line vector code.

static inline wino_vector wino_splat(float value) { return (wino_vector){0} + value; }

// c (rows, 16) = a * b. a: row r at a + 16 r, 16 values of depth a block, blocks `block_stride` floats apart; b (depth, 16).
// Each element's sum runs over the depth in order, whatever the number of rows.
__attribute__((always_inline)) static inline void wino_multiply_rows(
    int rows, const float *a, int64_t block_stride, const float *b, int64_t depth, float *c) {
    wino_vector low[6] = {0}, high[6] = {0};
    for (int64_t block = 0; block < depth; block += wino_block, a += block_stride)
        for (int k = 0; k < wino_block; k++, b += wino_block) {
            const wino_vector b_low = wino_load(b), b_high = wino_load(b + wino_lanes);
            for (int r = 0; r < rows; r++) {
                const wino_vector value = wino_splat(a[r * wino_block + k]);
                low[r] += value * b_low;
                high[r] += value * b_high;
            }
        }
    for (int r = 0; r < rows; r++) {
        wino_store(c + r * wino_block, low[r]);
        wino_store(c + r * wino_block + wino_lanes, high[r]);
    }
}

// One frequency, one panel: c (count, 16) = a (count, depth) * b (depth, 16).
static inline void wino_multiply(
    int64_t count, const float *a, int64_t block_stride, const float *b, int64_t depth, float *c) {
    int64_t row = 0;
    for (; row + 6 <= count; row += 6)
        wino_multiply_rows(6, a + row * wino_block, block_stride, b, depth, c + row * wino_block);
    for (; row + 2 <= count; row += 2)
        wino_multiply_rows(2, a + row * wino_block, block_stride, b, depth, c + row * wino_block);
    for (; row < count; row++)
        wino_multiply_rows(1, a + row * wino_block, block_stride, b, depth, c + row * wino_block);
}

// c (rows, 16) += a^T * b over `count` tiles: a and b at 16 floats a tile, `rows` of a's 16 values.
__attribute__((always_inline)) static inline void wino_accumulate_rows(
    int rows, const float *a, const float *b, int64_t count, float *c) {
    wino_vector low[6], high[6];
    for (int r = 0; r < rows; r++) {
        low[r] = wino_load(c + r * wino_block);
        high[r] = wino_load(c + r * wino_block + wino_lanes);
    }
    for (int64_t tile = 0; tile < count; tile++, a += wino_block, b += wino_block) {
        const wino_vector b_low = wino_load(b), b_high = wino_load(b + wino_lanes);
        for (int r = 0; r < rows; r++) {
            const wino_vector value = wino_splat(a[r]);
            low[r] += value * b_low;
            high[r] += value * b_high;
        }
    }
    for (int r = 0; r < rows; r++) {
        wino_store(c + r * wino_block, low[r]);
        wino_store(c + r * wino_block + wino_lanes, high[r]);
    }
}

// c (16, 16) += a^T * b: rows in groups of 6, 6 and 4.
static inline void wino_accumulate(const float *a, const float *b, int64_t count, float *c) {
    wino_accumulate_rows(6, a, b, count, c);
    wino_accumulate_rows(6, a + 6, b, count, c + 6 * wino_block);
    wino_accumulate_rows(4, a + 12, b, count, c + 12 * wino_block);
}
