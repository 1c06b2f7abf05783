#pragma once

#include "conv2d_grid.h"
#include "product/gemm_panels.h"

/// Where the sums at the pixels of a grid go: pixel (y, x) of the grid is pixel (first_y + step * y, first_x + step * x) of values
/// (N, height, width, channels). A residual in the epilogue that is `values` itself accumulates.
typedef struct {
    float *values;
    int64_t height, width, channels;
    int64_t step, first_y, first_x;
    gd_epilogue epilogue;
} gd_target;

/// target = activation(patches(source) * weights + epilogue). The weights are (kernel_rows * kernel_columns * source channels, panels of the
/// target's channels).
typedef struct {
    gd_conv_grid grid;
    const float *source;
    gd_right weights;
    gd_target target;
} gd_direct_product;

/// Floats of scratch that one thread needs for a product.
int64_t gd_direct_product_scratch(const gd_conv_grid *grid, int64_t target_channels);

/// The whole product on `threads` threads. Each sum is one chain over the depth, from the epilogue on, wherever the work is cut.
///
/// - weights: packed into `packed` on the way; NULL where the product's weights lie as panels.
void gd_f32_direct_product(
    const gd_direct_product *product, const gd_weights *weights, float *packed, float *scratch, int threads);

/// Whether the forward pass has so few output channels that a product for all taps and outputs at once is cheaper.
int gd_conv2d_uses_col2im(const gd_conv2d *geometry);

int64_t gd_conv2d_col2im_scratch(const gd_conv2d *geometry, int threads);

/// The forward pass of such a geometry.
void gd_f32_conv2d_col2im(
    const gd_conv2d *geometry, const float *input, const float *weight, const gd_epilogue *epilogue, float *output,
    float *scratch, int threads);
