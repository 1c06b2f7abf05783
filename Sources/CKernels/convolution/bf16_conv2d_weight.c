#include "bf16_conv2d.h"
#include "gd_parallel.h"
#include "product/bf16_rows.h"
#include "simd/blocking.h"

// The weight gradient sums over pixels: output gradients, transposed, times pairs of pixels of the input. Pixels come in blocks: so many
// one after another, or some rows of an image with the columns of padding between them, whose output gradients are zero. A block's
// output gradients are transposed once for all; each task takes some output and some input channels over all blocks of a segment, and the
// segments of a small layer, which has few channels to share, are added up in order.

typedef struct {
    const gd_conv2d *g;
    gd_conv_grid grid;
    const gd_bf16_unit *unit;
    gd_bf16_way way;
    const gd_bf16 *input, *d_output;
    float *d_weight, *d_bias;
    // Blocks, those of an image in bands, grid rows of a band or pixels of a block, and the depth of a block's product.
    int64_t blocks, image_blocks, block_rows, depth;
    // Output and input channels of a task, tasks along both, and segments of blocks.
    int64_t outputs, inputs, output_tasks, input_tasks, segments;
    // The gradients (block, O, depth); a thread's pairs; sums of all tasks, or of a thread's if there is one segment.
    gd_bf16 *transposed;
    float *own, *sums;
    int64_t own_floats, pair_floats;
} pass;

static int64_t band_width(const pass *t) { return t->grid.columns + t->grid.kernel_columns - 1; }

// Positions of a band that a tap reaches beyond those of its first.
static int64_t reach(const pass *t) { return (t->grid.kernel_rows - 1) * band_width(t) + t->grid.kernel_columns - 1; }

static int64_t sum_columns(const pass *t) { return gd_round_up(gd_conv2d_taps(t->g) * t->inputs, gd_block); }
static int64_t sum_floats(const pass *t) { return t->outputs * sum_columns(t); }

static pass pass_of(const gd_conv2d *g, gd_bf16_way way) {
    pass t = {.g = g, .grid = gd_conv_grid_of(g), .way = way};
    const int64_t most = gd_bf16_weight_blocks.pixels;
    if (way == gd_bf16_band) {
        const int64_t rows = gd_max(1, gd_min(t.grid.rows, most / band_width(&t)));
        t.block_rows = gd_ceil_div(t.grid.rows, gd_ceil_div(t.grid.rows, rows));
        t.image_blocks = gd_ceil_div(t.grid.rows, t.block_rows);
        t.blocks = g->batch * t.image_blocks;
        t.depth = gd_bf16_depth(t.block_rows * band_width(&t));
    } else {
        const int64_t pixels = gd_conv_grid_pixels(&t.grid);
        t.depth = t.block_rows = gd_min(most, gd_bf16_depth(pixels));
        t.blocks = gd_ceil_div(pixels, t.block_rows);
    }
    t.inputs = gd_min(g->input_channels, gd_bf16_step), t.outputs = g->output_channels;
    t.input_tasks = gd_ceil_div(g->input_channels, t.inputs);
    const int64_t strips = gd_bf16_weight_blocks.strips;
    if (t.input_tasks < strips)
        t.outputs = gd_min(g->output_channels, gd_max(gd_bf16_step, gd_round_up(g->output_channels * t.input_tasks / strips, gd_block)));
    t.output_tasks = gd_ceil_div(g->output_channels, t.outputs);
    t.segments = gd_max(1, gd_min(t.blocks, strips / (t.input_tasks * t.output_tasks)));
    const int64_t pairs = way == gd_bf16_band ? 2 * (t.depth + gd_round_up(reach(&t) + 2, 2)) * t.inputs : t.depth * sum_columns(&t);
    t.pair_floats = gd_bf16_floats(pairs);
    // Patches are gathered before they are paired.
    const int64_t patches = way == gd_bf16_band ? 0 : gd_bf16_floats(2 * sum_columns(&t));
    t.own_floats = t.pair_floats + patches + (t.segments == 1 ? gd_round_up(sum_floats(&t), gd_block) : 0);
    return t;
}

