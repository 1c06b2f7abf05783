#include "bf16_conv2d.h"
#include "gd_parallel.h"
#include "product/bf16_rows.h"
#include "simd/blocking.h"

// A product goes over its grid in blocks of rows of the left factor: patches of so many pixels, or a band of an image's rows with the
// columns of padding between them, whose sums nobody wants. Weights are packed once, and go by in groups that stay in the second-level
// cache.

typedef struct {
    const gd_bf16_grid_product *product;
    const gd_bf16_unit *unit;
    gd_bf16_way way;
    // The left factor's depth in pieces, and bfloat16 between its rows.
    int64_t pieces, depth, row_stride;
    // Blocks of the grid, and those of an image in bands; most rows of a block, and of those whose sums are kept.
    int64_t blocks, image_blocks, block_rows, sum_rows;
    // Panels of all target channels, and of those whose weights stay in the cache.
    int64_t panels, group;
    gd_bf16 *packed;
    // `own_floats` for each thread.
    float *own;
    int64_t own_floats;
    // Tasks are blocks times so many ranges of panels.
    int64_t ranges;
} pass;

// Seen columns of a row of the band, grid rows of a band, and its seen rows.
static int64_t band_width(const gd_conv_grid *grid) { return grid->columns + grid->kernel_columns - 1; }

static int64_t band_rows(const gd_conv_grid *grid) {
    const int64_t row_bytes = band_width(grid) * grid->channels * (int64_t)sizeof(gd_bf16);
    const int64_t most = gd_max(1, gd_bf16_blocks.patch_bytes / row_bytes - (grid->kernel_rows - 1));
    const int64_t fitting = gd_max(1, gd_min(grid->rows, gd_min(most, gd_bf16_blocks.most_pixels / grid->columns)));
    return gd_ceil_div(grid->rows, gd_ceil_div(grid->rows, fitting));
}

static int64_t total_depth(const pass *t) { return t->pieces * t->depth; }

static int64_t block_floats(const pass *t) {
    const gd_conv_grid *grid = &t->product->grid;
    if (t->way == gd_bf16_patches) return gd_bf16_floats(t->block_rows * t->row_stride);
    return gd_bf16_floats((band_rows(grid) + grid->kernel_rows - 1) * band_width(grid) * grid->channels);
}

static pass pass_of(const gd_bf16_grid_product *p, gd_bf16_way wanted, int threads) {
    const gd_conv_grid *grid = &p->grid;
    // Neighbours of a grid with larger steps are not neighbours in a band.
    const gd_bf16_way way = grid->step == 1 ? wanted : gd_bf16_patches;
    const int64_t taps = grid->kernel_rows * grid->kernel_columns, pixels = gd_conv_grid_pixels(grid);
    pass t = {.product = p, .way = way, .panels = gd_ceil_div(p->channels, gd_block)};
    if (way == gd_bf16_band) {
        t.pieces = taps, t.depth = t.row_stride = grid->channels;
        t.image_blocks = gd_ceil_div(grid->rows, band_rows(grid));
        t.blocks = grid->batch * t.image_blocks;
        t.block_rows = band_rows(grid) * band_width(grid);
    } else {
        const int in_place = gd_conv_grid_is_pointwise(grid) && grid->channels % gd_bf16_step == 0;
        t.pieces = 1, t.depth = gd_bf16_depth(taps * grid->channels);
        // A line more between rows: a power of two would share cache sets.
        t.row_stride = in_place ? grid->channels : t.depth + gd_bf16_step;
        const int64_t fitting = gd_bf16_blocks.patch_bytes / (t.row_stride * (int64_t)sizeof(gd_bf16)) / 32 * 32;
        t.block_rows = gd_max(32, gd_min(gd_bf16_blocks.most_pixels, fitting));
        t.blocks = gd_ceil_div(pixels, t.block_rows);
    }
    const int64_t panel_bytes = gd_max(1, total_depth(&t)) * gd_block * (int64_t)sizeof(gd_bf16);
    t.group = gd_min(t.panels, gd_max(2, gd_bf16_blocks.weight_bytes / panel_bytes / 2 * 2));
    t.sum_rows = gd_max(32, gd_min(t.block_rows, gd_bf16_blocks.sum_floats / (t.group * gd_block)) / 32 * 32);
    t.ranges = t.blocks >= 2 * threads ? 1 : gd_min(gd_ceil_div(t.panels, 2), gd_ceil_div(2 * threads, gd_max(1, t.blocks)));
    const int64_t packing = gd_weights_depth(&p->weights) * gd_block;
    t.own_floats = gd_max(packing, block_floats(&t) + t.sum_rows * t.group * gd_block);
    return t;
}

