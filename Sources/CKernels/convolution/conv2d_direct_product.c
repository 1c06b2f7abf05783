#include "conv2d_direct.h"
#include "simd/blocking.h"

#include <string.h>

static int64_t kernel_rows_at_once(const gd_conv_grid *grid) {
    const int64_t row_depth = gd_max(1, grid->kernel_columns * grid->channels);
    return gd_max(1, gd_min(grid->kernel_rows, gd_direct_blocks.most_depth / row_depth));
}

static int64_t part_depth(const gd_conv_grid *grid) { return kernel_rows_at_once(grid) * grid->kernel_columns * grid->channels; }

static int64_t block_pixels(const gd_conv_grid *grid) {
    const int64_t least = gd_direct_blocks.least_pixels;
    const int64_t fitting = gd_direct_blocks.patch_floats / gd_max(1, part_depth(grid)) / least * least;
    return gd_max(least, gd_min(gd_direct_blocks.most_pixels, fitting));
}

int64_t gd_direct_product_scratch(const gd_conv_grid *grid, int64_t target_channels) {
    return block_pixels(grid) * (part_depth(grid) + gd_round_up(target_channels, gd_block));
}

// Sums can form where they belong if the target's pixels are the grid's and whole panels fit its rows.
static int forms_in_place(const gd_target *t) { return t->step == 1 && t->channels % gd_block == 0; }

// A target whose step is 1 has the grid's pixels, numbered alike.
static int64_t target_pixel(const gd_conv_grid *grid, const gd_target *t, int64_t pixel) {
    if (t->step == 1) return pixel;
    const int64_t x = pixel % grid->columns, y = pixel / grid->columns % grid->rows, n = pixel / grid->columns / grid->rows;
    return (n * t->height + t->first_y + t->step * y) * t->width + t->first_x + t->step * x;
}

// sums = addend, or sums += addend where `started`. Returns whether there is something in the sums now.
static int start(float *restrict sums, const float *restrict addend, int64_t count, int started) {
    if (!addend) return started;
    if (!started) memcpy(sums, addend, (size_t)count * sizeof(float));
    if (started)
        for (int64_t i = 0; i < count; i++) sums[i] += addend[i];
    return 1;
}

// Sets channels first ..< end of the sums of `count` pixels to their epilogue; returns whether there are any.
static int start_sums(
    const gd_direct_product *p, int64_t first_pixel, int64_t count, int64_t first, int64_t end, float *sums,
    int64_t stride) {
    const gd_target *t = &p->target;
    const gd_epilogue *e = &t->epilogue;
    const int64_t channels = end - first;
    const int holds_residual = e->residual == t->values && forms_in_place(t);
    int started = 0;
    for (int64_t i = 0; i < count; i++, sums += stride) {
        const int64_t pixel = target_pixel(&p->grid, t, first_pixel + i);
        const int64_t row = pixel * t->channels + first, image = pixel / (t->height * t->width);
        started = holds_residual || start(sums, e->residual ? e->residual + row : NULL, channels, 0);
        started = start(sums, e->bias ? e->bias + first : NULL, channels, started);
        started = start(sums, e->image_bias ? e->image_bias + image * t->channels + first : NULL, channels, started);
        if (!started) return 0;
    }
    return started;
}

static void activate(gd_activation activation, float *values, int64_t count) {
    if (activation == GD_LINEAR) return;
    for (int64_t i = 0; i < count; i++) values[i] = gd_activate(activation, values[i]);
}

// c = (or +=) patches of `count` pixels from `first` on, times the weights: a few kernel rows at a time.
static void multiply_patches(
    const gd_direct_product *p, const gd_product_kernels *simd, int64_t first, int64_t count, gd_share panels, gd_product c,
    int accumulate, float *patches) {
    const gd_conv_grid *grid = &p->grid;
    const int64_t rows_at_once = kernel_rows_at_once(grid), row_depth = grid->kernel_columns * grid->channels;
    const int pointwise = gd_conv_grid_is_pointwise(grid);
    int64_t kernel_row = 0;
    do {
        const int64_t kernel_rows = gd_min(rows_at_once, grid->kernel_rows - kernel_row), depth = kernel_rows * row_depth;
        const gd_patch_part part = {kernel_row, kernel_rows, 0, grid->channels};
        if (!pointwise) gd_f32_gather_patches(grid, p->source, first, count, part, patches, depth);
        gd_right b = p->weights;
        b.values += panels.first * b.panel_stride + kernel_row * row_depth * b.depth_stride;
        simd->multiply(
            (gd_extents){count, depth, panels.end - panels.first},
            (gd_left){pointwise ? p->source + first * depth : patches, depth, gd_block}, b, c, accumulate);
        accumulate = 1;
        kernel_row += rows_at_once;
    } while (kernel_row < grid->kernel_rows);
}

