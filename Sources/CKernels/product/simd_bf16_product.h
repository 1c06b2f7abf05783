#pragma once

#include "simd_bf16.h"

// Products of bfloat16 in multiply-adds of floats, for a CPU without an instruction for them: twice as many as floats take. In 16 lanes
// 8 rows of two panels, in 8 lanes 4 rows of one panel leave registers for both halves of the pairs.

typedef struct {
    simd_vector first, second;
} simd_pairs;

simd_inline simd_pairs simd_pairs_of(simd_bits pairs) { return (simd_pairs){pair_first(pairs), pair_second(pairs)}; }

simd_inline simd_vector simd_add_products(simd_vector sums, simd_pairs row, simd_pairs columns) {
    sums = row.second * columns.second + sums;
    return row.first * columns.first + sums;
}

simd_inline uint32_t simd_pair_at(const gd_bf16 *address) {
    uint32_t pair;
    memcpy(&pair, address, sizeof pair);
    return pair;
}

#define pair_columns simd_pairs
#define pair_row simd_pairs
#define load_columns(address) simd_pairs_of(bits_load(address))
#define load_row(address) simd_pairs_of(bits_splat(simd_pair_at(address)))
#define add_products simd_add_products

enum { block_rows = simd_lanes == 16 ? 8 : 4, block_panels = simd_lanes == 16 ? 2 : 1 };

#include "bf16_blocks.h"

__attribute__((noinline)) static void multiply_in_floats(
    gd_extents e, gd_bf16_left a, gd_bf16_right b, gd_product c, int accumulate) {
    multiply_all(e, a, b, c, accumulate);
}

static void bf16_multiply(gd_extents e, gd_bf16_left a, gd_bf16_right b, gd_product c, int accumulate) {
    const simd_rounding kept = simd_flush_denormals();
    multiply_in_floats(e, a, b, c, accumulate);
    simd_restore_denormals(kept);
}

#undef pair_columns
#undef pair_row
#undef load_columns
#undef load_row
#undef add_products
