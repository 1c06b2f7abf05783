#include "gd_bf16_conv2d.h"
#include "gd_parallel.h"
#include "simd/blocking.h"
#include "winograd.h"

#include <stddef.h>

// Few tiles for the size of the weights: tiles are transformed by all threads into shared memory, a group of them at a time that
// stays in the last-level cache. Then each thread takes strips of 32 output channels (16 where 32 do not divide them): it transforms the
// strip's kernels right before their use, so that they stay in its own cache and are never written out, and runs them over the group
// block by block.
//
// Many tiles: the other way round. The kernels are transformed once into shared memory; each thread takes blocks of tiles, which stay
// in its own cache from their transform to their products.

typedef struct {
    /// Tiles of a block and of a group.
    int64_t block, group;
    /// Output channels that go through the registers together.
    int64_t strip;
    /// A strip's blocks are cut into so many pieces where the strips alone do not keep all threads busy.
    int64_t pieces;
    wino_tiles transformed, products;
} plan;

static plan kernel_plan(const struct gd_winograd_kernels *w, const wino_grid *in, const wino_grid *out, int threads) {
    const int64_t fitting = gd_max(1, gd_winograd_blocks.group_floats / (w->frequencies * in->channels));
    plan p = {.block = wino_block_tiles(gd_min(in->count, fitting), gd_winograd_blocks.most_tiles, gd_winograd_blocks.rows)};
    const int64_t blocks = gd_ceil_div(in->count, p.block), groups = gd_ceil_div(blocks, gd_max(1, fitting / p.block));
    p.group = gd_ceil_div(blocks, groups) * p.block;
    p.strip = wino_strip(out->channels);
    p.pieces = out->channels / p.strip % threads == 0 ? 1 : gd_min(threads, p.group / p.block);
    p.transformed = (wino_tiles){.slots = p.block, .channels = in->channels, .planes = w->frequencies};
    p.products = (wino_tiles){.slots = p.block, .channels = p.strip, .planes = w->frequencies};
    return p;
}

static int64_t group_size(const plan *p) { return p->group / p->block * wino_block_floats(&p->transformed); }

static int64_t panel_size(const plan *p) { return p->transformed.planes * wino_panel_stride(p->transformed.channels); }

// Whether threads keep their tiles rather than their kernels.
static int keeps_tiles(const wino_grid *in, const wino_grid *out, int threads) {
    return in->channels <= gd_winograd_blocks.most_kept_channels && in->count >= threads * out->channels / 2;
}

static plan tile_plan(const struct gd_winograd_kernels *w, const wino_grid *in, const wino_grid *out, int threads) {
    const int64_t rows = gd_winograd_blocks.rows;
    const int64_t fitting = gd_winograd_blocks.kept_floats / (w->frequencies * in->channels) / rows * rows;
    const int64_t share = gd_ceil_div(in->count, threads);
    plan p = {.block = wino_block_tiles(share, gd_max(rows, fitting), rows), .pieces = 1};
    p.group = p.block;
    p.strip = wino_strip(out->channels);
    p.transformed = (wino_tiles){.slots = p.block, .channels = in->channels, .planes = w->frequencies};
    p.products = (wino_tiles){.slots = p.block, .channels = p.strip, .planes = w->frequencies};
    return p;
}

static int64_t scratch_of(const struct gd_winograd_kernels *w, const wino_grid *in, const wino_grid *out, int threads) {
    if (keeps_tiles(in, out, threads)) {
        const plan p = tile_plan(w, in, out, threads);
        return out->channels / gd_block * panel_size(&p) + threads * (group_size(&p) + wino_block_floats(&p.products));
    }
    const plan p = kernel_plan(w, in, out, threads);
    return group_size(&p) + threads * (p.strip / gd_block * panel_size(&p) + wino_block_floats(&p.products));
}

// Outputs of the strip from `channel` on, of the blocks first ..< end of a group that begins at tile `origin` and has `count` tiles.
static void convolve_strip(
    const plan *p, const struct gd_winograd_kernels *w, const wino_grid *out, const float *panels, int64_t origin, int64_t count,
    int64_t first, int64_t end, int64_t channel, const wino_epilogue *epilogue, void *output) {
    const gd_product_kernels *simd = gd_simd_selected()->product;
    const int64_t depth = p->transformed.channels, stride = wino_stride(&p->transformed);
    for (int64_t tile = first * p->block; tile < gd_min(end * p->block, count); tile += p->block) {
        const int64_t tiles = gd_min(p->block, count - tile);
        const float *a = wino_at(&p->transformed, tile, 0);
        for (int64_t f = 0; f < w->frequencies; f++)
            simd->multiply(
                (gd_extents){.rows = tiles, .depth = depth, .panels = p->strip / gd_block},
                (gd_left){a + f * stride, gd_block, p->block * gd_block},
                (gd_right){panels + f * wino_panel_stride(depth), gd_block, panel_size(p)},
                (gd_product){p->products.values + f * wino_stride(&p->products), gd_block, p->block * gd_block}, 0);
        w->outputs(out, &p->products, origin + tile, origin + tile + tiles, channel, epilogue, output);
    }
}

