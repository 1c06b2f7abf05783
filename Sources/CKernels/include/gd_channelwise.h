#pragma once

#include "gd_conv2d.h"

// Operations on images (N, H, W, C) that keep their channels apart.

/// A square window that moves over images. Pixels outside them are in no sum and no maximum.
typedef struct {
    int64_t batch, height, width, channels;
    int64_t output_height, output_width;
    int64_t kernel, stride;
    /// Rows above and columns left of the image that the window begins in; those below and to the right follow from the output extents.
    int64_t pad_top, pad_left;
} gd_window;

/// output (N, OH, OW, C), overwritten = activation(input (N, H, W, C) * weight (C, 1, K, K) + bias (C)); bias may be NULL.
typedef gd_status gd_f32_depthwise_forward(
    const gd_window *window, const float *input, const float *weight, const float *bias, gd_activation activation,
    float *output, float *scratch, int threads);

/// Plain loops with Double accumulators; the scratch pointer is not used.
gd_f32_depthwise_forward gd_f32_depthwise_forward__reference;
/// 16 channels at a time, whose sums stay in registers.
gd_f32_depthwise_forward gd_f32_depthwise_forward__vector;

/// Floats of scratch that `vector` needs.
int64_t gd_depthwise_scratch__vector(const gd_window *window);

typedef enum { GD_AVERAGE_POOL, GD_MAX_POOL } gd_pooling;

/// output (N, OH, OW, C), overwritten = the mean or the maximum of the pixels of input (N, H, W, C) in each window: at least one.
gd_status gd_f32_pool_forward__plain(
    const gd_window *window, gd_pooling kind, const float *input, float *output, int threads);

/// Extents of a resize.
typedef struct {
    int64_t batch, height, width, channels;
    int64_t output_height, output_width;
} gd_resize;

/// output (N, OH, OW, C), overwritten = scale (C) * what lies at its pixels in input (N, H, W, C) + shift (C). Bilinear between the
/// centres of pixels, with no filter before: PyTorch's `interpolate` with `align_corners` false.
gd_status gd_f32_resize_forward__bilinear(
    const gd_resize *extents, const float *input, const float *scale, const float *shift, float *output, int threads);
