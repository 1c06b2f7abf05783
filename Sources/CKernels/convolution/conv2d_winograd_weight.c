#include "gd_bf16_conv2d.h"
#include "gd_parallel.h"
#include "simd/blocking.h"
#include "winograd.h"

#include <string.h>

// Few channels: all sums fit a thread's own cache. Each thread takes parts of the tiles, transforms them block by block into its own cache
// and adds their products; the gradients of the kernels that follow from the parts' sums are added at the end, in the parts' order.
//
// Many channels: tiles of input and output gradient are transformed by all threads into shared memory, a group at a time. Then each thread
// takes strips of up to 32 output channels and 128 input channels: their sums over the group's tiles stay in its own cache until the
// kernels' gradients are added.
//
// Parts, groups and blocks depend on the geometry alone: every sum runs over the tiles in one order, whatever the threads.

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

static int keeps_sums(const struct gd_winograd_kernels *w, const gd_conv2d *g) {
    return w->frequencies * g->input_channels * g->output_channels <= gd_winograd_weight_blocks.kept_sums;
}

// The tiles of a part, and how many fit a thread's own cache beside its sums.
static plan part_plan(const struct gd_winograd_kernels *w, const gd_conv2d *g) {
    const int64_t count = wino_inputs(w, g).count, most = gd_winograd_weight_blocks.parts;
    const int64_t parts = gd_max(1, gd_min(most, count / gd_winograd_weight_blocks.part_tiles));
    const int64_t fitting = gd_winograd_weight_blocks.kept_tiles / (w->frequencies * (g->input_channels + g->output_channels));
    plan p = {.group = gd_ceil_div(count, parts)};
    p.block = wino_block_tiles(p.group, gd_max(1, fitting), 1);
    p.x = (wino_tiles){.slots = p.block, .channels = g->input_channels, .planes = w->frequencies};
    p.y = (wino_tiles){.slots = p.block, .channels = g->output_channels, .planes = w->frequencies + 1};
    return p;
}

// Gradients of a part: kernels, then biases.
static int64_t part_floats(const gd_conv2d *g) { return (9 * g->input_channels + 1) * g->output_channels; }

// A thread's tiles and sums.
static int64_t own_floats(const struct gd_winograd_kernels *w, const gd_conv2d *g, const plan *p) {
    return wino_block_floats(&p->x) + wino_block_floats(&p->y)
        + g->output_channels / gd_block * w->frequencies * wino_panel_stride(g->input_channels);
}

// Input channels of a strip: fewer where there are few strips, so that all threads have some.
static int64_t strip_inputs(const gd_conv2d *g) {
    const int64_t outputs = g->output_channels / wino_strip(g->output_channels);
    int64_t inputs = gd_winograd_weight_blocks.strip_inputs;
    while (inputs > gd_block && outputs * gd_ceil_div(g->input_channels, inputs) < gd_winograd_weight_blocks.strips) inputs /= 2;
    return gd_min(inputs, g->input_channels);
}

static int64_t panel_size(const struct gd_winograd_kernels *w, const gd_conv2d *g) {
    return w->frequencies * wino_panel_stride(strip_inputs(g));
}

static int64_t strip_size(const struct gd_winograd_kernels *w, const gd_conv2d *g) {
    return wino_strip(g->output_channels) / gd_block * panel_size(w, g);
}

static int64_t scratch_of(const struct gd_winograd_kernels *w, const gd_conv2d *g, int threads) {
    if (keeps_sums(w, g)) {
        const plan p = part_plan(w, g);
        return gd_ceil_div(wino_inputs(w, g).count, p.group) * part_floats(g) + threads * own_floats(w, g, &p);
    }
    const plan p = plan_of(w, g);
    return p.group / p.block * (wino_block_floats(&p.x) + wino_block_floats(&p.y)) + threads * strip_size(w, g);
}

