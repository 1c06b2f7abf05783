// Every family's kernels for one instruction set, and their tables: included once by the file of a set, which defines SIMD_LANES before.
// A new kernel of a family has its line here, and nowhere else.

#include "channelwise/simd_depthwise.h"
#include "codec/simd_dequantize.h"
#include "codec/simd_lattice.h"
#include "codec/simd_quantize.h"
#include "codec/simd_rans.h"
#include "codec/simd_rounding_errors.h"
#include "codec/simd_statistics.h"
#include "convolution/simd_winograd.h"
#include "elementwise/simd_bf16_add.h"
#include "gd_codes.h"
#include "machine/simd_peak.h"
#include "normalization/simd_norms.h"
#include "product/simd_bf16_product.h"
#include "product/simd_product.h"
#include "product/simd_tile_emulation.h"

static const gd_product_kernels product_kernels = {.multiply = multiply, .multiply_columns = multiply_columns};

static const gd_bf16_kernels bf16_kernels = {.multiply = bf16_multiply, .multiply_tiles = bf16_multiply_tiles, .add = bf16_add};

static const struct gd_depthwise_kernel depthwise_kernel = {.compute_row = depthwise_compute_row};

static const gd_norm_kernels norm_kernels = {
    .moments = norm_moments_f32, .apply = norm_apply_f32, .affine_gradients = norm_affine_gradients_f32,
    .input_gradients = norm_input_gradients_f32};

static const gd_bf16_norm_kernels bf16_norm_kernels = {
    .moments = norm_moments_bf16, .apply = norm_apply_bf16, .affine_gradients = norm_affine_gradients_bf16,
    .input_gradients = norm_input_gradients_bf16};

static const gd_code_kernels code_kernels = {
    .quantize = quantize, .dequantize = dequantize, .dequantize_add = dequantize_add, .add_fixed = add_fixed,
    .pack_codes = pack_codes, .round_to_lattice = round_to_lattice, .restore_from_lattice = restore_from_lattice};

static const gd_statistics_kernels statistics_kernels = {
    .magnitude_statistics = magnitude_statistics, .count_codes = count_codes, .rounding_errors = rounding_errors,
    .lattice_errors = lattice_errors};

static const gd_rans_kernels rans_kernels = {.encode_groups = rans_encode_groups, .decode_groups = rans_decode_groups};

static const gd_peak_kernel peak_kernel = {
    .multiply_add_rounds = multiply_add_rounds, .flops_per_round = peak_flops_per_round};

/// The set of that name.
#define SIMD_SET(set_name) \
    { \
        .name = set_name, .product = &product_kernels, .bf16 = &bf16_kernels, .winograd4 = &winograd4, .winograd2 = &winograd2, .bf16_winograd4 = &bf16_winograd4, \
        .depthwise = &depthwise_kernel, .norm = &norm_kernels, .bf16_norm = &bf16_norm_kernels, .codes = &code_kernels, .statistics = &statistics_kernels, \
        .rans = &rans_kernels, .peak = &peak_kernel \
    }