int64_t gd_bf16_grid_product_scratch(const gd_bf16_grid_product *p, gd_bf16_way way, int threads) {
    const pass t = pass_of(p, way, threads);
    return gd_bf16_floats(t.panels * gd_block * total_depth(&t)) + threads * t.own_floats;
}

// Rows r of a block are pixels `first` + r / pitch * columns + r % pitch of the grid, where r % pitch < columns.
typedef struct {
    gd_bf16_left left;
    int64_t rows, first, pitch, columns;
} block;

static block patch_block(const pass *t, int64_t index, gd_bf16 *patches) {
    const gd_conv_grid *grid = &t->product->grid;
    const int64_t first = index * t->block_rows, rows = gd_min(t->block_rows, gd_conv_grid_pixels(grid) - first);
    block b = {.left = {.row_stride = t->row_stride}, .rows = rows, .first = first, .pitch = rows, .columns = rows};
    b.left.values = patches;
    if (t->row_stride == grid->channels && gd_conv_grid_is_pointwise(grid))
        b.left.values = t->product->source + first * grid->channels;
    else
        gd_bf16_gather_patches(
            grid, t->product->source, first, rows, (gd_patch_part){0, grid->kernel_rows, 0, grid->channels}, patches,
            t->row_stride);
    return b;
}

static block band_block(const pass *t, int64_t index, gd_bf16 *band) {
    const gd_conv_grid *grid = &t->product->grid;
    const int64_t n = index / t->image_blocks, height = band_rows(grid), width = band_width(grid);
    const int64_t y0 = index % t->image_blocks * height, end = gd_min(y0 + height, grid->rows);
    const size_t bytes = (size_t)grid->channels * sizeof(gd_bf16);
    gd_bf16 *to = band;
    for (int64_t y = y0; y < end + grid->kernel_rows - 1; y++)
        for (int64_t x = 0; x < width; x++, to += grid->channels) {
            const gd_bf16 *from = gd_bf16_seen(grid, t->product->source, n, grid->first_y + y, grid->first_x + x);
            if (from)
                memcpy(to, from, bytes);
            else
                memset(to, 0, bytes);
        }
    return (block){
        .left = {.values = band, .row_stride = grid->channels}, .rows = (end - y0) * width - (grid->kernel_columns - 1),
        .first = (n * grid->rows + y0) * grid->columns, .pitch = width, .columns = grid->columns};
}

// The target's pixel of a pixel of the grid.
static int64_t target_pixel(const gd_bf16_grid_product *p, int64_t pixel) {
    if (p->step == 1) return pixel;
    const int64_t x = pixel % p->grid.columns, y = pixel / p->grid.columns % p->grid.rows, n = pixel / p->grid.columns / p->grid.rows;
    return (n * p->height + p->first_y + p->step * y) * p->width + p->first_x + p->step * x;
}

// Adds what the epilogue has for some channels of a pixel to their sums, and rounds them. The output may be the residual.
static void finish_pixel(
    const gd_bf16_epilogue *e, int64_t channel, int64_t channels, const float *image_bias, const gd_bf16 *residual,
    float *restrict sums, gd_bf16 *output) {
    if (e->bias)
        for (int64_t c = 0; c < channels; c++) sums[c] += e->bias[channel + c];
    if (image_bias)
        for (int64_t c = 0; c < channels; c++) sums[c] += image_bias[c];
    if (residual)
        for (int64_t c = 0; c < channels; c++) sums[c] += gd_bf16_value(residual[c]);
    if (e->activation != GD_LINEAR)
        for (int64_t c = 0; c < channels; c++) sums[c] = gd_activate(e->activation, sums[c]);
    for (int64_t c = 0; c < channels; c++) output[c] = gd_bf16_nearest(sums[c]);
}

