#pragma once

#include "gd_status.h"

/// A 2-D convolution. Activations (N, H, W, C), weights (O, I, KH, KW).
typedef struct {
    int64_t batch, height, width, input_channels;
    int64_t output_height, output_width, output_channels;
    int64_t kernel_rows, kernel_columns, stride;
    /// Zero rows above and columns left of the input; those below and to the right follow from the output extents.
    int64_t pad_top, pad_left;
    /// 1, or 2: the convolution sees each input pixel as 2x2 (nearest neighbour). Padding and output extents are those of the larger
    /// image; the input and its gradient are stored small.
    int64_t upsample;
} gd_conv2d;

/// The function that a layer's output goes through.
typedef enum {
    GD_LINEAR,
    /// max(x, 0).
    GD_RELU,
    /// min(max(x, 0), 6).
    GD_RELU6,
} gd_activation;

/// What the forward pass adds to the products as it stores them, each NULL for nothing, and the function that their sum goes through.
typedef struct {
    /// (O).
    const float *bias;
    /// (N, O): one value an image and channel.
    const float *image_bias;
    /// (N, OH, OW, O); may be the output itself.
    const float *residual;
    gd_activation activation;
} gd_epilogue;

/// output (N, OH, OW, O), overwritten = activation(input (N, H, W, I) * weight + epilogue).
typedef gd_status gd_f32_conv2d_forward(
    const gd_conv2d *geometry, const float *input, const float *weight, const gd_epilogue *epilogue, float *output,
    float *scratch, int threads);

/// d_input (N, H, W, I), overwritten, or added to where `accumulate`.
typedef gd_status gd_f32_conv2d_backward_data(
    const gd_conv2d *geometry, const float *d_output, const float *weight, float *d_input, int accumulate, float *scratch,
    int threads);

/// d_weight (O, I, KH, KW) and d_bias (O), accumulated; d_bias may be NULL.
typedef gd_status gd_f32_conv2d_backward_weight(
    const gd_conv2d *geometry, const float *input, const float *d_output, float *d_weight, float *d_bias,
    float *scratch, int threads);

/// Plain loops with Double accumulators; the scratch pointer is not used.
gd_f32_conv2d_forward gd_f32_conv2d_forward__reference;
gd_f32_conv2d_backward_data gd_f32_conv2d_backward_data__reference;
gd_f32_conv2d_backward_weight gd_f32_conv2d_backward_weight__reference;

/// Blocks of output pixels: gathered patches, a few kernel rows at a time, times weights in the packed microkernel. A 1x1 kernel
/// reads the input where it lies. Accepts everything.
gd_f32_conv2d_forward gd_f32_conv2d_forward__direct;
gd_f32_conv2d_backward_data gd_f32_conv2d_backward_data__direct;
gd_f32_conv2d_backward_weight gd_f32_conv2d_backward_weight__direct;

/// Floats of scratch that the `direct` passes need with `threads` threads.
int64_t gd_conv2d_forward_scratch__direct(const gd_conv2d *geometry, int threads);
int64_t gd_conv2d_backward_data_scratch__direct(const gd_conv2d *geometry, int threads);
int64_t gd_conv2d_backward_weight_scratch__direct(const gd_conv2d *geometry, int threads);

/// Fused Winograd F(4x4, 3x3) and F(2x2, 3x3) for stride 1, padding 1 and multiples of 16 channels.
gd_f32_conv2d_forward gd_f32_conv2d_forward__winograd4, gd_f32_conv2d_forward__winograd2;
gd_f32_conv2d_backward_data gd_f32_conv2d_backward_data__winograd4, gd_f32_conv2d_backward_data__winograd2;
gd_f32_conv2d_backward_weight gd_f32_conv2d_backward_weight__winograd4, gd_f32_conv2d_backward_weight__winograd2;

int64_t gd_conv2d_forward_scratch__winograd4(const gd_conv2d *geometry, int threads);
int64_t gd_conv2d_forward_scratch__winograd2(const gd_conv2d *geometry, int threads);
int64_t gd_conv2d_backward_data_scratch__winograd4(const gd_conv2d *geometry, int threads);
int64_t gd_conv2d_backward_data_scratch__winograd2(const gd_conv2d *geometry, int threads);
int64_t gd_conv2d_backward_weight_scratch__winograd4(const gd_conv2d *geometry, int threads);
int64_t gd_conv2d_backward_weight_scratch__winograd2(const gd_conv2d *geometry, int threads);

/// Whether the Winograd passes handle the geometry.
int gd_conv2d_accepts__winograd(const gd_conv2d *geometry);