// Transforms the 16 kernels from `channel` on; `kernels` is the view of the first 16.
static void transform_panel(const struct gd_winograd_kernels *w, wino_kernels kernels, int64_t channel, float *panel) {
    kernels.values += channel * kernels.lane_stride;
    w->weights(&kernels, panel);
}

typedef struct {
    const struct gd_winograd_kernels *w;
    const wino_grid *in, *out;
    wino_kernels kernels;
    const void *input;
    const wino_epilogue *epilogue;
    void *output;
    // With the places of what all threads share; from `own` on each thread has `own_floats`.
    plan p;
    float *panels, *own;
    int64_t own_floats;
    // The group of tiles from `origin` on.
    int64_t origin, count;
} pass;

static void transform_panels(gd_share share, int thread, void *context) {
    (void)thread;
    const pass *t = context;
    for (int64_t panel = share.first; panel < share.end; panel++)
        transform_panel(t->w, t->kernels, panel * gd_block, t->panels + panel * panel_size(&t->p));
}

static void convolve_blocks(gd_share share, int thread, void *context) {
    const pass *t = context;
    plan p = t->p;
    p.transformed.values = t->own + thread * t->own_floats;
    p.products.values = p.transformed.values + group_size(&p);
    for (int64_t block = share.first; block < share.end; block++) {
        const int64_t origin = block * p.block, count = gd_min(p.block, t->in->count - origin);
        t->w->inputs(t->in, t->input, origin, origin + count, &p.transformed, 0);
        for (int64_t channel = 0; channel < t->out->channels; channel += p.strip)
            convolve_strip(
                &p, t->w, t->out, t->panels + channel / gd_block * panel_size(&p), origin, count, 0, 1, channel, t->epilogue,
                t->output);
    }
}

static void convolve_keeping_tiles(pass *t, float *scratch, int threads) {
    t->p = tile_plan(t->w, t->in, t->out, threads);
    const int64_t panels = t->out->channels / gd_block;
    t->panels = scratch;
    t->own = scratch + panels * panel_size(&t->p);
    t->own_floats = group_size(&t->p) + wino_block_floats(&t->p.products);
    gd_parallel_for(panels, 1, threads, transform_panels, t);
    gd_parallel_for(gd_ceil_div(t->in->count, t->p.block), 1, threads, convolve_blocks, t);
}

static void transform_tiles(gd_share share, int thread, void *context) {
    (void)thread;
    const pass *t = context;
    for (int64_t tile = share.first; tile < share.end; tile++)
        t->w->inputs(t->in, t->input, t->origin + tile, t->origin + tile + 1, &t->p.transformed, tile);
}

static void convolve_strips(gd_share share, int thread, void *context) {
    const pass *t = context;
    plan p = t->p;
    float *panels = t->own + thread * t->own_floats;
    p.products.values = panels + p.strip / gd_block * panel_size(&p);
    const int64_t blocks = gd_ceil_div(t->count, p.block);
    for (int64_t task = share.first; task < share.end; task++) {
        const int64_t channel = task / p.pieces * p.strip, piece = task % p.pieces;
        for (int64_t c = 0; c < p.strip; c += gd_block)
            transform_panel(t->w, t->kernels, channel + c, panels + c / gd_block * panel_size(&p));
        convolve_strip(
            &p, t->w, t->out, panels, t->origin, t->count, piece * blocks / p.pieces, (piece + 1) * blocks / p.pieces, channel,
            t->epilogue, t->output);
    }
}

static void convolve_keeping_kernels(pass *t, float *scratch, int threads) {
    t->p = kernel_plan(t->w, t->in, t->out, threads);
    t->p.transformed.values = scratch;
    t->own = scratch + group_size(&t->p);
    t->own_floats = t->p.strip / gd_block * panel_size(&t->p) + wino_block_floats(&t->p.products);
    for (; t->origin < t->in->count; t->origin += t->p.group) {
        t->count = gd_min(t->p.group, t->in->count - t->origin);
        gd_parallel_for(t->count, gd_winograd_blocks.tile_grain, threads, transform_tiles, t);
        gd_parallel_for(t->out->channels / t->p.strip * t->p.pieces, 1, threads, convolve_strips, t);
    }
}

static void convolve(
    const struct gd_winograd_kernels *w, const wino_grid *in, const wino_grid *out, wino_kernels kernels, const void *input,
    const wino_epilogue *epilogue, void *output, float *scratch, int threads) {
    pass t = {w, in, out, kernels, input, epilogue, output, .origin = 0};
    if (keeps_tiles(in, out, threads))
        convolve_keeping_tiles(&t, scratch, threads);
    else
        convolve_keeping_kernels(&t, scratch, threads);
}

