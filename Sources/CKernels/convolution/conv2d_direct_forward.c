#include "conv2d_direct.h"

#include <omp.h>

static gd_weights weights_of(const gd_conv2d *g, const float *weight) {
    const int64_t taps = g->kernel * g->kernel;
    return (gd_weights){
        .values = weight, .columns = g->output_channels, .column_stride = g->input_channels * taps,
        .kernel_rows = g->kernel, .row_stride = g->kernel, .kernel_columns = g->kernel, .tap_stride = 1,
        .channels = g->input_channels, .channel_stride = taps};
}

// Threads pack the weights of a 1x1 kernel each for itself: that costs less than a fetch from the other core's cache. Larger kernels
// are packed once, by all.
static int packs_alone(const gd_conv2d *g) { return g->kernel == 1; }

static int64_t packed_floats(const gd_conv2d *g) { return gd_panels_floats(g->output_channels, gd_conv2d_depth(g)); }

int64_t gd_conv2d_forward_scratch__direct(const gd_conv2d *g, int threads) {
    if (gd_conv2d_uses_col2im(g)) return gd_conv2d_col2im_scratch(g, threads);
    const gd_conv_grid grid = gd_conv_grid_of(g);
    return packed_floats(g) * (packs_alone(g) ? threads : 1)
        + threads * gd_direct_product_scratch(&grid, g->output_channels);
}

static void forward_part(
    const gd_conv2d *g, gd_direct_product product, const float *weight, float *packed, float *scratch, int thread,
    int threads) {
    const gd_weights weights = weights_of(g, weight);
    gd_share share = gd_share_of(gd_ceil_div(g->output_channels, gd_block), 1, thread, threads);
    if (packs_alone(g)) {
        packed += thread * packed_floats(g);
        share = gd_direct_product_share(&product, thread, threads).panels;
    }
    gd_f32_pack_weights(&weights, share.first, share.end, packed);
    if (!packs_alone(g)) {
#pragma omp barrier
    }
    product.weights = (gd_right){packed, gd_block, gd_conv2d_depth(g) * gd_block};
    gd_f32_direct_product(&product, scratch, thread, threads);
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
    float *thread_scratch = scratch + packed_floats(g) * (packs_alone(g) ? threads : 1);
    const int64_t thread_floats = gd_direct_product_scratch(&product.grid, g->output_channels);
#pragma omp parallel num_threads(threads)
    {
        const int thread = omp_get_thread_num();
        forward_part(
            g, product, weight, scratch, thread_scratch + thread * thread_floats, thread, omp_get_num_threads());
    }
    return GD_OK;
}
