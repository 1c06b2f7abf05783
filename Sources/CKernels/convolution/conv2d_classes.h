#pragma once

#include "conv2d_grid.h"
#include "product/gemm_panels.h"

// Input pixels that lie alike under the stride see the same taps of the kernel: their gradient is a convolution of the output
// gradient with those taps, flipped. An upsampled input pixel is several pixels to the kernel, whose gradients add up.

/// Along one axis: the input pixels first, first + step, ..., each as one of the pixels that the kernel sees in its place.
typedef struct {
    int64_t first, step;
    /// Every stride-th tap of the kernel from `tap` on.
    int64_t tap, taps;
    /// The output pixel under the flipped taps' first at `first`, and output pixels between neighbours.
    int64_t output_first, output_step;
} gd_pixel_class;

static inline int64_t gd_common_factor(int64_t a, int64_t b) { return a % b == 0 ? b : gd_common_factor(b, a % b); }

/// Classes along an axis.
static inline int64_t gd_class_count(const gd_conv2d *g) { return g->stride / gd_common_factor(g->stride, g->upsample) * g->upsample; }

static inline int64_t gd_count_from(int64_t first, int64_t end, int64_t step) {
    return first < end ? gd_ceil_div(end - first, step) : 0;
}

static inline gd_pixel_class gd_class_of(const gd_conv2d *g, int64_t index, int64_t kernel, int64_t pad) {
    const int64_t step = gd_class_count(g) / g->upsample;
    gd_pixel_class c = {.first = index / g->upsample, .step = step, .output_step = step * g->upsample / g->stride};
    const int64_t seen = g->upsample * c.first + index % g->upsample + pad;
    c.tap = seen % g->stride;
    c.taps = gd_count_from(c.tap, kernel, g->stride);
    c.output_first = (seen - c.tap) / g->stride - (c.taps - 1);
    return c;
}

static inline gd_pixel_class gd_row_class(const gd_conv2d *g, int64_t index) { return gd_class_of(g, index, g->kernel_rows, g->pad_top); }
static inline gd_pixel_class gd_column_class(const gd_conv2d *g, int64_t index) {
    return gd_class_of(g, index, g->kernel_columns, g->pad_left);
}

static inline gd_conv_grid gd_class_grid(const gd_conv2d *g, const gd_pixel_class *y, const gd_pixel_class *x) {
    return (gd_conv_grid){
        .batch = g->batch, .rows = gd_count_from(y->first, g->height, y->step),
        .columns = gd_count_from(x->first, g->width, x->step), .height = g->output_height, .width = g->output_width,
        .channels = g->output_channels, .kernel_rows = x->taps > 0 ? y->taps : 0, .kernel_columns = x->taps,
        .upsample = 1, .step = y->output_step, .first_y = y->output_first, .first_x = x->output_first};
}

static inline gd_weights gd_class_weights(const gd_conv2d *g, const gd_pixel_class *y, const gd_pixel_class *x, const float *weight) {
    const int64_t taps = gd_conv2d_taps(g);
    const int64_t last_y = y->tap + (y->taps - 1) * g->stride, last_x = x->tap + (x->taps - 1) * g->stride;
    return (gd_weights){
        .values = weight + last_y * g->kernel_columns + last_x, .columns = g->input_channels, .column_stride = taps,
        .kernel_rows = x->taps > 0 ? y->taps : 0, .row_stride = -g->stride * g->kernel_columns, .kernel_columns = x->taps,
        .tap_stride = -g->stride, .channels = g->output_channels, .channel_stride = g->input_channels * taps};
}