// Rounds rows first ..< end of a block, whose sums are those of the panels from `panel` on.
static void finish_rows(const pass *t, const block *b, int64_t first, int64_t end, int64_t panel, float *sums, int64_t stride) {
    const gd_bf16_grid_product *p = t->product;
    const gd_bf16_epilogue *e = &p->epilogue;
    const int64_t channel = panel * gd_block, channels = gd_min(stride, p->channels - channel);
    for (int64_t row = first; row < end; row++, sums += stride) {
        if (row % b->pitch >= b->columns) continue;
        const int64_t pixel = target_pixel(p, b->first + row / b->pitch * b->columns + row % b->pitch);
        const int64_t image = pixel / (p->height * p->width), at = pixel * p->channels + channel;
        const float *image_bias = e->image_bias ? e->image_bias + image * p->channels + channel : NULL;
        finish_pixel(e, channel, channels, image_bias, e->residual ? e->residual + at : NULL, sums, p->values + at);
    }
}

static void multiply_block(const pass *t, const block *b, gd_share panels, float *sums) {
    const gd_bf16_grid_product *p = t->product;
    int64_t places[t->pieces + 1];
    for (int64_t piece = 0; piece < t->pieces; piece++)
        places[piece] = t->way == gd_bf16_patches
            ? 0
            : (piece / p->grid.kernel_columns * band_width(&p->grid) + piece % p->grid.kernel_columns) * p->grid.channels;
    const int64_t stride = (panels.end - panels.first) * gd_block, panel_stride = total_depth(t) * gd_block;
    const gd_bf16_right right = {t->packed + panels.first * panel_stride, 2 * gd_block, panel_stride};
    for (int64_t row = 0; row < b->rows; row += t->sum_rows) {
        const int64_t rows = gd_min(t->sum_rows, b->rows - row);
        gd_bf16_left left = b->left;
        left.values += row * left.row_stride, left.places = places, left.pieces = t->pieces;
        t->unit->multiply(
            (gd_extents){rows, t->depth, panels.end - panels.first}, left, right, (gd_product){sums, stride, gd_block}, 0);
        finish_rows(t, b, row, row + rows, panels.first, sums, stride);
    }
}

static void multiply_blocks(gd_share share, int thread, void *context) {
    const pass *t = context;
    float *own = t->own + thread * t->own_floats, *sums = own + block_floats(t);
    for (int64_t range = share.first / t->blocks; range <= (share.end - 1) / t->blocks; range++) {
        const gd_share panels = gd_share_of(t->panels, 2, range, t->ranges);
        const int64_t first = gd_max(share.first, range * t->blocks) - range * t->blocks;
        const int64_t end = gd_min(share.end, (range + 1) * t->blocks) - range * t->blocks;
        for (int64_t panel = panels.first; panel < panels.end; panel += t->group)
            for (int64_t index = first; index < end; index++) {
                const block b = t->way == gd_bf16_patches ? patch_block(t, index, (gd_bf16 *)own) : band_block(t, index, (gd_bf16 *)own);
                multiply_block(t, &b, (gd_share){panel, gd_min(panel + t->group, panels.end)}, sums);
            }
    }
}

static void pack_panels(gd_share share, int thread, void *context) {
    const pass *t = context;
    const gd_weights *weights = &t->product->weights;
    float *panel = t->own + thread * t->own_floats;
    const int64_t depth = gd_weights_depth(weights), all = total_depth(t);
    for (int64_t i = share.first; i < share.end; i++) {
        gd_f32_pack_panel(weights, i, panel);
        gd_bf16_pair_panel(panel, depth, all, (uint32_t *)(t->packed + i * gd_block * all));
    }
}

void gd_bf16_multiply_grid(const gd_bf16_grid_product *p, gd_bf16_way way, float *scratch, int threads) {
    pass t = pass_of(p, way, threads);
    if (t.blocks == 0 || t.panels == 0) return;
    t.unit = gd_bf16_unit_selected();
    t.packed = (gd_bf16 *)scratch;
    t.own = scratch + gd_bf16_floats(t.panels * gd_block * total_depth(&t));
    gd_parallel_for(t.panels, 1, threads, pack_panels, &t);
    gd_parallel_for(t.blocks * t.ranges, 1, threads, multiply_blocks, &t);
}