static int64_t tasks(const pass *t) { return t->output_tasks * t->input_tasks * t->segments; }
static int64_t shared_sums(const pass *t) { return t->segments == 1 ? 0 : tasks(t) * sum_floats(t); }
static int64_t transposed_floats(const pass *t) { return gd_bf16_floats(t->blocks * t->g->output_channels * t->depth); }

static int64_t scratch_of(const gd_conv2d *g, gd_bf16_way way, int threads) {
    const pass t = pass_of(g, way);
    return transposed_floats(&t) + gd_round_up(shared_sums(&t), gd_block) + threads * t.own_floats;
}

// The output gradient at a position of a block, NULL for none.
static const gd_bf16 *gradient_at(const pass *t, int64_t block, int64_t position) {
    const gd_conv_grid *grid = &t->grid;
    int64_t pixel = block * t->block_rows + position;
    if (t->way == gd_bf16_band) {
        const int64_t y = block % t->image_blocks * t->block_rows + position / band_width(t), x = position % band_width(t);
        if (x >= grid->columns || y >= grid->rows || position >= t->block_rows * band_width(t)) return NULL;
        pixel = (block / t->image_blocks * grid->rows + y) * grid->columns + x;
    }
    return pixel < gd_conv_grid_pixels(grid) ? t->d_output + pixel * t->g->output_channels : NULL;
}

static void transpose_gradients(gd_share share, int thread, void *context) {
    (void)thread;
    const pass *t = context;
    for (int64_t block = share.first; block < share.end; block++)
        for (int64_t p = 0; p < t->depth; p += gd_block) {
            const gd_bf16 *pixels[gd_block];
            for (int i = 0; i < gd_block; i++) pixels[i] = gradient_at(t, block, p + i);
            gd_bf16_transpose_pixels(
                pixels, t->g->output_channels, t->transposed + block * t->g->output_channels * t->depth + p, t->depth);
        }
}

// The input at a position of a band, NULL for zeros.
static const gd_bf16 *band_at(const pass *t, int64_t block, int64_t position, int64_t channel) {
    const int64_t y = block % t->image_blocks * t->block_rows + position / band_width(t), x = position % band_width(t);
    const gd_bf16 *pixel = gd_bf16_seen(
        &t->grid, t->input, block / t->image_blocks, t->grid.first_y + y, t->grid.first_x + x);
    return pixel ? pixel + channel : NULL;
}

// Pairs that begin at even positions, then those that begin at odd ones: each tap finds its pixels paired as the gradients are.
static void pair_band(const pass *t, int64_t block, gd_share channels, gd_bf16 *pairs) {
    const int64_t count = channels.end - channels.first, half = t->depth / 2 + gd_ceil_div(reach(t) + 2, 2);
    uint32_t *even = (uint32_t *)pairs, *odd = even + half * count;
    const gd_bf16 *first = band_at(t, block, 0, channels.first);
    for (int64_t q = 0; q < half; q++) {
        const gd_bf16 *second = band_at(t, block, 2 * q + 1, channels.first);
        const gd_bf16 *next = band_at(t, block, 2 * q + 2, channels.first);
        gd_bf16_pair_pixels(count, first, second, even + q * count);
        gd_bf16_pair_pixels(count, second, next, odd + q * count);
        first = next;
    }
}

