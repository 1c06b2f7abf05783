#include "winograd_product.h"

#include <omp.h>

// A thread's tiles and products stay near its core: enough tiles that packed weights are read seldom, few enough for the caches.
// None of these numbers changes the result's bytes: each output is one sum in one order.
enum { cache_floats = 420000, most_tiles = 48, least_tiles = 12, panel_channels = 64 };

typedef struct {
    int64_t tiles, tile_blocks;
    int64_t width, channel_blocks;
} blocking;

static int64_t round_up(int64_t value, int64_t step) { return gd_ceil_div(value, step) * step; }

// Equal numbers of tile blocks for all threads; output channels are split only where there are too few tiles.
static blocking blocks_of(const wino_grid *grid, int64_t inputs, int64_t outputs, int threads) {
    blocking b = {.width = gd_min(panel_channels, outputs)};
    const int64_t fitting = cache_floats / (wino_frequencies * (inputs + b.width)) / wino_rows * wino_rows;
    const int64_t limit = gd_max(least_tiles, gd_min(most_tiles, fitting));
    const int64_t share = gd_ceil_div(grid->count, threads);
    b.tiles = gd_max(least_tiles, round_up(gd_ceil_div(share, gd_ceil_div(share, limit)), wino_rows));
    b.tile_blocks = gd_ceil_div(grid->count, b.tiles);
    b.channel_blocks = b.tile_blocks >= threads ? 1 : gd_ceil_div(outputs, b.width);
    return b;
}

static int64_t thread_floats(const blocking *b, int64_t inputs) {
    return wino_tiles_floats(b->tiles, inputs) + wino_tiles_floats(b->tiles, b->width);
}

// Products and outputs of one block of tiles, panels first ..< end of 16 output channels, at most `width` channels at a time.
static void multiply_block(
    const wino_grid *out, int64_t inputs, const blocking *b, const float *transformed, const float *packed,
    int64_t first_tile, int64_t count, int64_t first, int64_t end, const gd_epilogue *epilogue, float *output,
    float *products) {
    const int64_t in_stride = wino_frequency_stride(b->tiles, inputs), packed_stride = wino_packed_stride(inputs);
    for (int64_t channel = first; channel < end; channel += b->width) {
        const int64_t width = gd_min(b->width, end - channel);
        const int64_t out_stride = wino_frequency_stride(b->tiles, width);
        for (int f = 0; f < wino_frequencies; f++)
            for (int64_t c = 0; c < width; c += wino_block)
                wino_multiply(
                    count, transformed + f * in_stride, b->tiles * wino_block,
                    packed + wino_packed_floats(channel + c, inputs) + f * packed_stride, inputs,
                    products + f * out_stride + c * b->tiles);
        gd_wino_transform_outputs(out, products, b->tiles, first_tile, count, channel, width, epilogue, output);
    }
}

static void convolve(
    const wino_grid *in, const wino_grid *out, const float *input, const float *packed, const gd_epilogue *epilogue,
    float *output, float *scratch, int threads) {
    const blocking b = blocks_of(in, in->channels, out->channels, threads);
    const int64_t share = gd_ceil_div(gd_ceil_div(out->channels, b.channel_blocks), wino_block) * wino_block;
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t task = 0; task < b.tile_blocks * b.channel_blocks; task++) {
        const int64_t tile = task / b.channel_blocks * b.tiles, count = gd_min(b.tiles, in->count - tile);
        const int64_t first = task % b.channel_blocks * share, end = gd_min(first + share, out->channels);
        float *transformed = scratch + omp_get_thread_num() * thread_floats(&b, in->channels);
        gd_wino_transform_inputs(in, input, tile, count, 0, b.tiles, transformed);
        multiply_block(
            out, in->channels, &b, transformed, packed, tile, count, first, end, epilogue, output,
            transformed + wino_tiles_floats(b.tiles, in->channels));
    }
}

static int64_t scratch_of(const gd_conv2d *g, int64_t inputs, int64_t outputs, int threads) {
    const wino_grid grid = wino_inputs(g);
    const blocking b = blocks_of(&grid, inputs, outputs, threads);
    return wino_packed_floats(outputs, inputs) + threads * thread_floats(&b, inputs);
}

int64_t gd_conv2d_forward_scratch__winograd4(const gd_conv2d *g, int threads) {
    return scratch_of(g, g->input_channels, g->output_channels, threads);
}

int64_t gd_conv2d_backward_data_scratch__winograd4(const gd_conv2d *g, int threads) {
    return scratch_of(g, g->output_channels, g->input_channels, threads);
}

int gd_conv2d_accepts__winograd4(const gd_conv2d *g) {
    return g->kernel == 3 && g->stride == 1 && g->pad_top == 1 && g->pad_left == 1 && g->output_height == g->upsample * g->height
        && g->output_width == g->upsample * g->width && g->input_channels % wino_block == 0 && g->output_channels % wino_block == 0;
}

gd_status gd_f32_conv2d_forward__winograd4(
    const gd_conv2d *g, const float *input, const float *weight, const gd_epilogue *epilogue, float *output, float *scratch,
    int threads) {
    if (!gd_conv2d_accepts__winograd4(g)) return GD_UNSUPPORTED;
    const wino_grid in = wino_inputs(g), out = wino_outputs(g);
    gd_wino_pack_weights(g->output_channels, g->input_channels, weight, scratch, threads);
    convolve(&in, &out, input, scratch, epilogue, output,
        scratch + wino_packed_floats(out.channels, in.channels), threads);
    return GD_OK;
}

gd_status gd_f32_conv2d_backward_data__winograd4(
    const gd_conv2d *g, const float *d_output, const float *weight, float *d_input, int accumulate, float *scratch,
    int threads) {
    if (!gd_conv2d_accepts__winograd4(g)) return GD_UNSUPPORTED;
    const wino_grid in = wino_outputs(g), out = wino_inputs(g);
    const gd_epilogue epilogue = {.residual = accumulate ? d_input : NULL};
    gd_wino_pack_weights_transposed(g->output_channels, g->input_channels, weight, scratch, threads);
    convolve(&in, &out, d_output, scratch, &epilogue, d_input,
        scratch + wino_packed_floats(out.channels, in.channels), threads);
    return GD_OK;
}