static gd_status forward(
    const struct gd_winograd_kernels *w, const gd_conv2d *g, const void *input, const float *weight, wino_epilogue epilogue,
    void *output, float *scratch, int threads) {
    if (!wino_accepts(g)) return GD_UNSUPPORTED;
    const wino_grid in = wino_inputs(w, g), out = wino_outputs(w, g);
    const wino_kernels kernels = {weight, g->input_channels, 9 * g->input_channels, 9, 0};
    convolve(w, &in, &out, kernels, input, &epilogue, output, scratch, threads);
    return GD_OK;
}

// The same with the roles of the channels exchanged and the kernels flipped.
static gd_status backward_data(
    const struct gd_winograd_kernels *w, const gd_conv2d *g, const void *d_output, const float *weight, void *d_input,
    int accumulate, float *scratch, int threads) {
    if (!wino_accepts(g)) return GD_UNSUPPORTED;
    const wino_grid in = wino_outputs(w, g), out = wino_inputs(w, g);
    const wino_kernels kernels = {weight, g->output_channels, 9, 9 * g->input_channels, 1};
    const wino_epilogue epilogue = {.residual = accumulate ? d_input : NULL};
    convolve(w, &in, &out, kernels, d_output, &epilogue, d_input, scratch, threads);
    return GD_OK;
}

static wino_epilogue epilogue_of(const gd_epilogue *e) {
    return (wino_epilogue){e->bias, e->image_bias, e->residual, e->activation};
}

static int64_t forward_scratch(const struct gd_winograd_kernels *w, const gd_conv2d *g, int threads) {
    const wino_grid in = wino_inputs(w, g), out = wino_outputs(w, g);
    return scratch_of(w, &in, &out, threads);
}

static int64_t backward_data_scratch(const struct gd_winograd_kernels *w, const gd_conv2d *g, int threads) {
    const wino_grid in = wino_outputs(w, g), out = wino_inputs(w, g);
    return scratch_of(w, &in, &out, threads);
}

int gd_conv2d_accepts__winograd(const gd_conv2d *g) { return wino_accepts(g); }

int64_t gd_conv2d_forward_scratch__winograd4(const gd_conv2d *g, int threads) {
    return forward_scratch(gd_simd_selected()->winograd4, g, threads);
}

int64_t gd_conv2d_forward_scratch__winograd2(const gd_conv2d *g, int threads) {
    return forward_scratch(gd_simd_selected()->winograd2, g, threads);
}

int64_t gd_conv2d_backward_data_scratch__winograd4(const gd_conv2d *g, int threads) {
    return backward_data_scratch(gd_simd_selected()->winograd4, g, threads);
}

int64_t gd_conv2d_backward_data_scratch__winograd2(const gd_conv2d *g, int threads) {
    return backward_data_scratch(gd_simd_selected()->winograd2, g, threads);
}

gd_status gd_f32_conv2d_forward__winograd4(
    const gd_conv2d *g, const float *input, const float *weight, const gd_epilogue *epilogue, float *output, float *scratch,
    int threads) {
    return forward(gd_simd_selected()->winograd4, g, input, weight, epilogue_of(epilogue), output, scratch, threads);
}

gd_status gd_f32_conv2d_forward__winograd2(
    const gd_conv2d *g, const float *input, const float *weight, const gd_epilogue *epilogue, float *output, float *scratch,
    int threads) {
    return forward(gd_simd_selected()->winograd2, g, input, weight, epilogue_of(epilogue), output, scratch, threads);
}

gd_status gd_f32_conv2d_backward_data__winograd4(
    const gd_conv2d *g, const float *d_output, const float *weight, float *d_input, int accumulate, float *scratch,
    int threads) {
    return backward_data(gd_simd_selected()->winograd4, g, d_output, weight, d_input, accumulate, scratch, threads);
}

gd_status gd_f32_conv2d_backward_data__winograd2(
    const gd_conv2d *g, const float *d_output, const float *weight, float *d_input, int accumulate, float *scratch,
    int threads) {
    return backward_data(gd_simd_selected()->winograd2, g, d_output, weight, d_input, accumulate, scratch, threads);
}

gd_status gd_bf16_conv2d_forward__winograd4(
    const gd_conv2d *g, const gd_bf16 *input, const float *weight, const gd_bf16_epilogue *e, gd_bf16 *output, float *scratch,
    int threads) {
    const wino_epilogue epilogue = {e->bias, e->image_bias, e->residual, e->activation};
    return forward(gd_simd_selected()->bf16_winograd4, g, input, weight, epilogue, output, scratch, threads);
}

gd_status gd_bf16_conv2d_backward_data__winograd4(
    const gd_conv2d *g, const gd_bf16 *d_output, const float *weight, gd_bf16 *d_input, int accumulate, float *scratch,
    int threads) {
    return backward_data(gd_simd_selected()->bf16_winograd4, g, d_output, weight, d_input, accumulate, scratch, threads);
}
