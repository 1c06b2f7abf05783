#include "bf16_units.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define SIMD_LANES 16

#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,avx512bf16"))), apply_to = function)

#include "simd_bf16.h"

// vdpbf16ps: a multiply-add of floats in all lanes, twice.

simd_inline __m512bh vector_of(const void *address) { return (__m512bh)_mm512_loadu_si512(address); }

simd_inline __m512bh pair_of(const gd_bf16 *address) {
    int pair;
    memcpy(&pair, address, sizeof pair);
    return (__m512bh)_mm512_set1_epi32(pair);
}

#define pair_columns __m512bh
#define pair_row __m512bh
#define load_columns vector_of
#define load_row pair_of
#define add_products(sums, row, columns) ((simd_vector)_mm512_dpbf16_ps((__m512)(sums), columns, row))

enum { block_rows = 12, block_panels = 2 };

#include "bf16_blocks.h"

static void multiply(gd_extents e, gd_bf16_left a, gd_bf16_right b, gd_product c, int accumulate) {
    multiply_all(e, a, b, c, accumulate);
}

#pragma clang attribute pop

static int runs(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}

const gd_bf16_unit gd_bf16_avx512 = {.name = "AVX-512 BF16", .instruction = 1, .runs = runs, .multiply = multiply};

#endif
