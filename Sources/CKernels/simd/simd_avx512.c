#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "simd_sets.h"
#include "convolution/winograd.h"

#define SIMD_LANES 16

#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"))), apply_to = function)
#include "codec/simd_dequantize.h"
#include "codec/simd_lattice.h"
#include "normalization/simd_norm.h"
#include "machine/simd_peak.h"
#include "product/simd_product.h"
#include "codec/simd_quantize.h"
#include "codec/simd_rans.h"
#include "codec/simd_rounding_errors.h"
#include "codec/simd_survey.h"
#include "convolution/simd_winograd.h"
#pragma clang attribute pop

const gd_simd gd_simd_avx512 = {
    .name = "AVX-512", .rows = product_rows, .multiply = multiply, .multiply_columns = multiply_columns,
    .norm_moments = norm_moments, .norm_apply = norm_apply, .norm_affine_gradients = norm_affine_gradients,
    .norm_input_gradients = norm_input_gradients,
    .winograd4 = &winograd4, .winograd2 = &winograd2, .multiply_add_rounds = multiply_add_rounds,
    .peak_flops_per_round = peak_flops_per_round, .quantize = quantize, .dequantize = dequantize,
    .dequantize_add = dequantize_add, .add_fixed = add_fixed, .pack_codes = pack_codes,
    .round_to_lattice = round_to_lattice, .restore_from_lattice = restore_from_lattice,
    .survey_magnitudes = survey_magnitudes, .count_codes = count_codes,
    .rounding_errors = rounding_errors, .lattice_errors = lattice_errors,
    .rans_encode_groups = rans_encode_groups, .rans_decode_groups = rans_decode_groups};

#endif
