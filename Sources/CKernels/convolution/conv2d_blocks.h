#pragma once

#include "gd_conv2d.h"

// What the convolutions share.

static inline int64_t gd_min(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t gd_max(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t gd_ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// Rows of the patch matrix: all output pixels.
static inline int64_t gd_conv2d_pixels(const gd_conv2d *g) { return g->batch * g->output_height * g->output_width; }

/// Elements of the kernel for one pair of channels.
static inline int64_t gd_conv2d_taps(const gd_conv2d *g) { return g->kernel_rows * g->kernel_columns; }

/// Columns of the patch matrix: taps times input channels.
static inline int64_t gd_conv2d_depth(const gd_conv2d *g) { return gd_conv2d_taps(g) * g->input_channels; }

/// What a value becomes; NaN stays NaN.
static inline float gd_activate(gd_activation activation, float value) {
    if (activation == GD_LINEAR) return value;
    const float positive = value < 0 ? 0 : value;
    return activation == GD_RELU6 && positive > 6 ? 6 : positive;
}

/// What is added to channel `o` of output pixel `pixel` of all images.
static inline float gd_epilogue_value(const gd_conv2d *g, const gd_epilogue *e, int64_t pixel, int64_t o) {
    const int64_t outputs = g->output_channels, image = pixel / (g->output_height * g->output_width);
    return (e->bias ? e->bias[o] : 0) + (e->image_bias ? e->image_bias[image * outputs + o] : 0)
        + (e->residual ? e->residual[pixel * outputs + o] : 0);
}
