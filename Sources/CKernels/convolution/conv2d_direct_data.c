#include "conv2d_direct.h"

#include <stddef.h>

// Input pixels that lie alike under the stride see the same taps of the kernel: their gradient is a convolution of the output
// gradient with those taps, flipped. An upsampled input pixel is several pixels to the kernel, whose gradients add up.

/// Along one axis: the input pixels first, first + step, ..., each as one of the pixels that the kernel sees in its place.
typedef struct {
    int64_t first, step;
    /// Every stride-th tap of the kernel from `tap` on.
    int64_t tap, taps;
    /// The output pixel under the flipped taps' first at `first`, and output pixels between neighbours.
    int64_t output_first, output_step;
} pixel_class;

static int64_t common_factor(int64_t a, int64_t b) { return a % b == 0 ? b : common_factor(b, a % b); }

/// Classes along an axis.
static int64_t class_count(const gd_conv2d *g) { return g->stride / common_factor(g->stride, g->upsample) * g->upsample; }

static int64_t count_from(int64_t first, int64_t end, int64_t step) {
    return first < end ? gd_ceil_div(end - first, step) : 0;
}

static pixel_class class_of(const gd_conv2d *g, int64_t index, int64_t kernel, int64_t pad) {
    const int64_t step = class_count(g) / g->upsample;
    pixel_class c = {.first = index / g->upsample, .step = step, .output_step = step * g->upsample / g->stride};
    const int64_t seen = g->upsample * c.first + index % g->upsample + pad;
    c.tap = seen % g->stride;
    c.taps = count_from(c.tap, kernel, g->stride);
    c.output_first = (seen - c.tap) / g->stride - (c.taps - 1);
    return c;
}

static pixel_class row_class(const gd_conv2d *g, int64_t index) { return class_of(g, index, g->kernel_rows, g->pad_top); }
static pixel_class column_class(const gd_conv2d *g, int64_t index) {
    return class_of(g, index, g->kernel_columns, g->pad_left);
}

static gd_conv_grid grid_of(const gd_conv2d *g, const pixel_class *y, const pixel_class *x) {
    return (gd_conv_grid){
        .batch = g->batch, .rows = count_from(y->first, g->height, y->step),
        .columns = count_from(x->first, g->width, x->step), .height = g->output_height, .width = g->output_width,
        .channels = g->output_channels, .kernel_rows = x->taps > 0 ? y->taps : 0, .kernel_columns = x->taps,
        .upsample = 1, .step = y->output_step, .first_y = y->output_first, .first_x = x->output_first};
}

static gd_weights weights_of(const gd_conv2d *g, const pixel_class *y, const pixel_class *x, const float *weight) {
    const int64_t taps = gd_conv2d_taps(g);
    const int64_t last_y = y->tap + (y->taps - 1) * g->stride, last_x = x->tap + (x->taps - 1) * g->stride;
    return (gd_weights){
        .values = weight + last_y * g->kernel_columns + last_x, .columns = g->input_channels, .column_stride = taps,
        .kernel_rows = x->taps > 0 ? y->taps : 0, .row_stride = -g->stride * g->kernel_columns, .kernel_columns = x->taps,
        .tap_stride = -g->stride, .channels = g->output_channels, .channel_stride = g->input_channels * taps};
}

// The weights of a 1x1 kernel are panels as they lie, where whole panels fit their rows.
static int weights_lie_as_panels(const gd_conv2d *g) { return gd_conv2d_taps(g) == 1 && g->input_channels % gd_block == 0; }

static int64_t packed_floats(const gd_conv2d *g) {
    const int64_t depth = g->upsample * g->upsample * gd_conv2d_taps(g) * g->output_channels;
    return weights_lie_as_panels(g) ? 0 : gd_panels_floats(g->input_channels, depth);
}

static int64_t thread_floats(const gd_conv2d *g) {
    int64_t most = 0;
    for (int64_t row = 0; row < class_count(g); row++)
        for (int64_t column = 0; column < class_count(g); column++) {
            const pixel_class y = row_class(g, row), x = column_class(g, column);
            const gd_conv_grid grid = grid_of(g, &y, &x);
            most = gd_max(most, gd_direct_product_scratch(&grid, g->input_channels));
        }
    return most;
}

int64_t gd_conv2d_backward_data_scratch__direct(const gd_conv2d *g, int threads) {
    return packed_floats(g) + threads * thread_floats(g);
}

static void backward_class(
    const gd_conv2d *g, const pixel_class *y, const pixel_class *x, const float *d_output, const float *weight,
    float *d_input, int accumulate, float *scratch, int threads) {
    const gd_weights weights = weights_of(g, y, x, weight);
    const gd_direct_product product = {
        .grid = grid_of(g, y, x), .source = d_output, .weights = {weight, g->input_channels, gd_block},
        .target = {
            .values = d_input, .height = g->height, .width = g->width, .channels = g->input_channels, .step = y->step,
            .first_y = y->first, .first_x = x->first, .epilogue.residual = accumulate ? d_input : NULL}};
    gd_f32_direct_product(
        &product, weights_lie_as_panels(g) ? NULL : &weights, scratch, scratch + packed_floats(g), threads);
}

gd_status gd_f32_conv2d_backward_data__direct(
    const gd_conv2d *g, const float *d_output, const float *weight, float *d_input, int accumulate, float *scratch,
    int threads) {
    const int64_t classes = class_count(g);
    for (int64_t index = 0; index < classes * classes; index++) {
        const int64_t row = index / classes, column = index % classes;
        const pixel_class y = row_class(g, row), x = column_class(g, column);
        const int adds = accumulate || row % g->upsample > 0 || column % g->upsample > 0;
        backward_class(g, &y, &x, d_output, weight, d_input, adds, scratch, threads);
    }
    return GD_OK;
}