static void add_band(const pass *t, int64_t block, gd_share outputs, gd_share channels, gd_bf16 *pairs, float *sums, int accumulate) {
    static const int64_t start = 0;
    const int64_t count = channels.end - channels.first, half = t->depth / 2 + gd_ceil_div(reach(t) + 2, 2);
    pair_band(t, block, channels, pairs);
    const gd_bf16_left left = {
        t->transposed + (block * t->g->output_channels + outputs.first) * t->depth, &start, 1, t->depth};
    for (int64_t tap = 0; tap < gd_conv2d_taps(t->g); tap++) {
        const int64_t shift = tap / t->grid.kernel_columns * band_width(t) + tap % t->grid.kernel_columns;
        const gd_bf16 *right = pairs + (shift % 2 * half + shift / 2) * 2 * count;
        t->unit->multiply(
            (gd_extents){outputs.end - outputs.first, t->depth, count / gd_block}, left,
            (gd_bf16_right){right, 2 * count, 2 * gd_block}, (gd_product){sums + tap * count, sum_columns(t), gd_block}, accumulate);
    }
}

static void add_patches(const pass *t, int64_t block, gd_share outputs, gd_share channels, gd_bf16 *pairs, float *sums, int accumulate) {
    static const int64_t start = 0;
    const int64_t columns = sum_columns(t), pixels = gd_conv_grid_pixels(&t->grid);
    const gd_patch_part part = {0, t->grid.kernel_rows, channels.first, channels.end - channels.first};
    gd_bf16 *patches = pairs + 2 * t->pair_floats;
    const int is_paired_in_place = gd_conv_grid_is_pointwise(&t->grid) && part.channels == columns;
    for (int64_t p = 0; p < t->depth; p += 2) {
        const int64_t first = block * t->block_rows + p, count = gd_max(0, gd_min(2, pixels - first));
        if (is_paired_in_place) {
            const gd_bf16 *pixel = t->input + first * t->g->input_channels + channels.first;
            gd_bf16_pair_pixels(
                columns, count > 0 ? pixel : NULL, count > 1 ? pixel + t->g->input_channels : NULL, (uint32_t *)(pairs + p * columns));
            continue;
        }
        if (count > 0) gd_bf16_gather_patches(&t->grid, t->input, first, count, part, patches, columns);
        gd_bf16_pair_pixels(
            columns, count > 0 ? patches : NULL, count > 1 ? patches + columns : NULL, (uint32_t *)(pairs + p * columns));
    }
    const gd_bf16_left left = {
        t->transposed + (block * t->g->output_channels + outputs.first) * t->depth, &start, 1, t->depth};
    t->unit->multiply(
        (gd_extents){outputs.end - outputs.first, t->depth, columns / gd_block}, left,
        (gd_bf16_right){pairs, 2 * columns, 2 * gd_block}, (gd_product){sums, columns, gd_block}, accumulate);
}

// d_weight (O, I, KH, KW) of a task's channels += its sums (outputs, taps, inputs).
static void add_sums(const pass *t, gd_share outputs, gd_share channels, const float *sums) {
    const int64_t taps = gd_conv2d_taps(t->g), count = channels.end - channels.first;
    for (int64_t o = outputs.first; o < outputs.end; o++, sums += sum_columns(t)) {
        float *restrict to = t->d_weight + (o * t->g->input_channels + channels.first) * taps;
        for (int64_t i = 0; i < count; i++)
            for (int64_t tap = 0; tap < taps; tap++) to[i * taps + tap] += sums[tap * count + i];
    }
}

// The channels of a task; segments of the same channels follow one another.
static void channels_of(const pass *t, int64_t task, gd_share *outputs, gd_share *inputs) {
    const int64_t o = task / t->segments / t->input_tasks, i = task / t->segments % t->input_tasks;
    *outputs = (gd_share){o * t->outputs, gd_min((o + 1) * t->outputs, t->g->output_channels)};
    *inputs = (gd_share){i * t->inputs, gd_min((i + 1) * t->inputs, t->g->input_channels)};
}

