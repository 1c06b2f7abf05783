#include "conv2d_direct.h"

static gd_weights weights_of(const gd_conv2d *g, const float *weight) {
    const int64_t taps = gd_conv2d_taps(g);
    return (gd_weights){
        .values = weight, .columns = g->output_channels, .column_stride = g->input_channels * taps,
        .kernel_rows = g->kernel_rows, .row_stride = g->kernel_columns, .kernel_columns = g->kernel_columns, .tap_stride = 1,
        .channels = g->input_channels, .channel_stride = taps};
}

static int64_t packed_floats(const gd_conv2d *g) { return gd_panels_floats(g->output_channels, gd_conv2d_depth(g)); }

int64_t gd_conv2d_forward_scratch__direct(const gd_conv2d *g, int threads) {
    if (gd_conv2d_uses_col2im(g)) return gd_conv2d_col2im_scratch(g, threads);
    const gd_conv_grid grid = gd_conv_grid_of(g);
    return packed_floats(g) + threads * gd_direct_product_scratch(&grid, g->output_channels);
}

gd_status gd_f32_conv2d_forward__direct(
    const gd_conv2d *g, const float *input, const float *weight, const gd_epilogue *epilogue, float *output,
    float *scratch, int threads) {
    if (gd_conv2d_uses_col2im(g)) {
        gd_f32_conv2d_col2im(g, input, weight, epilogue, output, scratch, threads);
        return GD_OK;
    }
    const gd_direct_product product = {
        .grid = gd_conv_grid_of(g), .source = input,
        .target = {
            .values = output, .height = g->output_height, .width = g->output_width, .channels = g->output_channels,
            .step = 1, .epilogue = *epilogue}};
    const gd_weights weights = weights_of(g, weight);
    gd_f32_direct_product(&product, &weights, scratch, scratch + packed_floats(g), threads);
    return GD_OK;
}
