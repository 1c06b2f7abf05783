#pragma once

#include "simd_bf16.h"

// The tile instructions in multiply-adds of floats, so that the very source of the product in tiles runs and is tested on any machine.

typedef struct {
    uint32_t words[8][16][16] __attribute__((aligned(64)));
    int rows[8];
} tile_file;

#define tile_function simd_inline

simd_inline void tile_configure(tile_file *file, int first, int second) {
    const int rows[] = {first, first, second, second, first, second, 16, 16};
    memset(file->words, 0, sizeof file->words);
    for (int t = 0; t < 8; t++) file->rows[t] = rows[t];
}

simd_inline void tile_zero(tile_file *file, int t) { memset(file->words[t], 0, sizeof file->words[t]); }

simd_inline void tile_load(tile_file *file, int t, const void *address, int64_t stride) {
    memset(file->words[t], 0, sizeof file->words[t]);
    for (int r = 0; r < file->rows[t]; r++) memcpy(file->words[t][r], (const char *)address + r * stride, 64);
}

simd_inline void tile_store(const tile_file *file, int t, void *address, int64_t stride) {
    for (int r = 0; r < file->rows[t]; r++) memcpy((char *)address + r * stride, file->words[t][r], 64);
}

// Two chains over the depth, of the first and of the second elements of the pairs, then their sum.
simd_inline void tile_dot(tile_file *file, int c, int a, int b) {
    for (int r = 0; r < file->rows[c]; r++)
        for (int lane = 0; lane < 16; lane += simd_lanes) {
            simd_vector first = simd_splat(0), second = simd_splat(0);
            for (int k = 0; k < 16; k++) {
                const simd_bits left = bits_splat(file->words[a][r][k]), right = bits_load(&file->words[b][k][lane]);
                first = pair_first(left) * pair_first(right) + first;
                second = pair_second(left) * pair_second(right) + second;
            }
            float *sums = (float *)&file->words[c][r][lane];
            simd_store(sums, simd_load(sums) + (first + second));
        }
}

simd_inline void tile_release(tile_file *file) { (void)file; }

#include "tile_product.h"

__attribute__((noinline)) static void emulate_tiles(
    gd_extents e, gd_bf16_left a, gd_bf16_right b, gd_product c, int accumulate) {
    tile_product(e, a, b, c, accumulate);
}

static void bf16_multiply_tiles(gd_extents e, gd_bf16_left a, gd_bf16_right b, gd_product c, int accumulate) {
    const simd_rounding kept = simd_flush_denormals();
    emulate_tiles(e, a, b, c, accumulate);
    simd_restore_denormals(kept);
}
