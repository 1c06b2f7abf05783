#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "simd_sets.h"
#include "winograd.h"

#define SIMD_LANES 16

#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"))), apply_to = function)
#include "simd_norm.h"
#include "simd_peak.h"
#include "simd_product.h"
#include "simd_rans.h"
#include "simd_rounding.h"
#include "simd_winograd.h"
#pragma clang attribute pop

const gd_simd gd_simd_avx512 = {
    .name = "AVX-512", .rows = product_rows, .multiply = multiply, .multiply_columns = multiply_columns,
    .norm_moments = norm_moments, .norm_apply = norm_apply, .norm_affine_gradients = norm_affine_gradients,
    .norm_input_gradients = norm_input_gradients,
    .winograd4 = &winograd4, .winograd2 = &winograd2, .multiply_add_rounds = multiply_add_rounds,
    .peak_flops_per_round = peak_flops_per_round, .round_to_levels = round_to_levels,
    .round_to_lattice = round_to_lattice, .restore_from_lattice = restore_from_lattice,
    .add_rounding_errors = add_rounding_errors, .rans_decode_groups = rans_decode_groups};

#endif
