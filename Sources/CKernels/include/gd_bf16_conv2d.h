#pragma once

#include "gd_bf16.h"
#include "gd_conv2d.h"

// Convolutions of bfloat16 activations (N, H, W, C). Weights, their gradients and biases are floats: weights are rounded to bfloat16 as they
// are packed, sums are floats, and an output is rounded once, after the epilogue.

/// `gd_epilogue` with a residual of bfloat16.
typedef struct {
    const float *bias, *image_bias;
    const gd_bf16 *residual;
    gd_activation activation;
} gd_bf16_epilogue;

/// output (N, OH, OW, O), overwritten = activation(input (N, H, W, I) * weight + epilogue); may be the residual.
typedef gd_status gd_bf16_conv2d_forward(
    const gd_conv2d *geometry, const gd_bf16 *input, const float *weight, const gd_bf16_epilogue *epilogue, gd_bf16 *output,
    float *scratch, int threads);

/// d_input (N, H, W, I), overwritten, or added to where `accumulate`.
typedef gd_status gd_bf16_conv2d_backward_data(
    const gd_conv2d *geometry, const gd_bf16 *d_output, const float *weight, gd_bf16 *d_input, int accumulate, float *scratch,
    int threads);

/// d_weight (O, I, KH, KW) and d_bias (O), accumulated; d_bias may be NULL.
typedef gd_status gd_bf16_conv2d_backward_weight(
    const gd_conv2d *geometry, const gd_bf16 *input, const gd_bf16 *d_output, float *d_weight, float *d_bias, float *scratch,
    int threads);

/// Plain loops with Double accumulators.
gd_bf16_conv2d_forward gd_bf16_conv2d_forward__reference;
gd_bf16_conv2d_backward_data gd_bf16_conv2d_backward_data__reference;
gd_bf16_conv2d_backward_weight gd_bf16_conv2d_backward_weight__reference;
int64_t gd_bf16_conv2d_scratch__reference(const gd_conv2d *geometry, int threads);

/// Fused Winograd F(4x4, 3x3) of floats on activations of bfloat16: weights are not rounded. Scratch memory as for floats.
gd_bf16_conv2d_forward gd_bf16_conv2d_forward__winograd4;
gd_bf16_conv2d_backward_data gd_bf16_conv2d_backward_data__winograd4;
gd_bf16_conv2d_backward_weight gd_bf16_conv2d_backward_weight__winograd4;

/// Gathered patches times packed weights on the selected unit. The data gradient accepts stride 1 or what is not upsampled.
gd_bf16_conv2d_forward gd_bf16_conv2d_forward__patches;
gd_bf16_conv2d_backward_data gd_bf16_conv2d_backward_data__patches;
gd_bf16_conv2d_backward_weight gd_bf16_conv2d_backward_weight__patches;

/// The same without patches, for stride 1 and multiples of 32 channels: a band of rows is copied once with its padding, and each
/// tap of the kernel is a product with the band from another place on.
gd_bf16_conv2d_forward gd_bf16_conv2d_forward__band;
gd_bf16_conv2d_backward_data gd_bf16_conv2d_backward_data__band;
gd_bf16_conv2d_backward_weight gd_bf16_conv2d_backward_weight__band;

/// Floats of scratch that a pass needs with `threads` threads.
int64_t gd_bf16_conv2d_forward_scratch__patches(const gd_conv2d *geometry, int threads);
int64_t gd_bf16_conv2d_backward_data_scratch__patches(const gd_conv2d *geometry, int threads);
int64_t gd_bf16_conv2d_backward_weight_scratch__patches(const gd_conv2d *geometry, int threads);
int64_t gd_bf16_conv2d_forward_scratch__band(const gd_conv2d *geometry, int threads);
int64_t gd_bf16_conv2d_backward_data_scratch__band(const gd_conv2d *geometry, int threads);
int64_t gd_bf16_conv2d_backward_weight_scratch__band(const gd_conv2d *geometry, int threads);

/// Whether the `band` passes handle the geometry.
int gd_bf16_conv2d_accepts__band(const gd_conv2d *geometry);
/// Whether the `patches` passes do.
int gd_bf16_conv2d_accepts__patches(const gd_conv2d *geometry);
