#include "simd/blocking.h"
#include "winograd.h"

#include <omp.h>

// Tiles of input and output gradient are transformed by all threads into shared memory, a group at a time. Then each thread takes
// strips of up to 32 output channels and 128 input channels: their sums over the group's tiles stay in its own cache until the
// kernels' gradients are added.
// The groups and blocks depend on the geometry alone: every sum runs over the tiles in one order, whatever the threads.

typedef struct {
    /// Tiles of a block and of a group.
    int64_t block, group;
    wino_tiles x, y;
} plan;

static plan plan_of(const struct gd_winograd_kernels *w, const gd_conv2d *g) {
    const int64_t count = wino_inputs(w, g).count;
    const int64_t tile_floats = w->frequencies * (g->input_channels + g->output_channels);
    const int64_t fitting = gd_max(1, gd_winograd_weight_blocks.group_floats / tile_floats);
    plan p = {.block = wino_block_tiles(gd_min(count, fitting), gd_winograd_weight_blocks.most_tiles, 1)};
    const int64_t blocks = gd_ceil_div(count, p.block), groups = gd_ceil_div(blocks, gd_max(1, fitting / p.block));
    p.group = gd_ceil_div(blocks, groups) * p.block;
    p.x = (wino_tiles){.slots = p.block, .channels = g->input_channels, .planes = w->frequencies};
    p.y = (wino_tiles){.slots = p.block, .channels = g->output_channels, .planes = w->frequencies + 1};
    return p;
}

static int64_t panel_size(const struct gd_winograd_kernels *w, const gd_conv2d *g) {
    return w->frequencies * wino_panel_stride(gd_min(gd_winograd_weight_blocks.strip_inputs, g->input_channels));
}

static int64_t strip_size(const struct gd_winograd_kernels *w, const gd_conv2d *g) {
    return wino_strip(g->output_channels) / gd_block * panel_size(w, g);
}

static int64_t scratch_of(const struct gd_winograd_kernels *w, const gd_conv2d *g, int threads) {
    const plan p = plan_of(w, g);
    return p.group / p.block * (wino_block_floats(&p.x) + wino_block_floats(&p.y)) + threads * strip_size(w, g);
}

// sums (panel, frequency, inputs, 16) = x^T y over the group's `count` tiles, for `inputs` channels from `first` and the strip of
// output channels from `channel` on.
static void sum_products(
    const plan *p, const struct gd_winograd_kernels *w, int64_t count, int64_t first, int64_t inputs, int64_t channel,
    float *sums) {
    const int64_t panels = wino_strip(p->y.channels) / gd_block, panel_floats = w->frequencies * wino_panel_stride(inputs);
    const gd_product_kernels *simd = gd_simd_selected()->product;
    for (int64_t f = 0; f < w->frequencies; f++)
        for (int64_t tile = 0; tile < count; tile += p->block)
            simd->multiply_columns(
                (gd_extents){.rows = inputs, .depth = gd_min(p->block, count - tile), .panels = panels},
                (gd_left_columns){wino_at(&p->x, tile, first) + f * wino_stride(&p->x), gd_block, p->block * gd_block},
                (gd_right){wino_at(&p->y, tile, channel) + f * wino_stride(&p->y), gd_block, p->block * gd_block},
                (gd_product){sums + f * wino_panel_stride(inputs), gd_block, panel_floats}, tile > 0);
}

// The last plane of y holds each tile's plain sum.
static void add_bias(const plan *p, int64_t count, int64_t channel, float *d_bias) {
    float sums[gd_block] = {0};
    for (int64_t tile = 0; tile < count; tile++) {
        const float *tile_sums = wino_at(&p->y, tile, channel) + (p->y.planes - 1) * wino_stride(&p->y);
        for (int c = 0; c < gd_block; c++) sums[c] += tile_sums[c];
    }
    for (int c = 0; c < gd_block; c++) d_bias[channel + c] += sums[c];
}

static gd_status backward_weight(
    const struct gd_winograd_kernels *w, const gd_conv2d *g, const float *input, const float *d_output, float *d_weight,
    float *d_bias, float *scratch, int threads) {
    if (!wino_accepts(g)) return GD_UNSUPPORTED;
    const wino_grid in = wino_inputs(w, g), out = wino_outputs(w, g);
    plan p = plan_of(w, g);
    const int64_t blocks = p.group / p.block, parts = gd_ceil_div(g->input_channels, gd_winograd_weight_blocks.strip_inputs);
    const int64_t strip = wino_strip(g->output_channels);
    const int64_t row_stride = 9 * g->input_channels;
    p.x.values = scratch;
    p.y.values = p.x.values + blocks * wino_block_floats(&p.x);
    float *strips = p.y.values + blocks * wino_block_floats(&p.y);
#pragma omp parallel num_threads(threads)
    for (int64_t origin = 0; origin < in.count; origin += p.group) {
        const int64_t count = gd_min(p.group, in.count - origin);
#pragma omp for schedule(static)
        for (int64_t tile = 0; tile < count; tile++) {
            w->inputs(&in, input, origin + tile, origin + tile + 1, &p.x, tile);
            w->gradients(&out, d_output, origin + tile, origin + tile + 1, &p.y, tile);
        }
#pragma omp for schedule(static)
        for (int64_t task = 0; task < g->output_channels / strip * parts; task++) {
            const int64_t channel = task / parts * strip, first = task % parts * gd_winograd_weight_blocks.strip_inputs;
            const int64_t inputs = gd_min(gd_winograd_weight_blocks.strip_inputs, g->input_channels - first);
            float *sums = strips + omp_get_thread_num() * strip_size(w, g);
            sum_products(&p, w, count, first, inputs, channel, sums);
            for (int64_t c = 0; c < strip; c += gd_block) {
                const float *panel = sums + c / gd_block * w->frequencies * wino_panel_stride(inputs);
                w->kernels(panel, inputs, row_stride, d_weight + (channel + c) * row_stride + 9 * first);
                if (d_bias && first == 0) add_bias(&p, count, channel + c, d_bias);
            }
        }
    }
    return GD_OK;
}

int64_t gd_conv2d_backward_weight_scratch__winograd4(const gd_conv2d *g, int threads) {
    return scratch_of(gd_simd_selected()->winograd4, g, threads);
}

int64_t gd_conv2d_backward_weight_scratch__winograd2(const gd_conv2d *g, int threads) {
    return scratch_of(gd_simd_selected()->winograd2, g, threads);
}

gd_status gd_f32_conv2d_backward_weight__winograd4(
    const gd_conv2d *g, const float *input, const float *d_output, float *d_weight, float *d_bias, float *scratch,
    int threads) {
    return backward_weight(gd_simd_selected()->winograd4, g, input, d_output, d_weight, d_bias, scratch, threads);
}

gd_status gd_f32_conv2d_backward_weight__winograd2(
    const gd_conv2d *g, const float *input, const float *d_output, float *d_weight, float *d_bias, float *scratch,
    int threads) {
    return backward_weight(gd_simd_selected()->winograd2, g, input, d_output, d_weight, d_bias, scratch, threads);
}
