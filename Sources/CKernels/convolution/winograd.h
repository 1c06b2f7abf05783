#pragma once

#include "conv2d_blocks.h"
#include "gd_product.h"
#include "gd_simd.h"

// Winograd F(m x m, 3x3) [Lavin & Gray 2016]: a tile of m x m outputs comes from (m + 2) x (m + 2) inputs by as many products a
// channel pair, its frequencies: 36 instead of 144 for m = 4, 16 instead of 36 for m = 2.
//
// Transformed tiles lie in blocks of (frequency, channel block, tile, 16): a product reads whole cache lines in sequence, whatever
// the extents. Frequencies lie 16 floats further apart than they need: a power-of-two distance would share cache sets.

/// The tiles of one activation (N, H, W, C), row by row, image by image. Extents are those that the convolution sees; the
/// activation is stored with `1 / upsample` of its rows and columns.
typedef struct {
    int64_t height, width, channels, upsample;
    /// Side of a tile, tiles of a column and of a row of an image, tiles in all.
    int64_t side, rows, columns, count;
} wino_grid;

/// A tile's image and the row and column of its first output.
typedef struct {
    int64_t image, y, x;
} wino_place;

static inline wino_place wino_place_of(const wino_grid *grid, int64_t tile) {
    const int64_t within = tile % (grid->rows * grid->columns);
    return (wino_place){
        tile / (grid->rows * grid->columns), within / grid->columns * grid->side, within % grid->columns * grid->side};
}

/// Where the stored pixel (y, x) of an image lies.
static inline int64_t wino_pixel(const wino_grid *grid, int64_t image, int64_t y, int64_t x) {
    const int64_t up = grid->upsample;
    return ((image * (grid->height / up) + y / up) * (grid->width / up) + x / up) * grid->channels;
}

/// Transformed tiles in blocks of `slots`.
typedef struct {
    float *values;
    int64_t slots, channels, planes;
} wino_tiles;

/// Floats between the frequencies of a block.
static inline int64_t wino_stride(const wino_tiles *t) { return t->slots * t->channels + gd_block; }

/// Floats of a block.
static inline int64_t wino_block_floats(const wino_tiles *t) { return t->planes * wino_stride(t); }

/// Where the 16 channels from `channel` of a tile lie, first frequency.
static inline float *wino_at(const wino_tiles *t, int64_t tile, int64_t channel) {
    return t->values + tile / t->slots * wino_block_floats(t) + (channel * t->slots + tile % t->slots * gd_block);
}

/// Where the 3x3 kernels of a panel lie: kernel (lane, k) at values + lane * lane_stride + k * depth_stride, k < depth.
typedef struct {
    const float *values;
    int64_t depth, lane_stride, depth_stride;
    /// Whether they are read from their last element to the first, as the data gradient needs them.
    int flipped;
} wino_kernels;

/// Floats between the frequencies of one panel of 16 transformed kernels, (frequency, depth, 16).
static inline int64_t wino_panel_stride(int64_t depth) { return (depth + 1) * gd_block; }

/// `gd_epilogue` of either type of elements.
typedef struct {
    const float *bias, *image_bias;
    const void *residual;
    gd_activation activation;
} wino_epilogue;

/// The transforms of one method on one instruction set, for activations of floats or of bfloat16. What is multiplied are floats.
struct gd_winograd_kernels {
    /// Side m of a tile's outputs, and (m + 2)^2.
    int64_t side, frequencies;
    /// to = B^T d B of the inputs around tiles first ..< end, zero outside the image; tile `first` goes to place `place`.
    void (*inputs)(const wino_grid *grid, const void *input, int64_t first, int64_t end, const wino_tiles *to, int64_t place);
    /// to = A dY A^T of the tiles' output gradients, the transpose of the output transform; one more plane takes their plain sums.
    void (*gradients)(
        const wino_grid *grid, const void *d_output, int64_t first, int64_t end, const wino_tiles *to, int64_t place);
    /// output = activation(A^T m A + epilogue) of tiles first ..< end from place 0 of `products`, whose channels are those from `channel` on.
    /// Where the output is stored small, 2x2 are summed.
    void (*outputs)(
        const wino_grid *grid, const wino_tiles *products, int64_t first, int64_t end, int64_t channel,
        const wino_epilogue *epilogue, void *output);
    /// panel (frequency, depth, 16) = G g G^T of 16 kernels at each depth.
    void (*weights)(const wino_kernels *kernels, float *panel);
    /// d_weight (16, inputs, 3, 3), rows `row_stride` floats apart, += G^T u G of sums u (frequency, inputs, 16).
    void (*kernels)(const float *sums, int64_t inputs, int64_t row_stride, float *d_weight);
};

static inline wino_grid wino_grid_of(
    const struct gd_winograd_kernels *w, const gd_conv2d *g, int64_t channels, int64_t upsample) {
    const int64_t rows = gd_ceil_div(g->output_height, w->side), columns = gd_ceil_div(g->output_width, w->side);
    return (wino_grid){g->output_height, g->output_width, channels, upsample, w->side, rows, columns, g->batch * rows * columns};
}

/// The tiles of the convolution's input and of its output.
static inline wino_grid wino_inputs(const struct gd_winograd_kernels *w, const gd_conv2d *g) {
    return wino_grid_of(w, g, g->input_channels, g->upsample);
}
static inline wino_grid wino_outputs(const struct gd_winograd_kernels *w, const gd_conv2d *g) {
    return wino_grid_of(w, g, g->output_channels, 1);
}

/// Tiles of a block: close to `most`, a multiple of the product's rows, blocks of about equal size.
static inline int64_t wino_block_tiles(int64_t count, int64_t most, int64_t rows) {
    return gd_ceil_div(gd_ceil_div(count, gd_ceil_div(count, most)), rows) * rows;
}

/// Output channels whose products are summed together: two panels fill the registers of the widest instruction set, and every value of
/// a transformed tile is read once for both.
static inline int64_t wino_strip(int64_t channels) { return channels % (2 * gd_block) == 0 ? 2 * gd_block : gd_block; }

/// Stride 1, padding 1 and multiples of 16 channels.
static inline int wino_accepts(const gd_conv2d *g) {
    return g->kernel_rows == 3 && g->kernel_columns == 3 && g->stride == 1 && g->pad_top == 1 && g->pad_left == 1
        && g->output_height == g->upsample * g->height && g->output_width == g->upsample * g->width
        && g->input_channels % gd_block == 0 && g->output_channels % gd_block == 0;
}
