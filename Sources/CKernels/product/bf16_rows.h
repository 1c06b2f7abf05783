#pragma once

#include "gd_bf16.h"
#include "gd_product.h"

// Rows of bfloat16 on the way into and out of products. Plain loops, which the compiler turns into vectors.

/// Two bfloat16 side by side, the first in the lower half.
static inline uint32_t gd_bf16_pair(gd_bf16 first, gd_bf16 second) { return (uint32_t)second << 16 | first; }

/// to (all / 2, 16, 2) = the nearest of rows (depth, 16), zero from `depth` to `all`.
static inline void gd_bf16_pair_panel(const float *restrict rows, int64_t depth, int64_t all, uint32_t *restrict to) {
    for (int64_t k = 0; k + 2 <= depth; k += 2, rows += 2 * gd_block, to += gd_block)
        for (int c = 0; c < gd_block; c++) to[c] = gd_bf16_pair(gd_bf16_nearest(rows[c]), gd_bf16_nearest(rows[gd_block + c]));
    if (depth % 2 == 1) {
        for (int c = 0; c < gd_block; c++) to[c] = gd_bf16_nearest(rows[c]);
        to += gd_block;
    }
    memset(to, 0, (size_t)((all - (depth + 1) / 2 * 2) * gd_block) * sizeof(gd_bf16));
}

/// to (channels, 2): channel by channel one of each pixel, NULL for zeros.
static inline void gd_bf16_pair_pixels(
    int64_t channels, const gd_bf16 *restrict first, const gd_bf16 *restrict second, uint32_t *restrict to) {
    if (first && second)
        for (int64_t c = 0; c < channels; c++) to[c] = gd_bf16_pair(first[c], second[c]);
    else if (first)
        for (int64_t c = 0; c < channels; c++) to[c] = gd_bf16_pair(first[c], 0);
    else if (second)
        for (int64_t c = 0; c < channels; c++) to[c] = gd_bf16_pair(0, second[c]);
    else
        memset(to, 0, (size_t)channels * sizeof *to);
}

typedef gd_bf16 gd_bf16_line __attribute__((vector_size(gd_block * sizeof(gd_bf16)), aligned(2)));

/// to (16 rows, `to_stride` apart) = the transpose of 16 channels of 16 pixels.
static inline void gd_bf16_transpose_block(const gd_bf16 *const pixels[gd_block], int64_t channel, gd_bf16 *to, int64_t to_stride) {
    gd_bf16_line rows[gd_block];
    for (int p = 0; p < gd_block; p++) rows[p] = pixels[p] ? *(const gd_bf16_line *)(pixels[p] + channel) : (gd_bf16_line){0};
#pragma clang loop unroll(full)
    for (int round = 0; round < 4; round++) {
        gd_bf16_line next[gd_block];
#pragma clang loop unroll(full)
        for (int r = 0; r < gd_block / 2; r++) {
            next[2 * r] = __builtin_shufflevector(rows[r], rows[r + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            next[2 * r + 1] =
                __builtin_shufflevector(rows[r], rows[r + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        }
#pragma clang loop unroll(full)
        for (int r = 0; r < gd_block; r++) rows[r] = next[r];
    }
    for (int r = 0; r < gd_block; r++) *(gd_bf16_line *)(to + r * to_stride) = rows[r];
}

/// to (channels, 16 of `to_stride`) = the transpose of 16 pixels, NULL for zeros.
static inline void gd_bf16_transpose_pixels(
    const gd_bf16 *const pixels[gd_block], int64_t channels, gd_bf16 *to, int64_t to_stride) {
    int64_t c = 0;
    for (; c + gd_block <= channels; c += gd_block) gd_bf16_transpose_block(pixels, c, to + c * to_stride, to_stride);
    for (; c < channels; c++)
        for (int p = 0; p < gd_block; p++) to[c * to_stride + p] = pixels[p] ? pixels[p][c] : 0;
}