// sums (panel, frequency, inputs, 16) = x^T y over `count` tiles, for `inputs` channels from `first` and the strip of output channels from
// `channel` on; to what is there already where they `accumulate`.
static void sum_products(
    const plan *p, const struct gd_winograd_kernels *w, int64_t count, int64_t first, int64_t inputs, int64_t channel,
    int accumulate, float *sums) {
    const int64_t panels = wino_strip(p->y.channels) / gd_block, panel_floats = w->frequencies * wino_panel_stride(inputs);
    const gd_product_kernels *simd = gd_simd_selected()->product;
    for (int64_t f = 0; f < w->frequencies; f++)
        for (int64_t tile = 0; tile < count; tile += p->block)
            simd->multiply_columns(
                (gd_extents){.rows = inputs, .depth = gd_min(p->block, count - tile), .panels = panels},
                (gd_left_columns){wino_at(&p->x, tile, first) + f * wino_stride(&p->x), gd_block, p->block * gd_block},
                (gd_right){wino_at(&p->y, tile, channel) + f * wino_stride(&p->y), gd_block, p->block * gd_block},
                (gd_product){sums + f * wino_panel_stride(inputs), gd_block, panel_floats}, accumulate || tile > 0);
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

typedef struct {
    const struct gd_winograd_kernels *w;
    const gd_conv2d *geometry;
    wino_grid in, out;
    const void *input, *d_output;
    float *d_weight, *d_bias;
    plan p;
    // What each thread has of its own: a strip of sums; or tiles and sums of a part.
    float *own;
    // The group of tiles from `origin` on.
    int64_t origin, count;
    // Where sums are kept: the gradients of the parts.
    float *gradients;
    int64_t parts;
} pass;

static void transform_tiles(gd_share share, int thread, void *context) {
    (void)thread;
    const pass *t = context;
    for (int64_t tile = share.first; tile < share.end; tile++) {
        t->w->inputs(&t->in, t->input, t->origin + tile, t->origin + tile + 1, &t->p.x, tile);
        t->w->gradients(&t->out, t->d_output, t->origin + tile, t->origin + tile + 1, &t->p.y, tile);
    }
}

static int64_t part_count(const gd_conv2d *g) { return gd_ceil_div(g->input_channels, strip_inputs(g)); }

static void add_strips(gd_share share, int thread, void *context) {
    const pass *t = context;
    const gd_conv2d *g = t->geometry;
    const int64_t strip = wino_strip(g->output_channels), parts = part_count(g), row_stride = 9 * g->input_channels;
    float *sums = t->own + thread * strip_size(t->w, g);
    for (int64_t task = share.first; task < share.end; task++) {
        const int64_t channel = task / parts * strip, first = task % parts * strip_inputs(g);
        const int64_t inputs = gd_min(strip_inputs(g), g->input_channels - first);
        sum_products(&t->p, t->w, t->count, first, inputs, channel, 0, sums);
        for (int64_t c = 0; c < strip; c += gd_block) {
            const float *panel = sums + c / gd_block * t->w->frequencies * wino_panel_stride(inputs);
            t->w->kernels(panel, inputs, row_stride, t->d_weight + (channel + c) * row_stride + 9 * first);
            if (t->d_bias && first == 0) add_bias(&t->p, t->count, channel + c, t->d_bias);
        }
    }
}

static void sum_parts(gd_share share, int thread, void *context) {
    const pass *t = context;
    const gd_conv2d *g = t->geometry;
    plan p = t->p;
    p.x.values = t->own + thread * own_floats(t->w, g, &p);
    p.y.values = p.x.values + wino_block_floats(&p.x);
    float *sums = p.y.values + wino_block_floats(&p.y);
    const int64_t inputs = g->input_channels, panel = t->w->frequencies * wino_panel_stride(inputs);
    const int64_t strip = wino_strip(g->output_channels), row_stride = 9 * inputs;
    for (int64_t part = share.first; part < share.end; part++) {
        float *gradient = t->gradients + part * part_floats(g), *bias = gradient + g->output_channels * row_stride;
        memset(gradient, 0, (size_t)part_floats(g) * sizeof(float));
        const int64_t first = part * p.group, end = gd_min(first + p.group, t->in.count);
        for (int64_t tile = first; tile < end; tile += p.block) {
            const int64_t count = gd_min(p.block, end - tile);
            t->w->inputs(&t->in, t->input, tile, tile + count, &p.x, 0);
            t->w->gradients(&t->out, t->d_output, tile, tile + count, &p.y, 0);
            for (int64_t channel = 0; channel < g->output_channels; channel += strip)
                sum_products(&p, t->w, count, 0, inputs, channel, tile > first, sums + channel / gd_block * panel);
            for (int64_t channel = 0; channel < g->output_channels; channel += gd_block) add_bias(&p, count, channel, bias);
        }
        for (int64_t channel = 0; channel < g->output_channels; channel += gd_block)
            t->w->kernels(sums + channel / gd_block * panel, inputs, row_stride, gradient + channel * row_stride);
    }
}

static void add_parts(gd_share share, int thread, void *context) {
    (void)thread;
    const pass *t = context;
    const int64_t weights = part_floats(t->geometry) - t->geometry->output_channels;
    for (int64_t part = 0; part < t->parts; part++) {
        const float *gradient = t->gradients + part * part_floats(t->geometry);
        for (int64_t i = share.first; i < gd_min(share.end, weights); i++) t->d_weight[i] += gradient[i];
        for (int64_t i = gd_max(share.first, weights); t->d_bias && i < share.end; i++) t->d_bias[i - weights] += gradient[i];
    }
}

static void backward_keeping_sums(pass *t, float *scratch, int threads) {
    t->p = part_plan(t->w, t->geometry);
    t->parts = gd_ceil_div(t->in.count, t->p.group);
    t->gradients = scratch;
    t->own = scratch + t->parts * part_floats(t->geometry);
    gd_parallel_for(t->parts, 1, threads, sum_parts, t);
    gd_parallel_for(part_floats(t->geometry), gd_element_blocks.grain, threads, add_parts, t);
}

static gd_status backward_weight(
    const struct gd_winograd_kernels *w, const gd_conv2d *g, const void *input, const void *d_output, float *d_weight,
    float *d_bias, float *scratch, int threads) {
    if (!wino_accepts(g)) return GD_UNSUPPORTED;
    pass t = {w, g, wino_inputs(w, g), wino_outputs(w, g), input, d_output, d_weight, d_bias, plan_of(w, g), .origin = 0};
    if (keeps_sums(w, g)) {
        backward_keeping_sums(&t, scratch, threads);
        return GD_OK;
    }
    const int64_t blocks = t.p.group / t.p.block;
    t.p.x.values = scratch;
    t.p.y.values = t.p.x.values + blocks * wino_block_floats(&t.p.x);
    t.own = t.p.y.values + blocks * wino_block_floats(&t.p.y);
    for (; t.origin < t.in.count; t.origin += t.p.group) {
        t.count = gd_min(t.p.group, t.in.count - t.origin);
        gd_parallel_for(t.count, gd_winograd_blocks.tile_grain, threads, transform_tiles, &t);
        gd_parallel_for(g->output_channels / wino_strip(g->output_channels) * part_count(g), 1, threads, add_strips, &t);
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

gd_status gd_bf16_conv2d_backward_weight__winograd4(
    const gd_conv2d *g, const gd_bf16 *input, const gd_bf16 *d_output, float *d_weight, float *d_bias, float *scratch,
    int threads) {
    return backward_weight(gd_simd_selected()->bf16_winograd4, g, input, d_output, d_weight, d_bias, scratch, threads);
}
