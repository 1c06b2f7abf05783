#pragma once

#include "gd_conv2d.h"

// What the passes of the `gemm` convolution share. Block sizes depend on the geometry alone, never on the threads: results
// are the same bytes for any number of them.

static inline int64_t gd_min(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t gd_max(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t gd_ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// Rows of the gathered matrix: all output pixels.
static inline int64_t gd_conv2d_pixels(const gd_conv2d *g) { return g->batch * g->output_height * g->output_width; }

/// Columns of the gathered matrix: taps times input channels.
static inline int64_t gd_conv2d_depth(const gd_conv2d *g) { return g->kernel * g->kernel * g->input_channels; }

/// A 1x1 convolution without stride or padding is a matrix product on the activations as they are.
static inline int gd_conv2d_is_pointwise(const gd_conv2d *g) {
    return g->kernel == 1 && g->stride == 1 && g->pad_top == 0 && g->pad_left == 0 && g->output_height == g->height
        && g->output_width == g->width && g->upsample == 1;
}

/// What is added to channel `o` of output pixel `pixel` of all images.
static inline float gd_epilogue_value(const gd_conv2d *g, const gd_epilogue *e, int64_t pixel, int64_t o) {
    const int64_t outputs = g->output_channels, image = pixel / (g->output_height * g->output_width);
    return (e->bias ? e->bias[o] : 0) + (e->image_bias ? e->image_bias[image * outputs + o] : 0)
        + (e->residual ? e->residual[pixel * outputs + o] : 0);
}

/// rows (count, kernel * kernel * I), overwritten: the input patches of output pixels first ..< first + count, in (ky, kx, i)
/// order, zero where they reach into the padding.
void gd_f32_gather_patches(const gd_conv2d *g, const float *input, int64_t first, int64_t count, float *rows);

/// d_input (H, W, I) of one image += rows (OH * OW, kernel * kernel * I), each tap at its place: the transpose of the gather.
void gd_f32_scatter_patches(const gd_conv2d *g, const float *rows, float *d_input);
