#include "conv2d_classes.h"
#include "conv2d_direct.h"

#include <stddef.h>

// The weights of a 1x1 kernel are panels as they lie, where whole panels fit their rows.
static int weights_lie_as_panels(const gd_conv2d *g) { return gd_conv2d_taps(g) == 1 && g->input_channels % gd_block == 0; }

static int64_t packed_floats(const gd_conv2d *g) {
    const int64_t depth = g->upsample * g->upsample * gd_conv2d_taps(g) * g->output_channels;
    return weights_lie_as_panels(g) ? 0 : gd_panels_floats(g->input_channels, depth);
}

static int64_t thread_floats(const gd_conv2d *g) {
    int64_t most = 0;
    for (int64_t row = 0; row < gd_class_count(g); row++)
        for (int64_t column = 0; column < gd_class_count(g); column++) {
            const gd_pixel_class y = gd_row_class(g, row), x = gd_column_class(g, column);
            const gd_conv_grid grid = gd_class_grid(g, &y, &x);
            most = gd_max(most, gd_direct_product_scratch(&grid, g->input_channels));
        }
    return most;
}

int64_t gd_conv2d_backward_data_scratch__direct(const gd_conv2d *g, int threads) {
    return packed_floats(g) + threads * thread_floats(g);
}

static void backward_class(
    const gd_conv2d *g, const gd_pixel_class *y, const gd_pixel_class *x, const float *d_output, const float *weight,
    float *d_input, int accumulate, float *scratch, int threads) {
    const gd_weights weights = gd_class_weights(g, y, x, weight);
    const gd_direct_product product = {
        .grid = gd_class_grid(g, y, x), .source = d_output, .weights = {weight, g->input_channels, gd_block},
        .target = {
            .values = d_input, .height = g->height, .width = g->width, .channels = g->input_channels, .step = y->step,
            .first_y = y->first, .first_x = x->first, .epilogue.residual = accumulate ? d_input : NULL}};
    gd_f32_direct_product(
        &product, weights_lie_as_panels(g) ? NULL : &weights, scratch, scratch + packed_floats(g), threads);
}

gd_status gd_f32_conv2d_backward_data__direct(
    const gd_conv2d *g, const float *d_output, const float *weight, float *d_input, int accumulate, float *scratch,
    int threads) {
    const int64_t classes = gd_class_count(g);
    for (int64_t index = 0; index < classes * classes; index++) {
        const int64_t row = index / classes, column = index % classes;
        const gd_pixel_class y = gd_row_class(g, row), x = gd_column_class(g, column);
        const int adds = accumulate || row % g->upsample > 0 || column % g->upsample > 0;
        backward_class(g, &y, &x, d_output, weight, d_input, adds, scratch, threads);
    }
    return GD_OK;
}