static void product_block(
    const gd_direct_product *p, const gd_product_kernels *simd, int64_t first, int64_t count, gd_share panels, float *scratch) {
    const gd_target *t = &p->target;
    const int64_t channel = panels.first * gd_block, end = gd_min(panels.end * gd_block, t->channels);
    const int in_place = forms_in_place(t);
    const int64_t stride = in_place ? t->channels : (panels.end - panels.first) * gd_block;
    float *sums = in_place ? t->values + first * stride + channel : scratch;
    const int started = start_sums(p, first, count, channel, end, sums, stride);
    float *patches = scratch + block_pixels(&p->grid) * gd_round_up(t->channels, gd_block);
    multiply_patches(p, simd, first, count, panels, (gd_product){sums, stride, gd_block}, started, patches);
    for (int64_t i = 0; i < count; i++) activate(t->epilogue.activation, sums + i * stride, end - channel);
    if (in_place) return;
    for (int64_t i = 0; i < count; i++)
        memcpy(
            t->values + target_pixel(&p->grid, t, first + i) * t->channels + channel, sums + i * stride,
            (size_t)(end - channel) * sizeof(float));
}

typedef struct {
    gd_direct_product product;
    const gd_weights *weights;
    float *packed;
    // `floats` for each thread.
    float *scratch;
    int64_t floats;
} pass;

static int64_t panel_count(const gd_direct_product *p) { return gd_ceil_div(p->target.channels, gd_block); }

// Channels rather than pixels are shared where there are few pixels.
static int shares_panels(const gd_direct_product *p, int threads) {
    return gd_conv_grid_pixels(&p->grid) < gd_direct_blocks.few_pixels * threads && panel_count(p) >= threads;
}

static void product_share(const pass *t, gd_share pixels, gd_share panels, int thread) {
    const int64_t block = block_pixels(&t->product.grid);
    for (int64_t first = pixels.first; first < pixels.end; first += block)
        product_block(
            &t->product, gd_simd_selected()->product, first, gd_min(block, pixels.end - first), panels,
            t->scratch + thread * t->floats);
}

static void pack_panels(gd_share share, int thread, void *context) {
    (void)thread;
    const pass *t = context;
    gd_f32_pack_weights(t->weights, share.first, share.end, t->packed);
}

static void product_panels(gd_share share, int thread, void *context) {
    const pass *t = context;
    if (t->weights) gd_f32_pack_weights(t->weights, share.first, share.end, t->packed);
    product_share(t, (gd_share){0, gd_conv_grid_pixels(&t->product.grid)}, share, thread);
}

static void product_pixels(gd_share share, int thread, void *context) {
    const pass *t = context;
    const int64_t step = gd_direct_blocks.pixel_step;
    const gd_share pixels = {share.first * step, gd_min(share.end * step, gd_conv_grid_pixels(&t->product.grid))};
    product_share(t, pixels, (gd_share){0, panel_count(&t->product)}, thread);
}

void gd_f32_direct_product(
    const gd_direct_product *product, const gd_weights *weights, float *packed, float *scratch, int threads) {
    pass t = {*product, weights, packed, scratch, gd_direct_product_scratch(&product->grid, product->target.channels)};
    if (weights) t.product.weights = (gd_right){packed, gd_block, gd_weights_depth(weights) * gd_block};
    const int64_t panels = panel_count(product), pixels = gd_conv_grid_pixels(&product->grid);
    if (shares_panels(product, threads)) {
        gd_parallel_for(panels, 1, threads, product_panels, &t);
        return;
    }
    if (weights) gd_parallel_for(panels, 1, threads, pack_panels, &t);
    const int64_t step = gd_direct_blocks.pixel_step;
    gd_parallel_for(gd_ceil_div(pixels, step), block_pixels(&product->grid) / step, threads, product_pixels, &t);
}