static void sum_tasks(gd_share share, int thread, void *context) {
    const pass *t = context;
    float *own = t->own + thread * t->own_floats;
    for (int64_t task = share.first; task < share.end; task++) {
        gd_share outputs, channels;
        channels_of(t, task, &outputs, &channels);
        const int64_t segment = task % t->segments;
        const int64_t first = segment * t->blocks / t->segments, end = (segment + 1) * t->blocks / t->segments;
        float *sums = t->segments == 1 ? own + t->own_floats - gd_round_up(sum_floats(t), gd_block) : t->sums + task * sum_floats(t);
        for (int64_t block = first; block < end; block++) {
            if (t->way == gd_bf16_band)
                add_band(t, block, outputs, channels, (gd_bf16 *)own, sums, block > first);
            else
                add_patches(t, block, outputs, channels, (gd_bf16 *)own, sums, block > first);
        }
        if (t->segments == 1) add_sums(t, outputs, channels, sums);
    }
}

static void add_segments(gd_share share, int thread, void *context) {
    (void)thread;
    const pass *t = context;
    for (int64_t i = share.first; i < share.end; i++)
        for (int64_t segment = 0; segment < t->segments; segment++) {
            const int64_t task = i * t->segments + segment;
            gd_share outputs, channels;
            channels_of(t, task, &outputs, &channels);
            add_sums(t, outputs, channels, t->sums + task * sum_floats(t));
        }
}

static void add_bias(gd_share share, int thread, void *context) {
    (void)thread;
    const pass *t = context;
    const int64_t first = share.first * gd_block, end = gd_min(share.end * gd_block, t->g->output_channels);
    float sums[gd_block];
    for (int64_t channel = first; channel < end; channel += gd_block) {
        const int64_t count = gd_min(gd_block, end - channel);
        for (int c = 0; c < gd_block; c++) sums[c] = 0;
        for (int64_t p = 0; p < gd_conv2d_pixels(t->g); p++)
            for (int64_t c = 0; c < count; c++) sums[c] += gd_bf16_value(t->d_output[p * t->g->output_channels + channel + c]);
        for (int64_t c = 0; c < count; c++) t->d_bias[channel + c] += sums[c];
    }
}

static void backward_weight(
    const gd_conv2d *g, gd_bf16_way way, const gd_bf16 *input, const gd_bf16 *d_output, float *d_weight, float *d_bias,
    float *scratch, int threads) {
    pass t = pass_of(g, way);
    t.unit = gd_bf16_unit_selected();
    t.input = input, t.d_output = d_output, t.d_weight = d_weight, t.d_bias = d_bias;
    t.transposed = (gd_bf16 *)scratch;
    t.sums = scratch + transposed_floats(&t);
    t.own = t.sums + gd_round_up(shared_sums(&t), gd_block);
    gd_parallel_for(t.blocks, 1, threads, transpose_gradients, &t);
    gd_parallel_for(tasks(&t), 1, threads, sum_tasks, &t);
    if (t.segments > 1) gd_parallel_for(t.output_tasks * t.input_tasks, 1, threads, add_segments, &t);
    if (d_bias) gd_parallel_for(gd_ceil_div(g->output_channels, gd_block), 1, threads, add_bias, &t);
}

int64_t gd_bf16_conv2d_backward_weight_scratch__patches(const gd_conv2d *g, int threads) {
    return scratch_of(g, gd_bf16_patches, threads);
}

int64_t gd_bf16_conv2d_backward_weight_scratch__band(const gd_conv2d *g, int threads) { return scratch_of(g, gd_bf16_band, threads); }

gd_status gd_bf16_conv2d_backward_weight__patches(
    const gd_conv2d *g, const gd_bf16 *input, const gd_bf16 *d_output, float *d_weight, float *d_bias, float *scratch,
    int threads) {
    backward_weight(g, gd_bf16_patches, input, d_output, d_weight, d_bias, scratch, threads);
    return GD_OK;
}

gd_status gd_bf16_conv2d_backward_weight__band(
    const gd_conv2d *g, const gd_bf16 *input, const gd_bf16 *d_output, float *d_weight, float *d_bias, float *scratch,
    int threads) {
    if (!gd_bf16_conv2d_accepts__band(g)) return GD_UNSUPPORTED;
    backward_weight(g, gd_bf16_band, input, d_output, d_weight, d_bias, scratch, threads);
    return GD_OK;
}
