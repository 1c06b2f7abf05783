#pragma once

#include "conv2d_blocks.h"

// Winograd F(4x4, 3x3) [Lavin & Gray 2016]: a tile of 4x4 outputs comes from 6x6 inputs by 36 products a channel pair instead of
// 144. The points 0, +-sqrt(1/2), +-sqrt(2), infinity have half the float32 error of 0, +-1, +-2.
//
// Transformed tiles lie as (frequency, channel block, tile, 16): a matrix product then reads whole cache lines, whatever the
// extents. Frequencies lie 16 floats further apart than they need: a power-of-two distance would share cache sets.

/// `wino_rows` tiles go through one register block.
enum { wino_frequencies = 36, wino_lanes = 8, wino_block = 16, wino_rows = 6 };

typedef float wino_vector __attribute__((vector_size(wino_lanes * sizeof(float)), aligned(4)));

static inline wino_vector wino_load(const float *from) { return *(const wino_vector *)from; }
static inline void wino_store(float *to, wino_vector value) { *(wino_vector *)to = value; }

/// The tiles of one activation (N, H, W, C), row by row, image by image. Extents are those that the convolution sees; the
/// activation is stored with `1 / upsample` of its rows and columns.
typedef struct {
    int64_t height, width, channels, upsample;
    int64_t rows, columns, count;
} wino_grid;

static inline wino_grid wino_grid_of(const gd_conv2d *g, int64_t channels, int64_t upsample) {
    const int64_t rows = gd_ceil_div(g->output_height, 4), columns = gd_ceil_div(g->output_width, 4);
    return (wino_grid){g->output_height, g->output_width, channels, upsample, rows, columns, g->batch * rows * columns};
}

/// The tiles of the convolution's input and of its output.
static inline wino_grid wino_inputs(const gd_conv2d *g) { return wino_grid_of(g, g->input_channels, g->upsample); }
static inline wino_grid wino_outputs(const gd_conv2d *g) { return wino_grid_of(g, g->output_channels, 1); }

/// Where the stored pixel (y, x) of an image lies.
static inline int64_t wino_pixel(const wino_grid *grid, int64_t image, int64_t y, int64_t x) {
    const int64_t up = grid->upsample;
    return ((image * (grid->height / up) + y / up) * (grid->width / up) + x / up) * grid->channels;
}

/// A tile's image and the row and column of its first output.
typedef struct {
    int64_t image, y, x;
} wino_place;

static inline wino_place wino_place_of(const wino_grid *grid, int64_t tile) {
    const int64_t within = tile % (grid->rows * grid->columns);
    return (wino_place){tile / (grid->rows * grid->columns), within / grid->columns * 4, within % grid->columns * 4};
}

/// Floats between the frequencies of `tiles` transformed tiles with `channels` channels.
static inline int64_t wino_frequency_stride(int64_t tiles, int64_t channels) { return tiles * channels + wino_block; }

/// Floats that `tiles` transformed tiles with `channels` channels take.
static inline int64_t wino_tiles_floats(int64_t tiles, int64_t channels) {
    return wino_frequencies * wino_frequency_stride(tiles, channels);
}

/// transformed = B^T d B of the 6x6 inputs around tiles first ..< first + count, zero outside the image. `slots` is the number of
/// tiles that `transformed` has room for; they fill its first places from `slot`.
void gd_wino_transform_inputs(
    const wino_grid *grid, const float *input, int64_t first, int64_t count, int64_t slot, int64_t slots,
    float *transformed);

/// transformed = A dY A^T of the 4x4 output gradients of the tiles: the transpose of the output transform.
void gd_wino_transform_gradients(
    const wino_grid *grid, const float *d_output, int64_t first, int64_t count, int64_t slot, int64_t slots,
    float *transformed);

/// output = A^T m A + epilogue, channels channel ..< channel + width, of tiles first ..< first + count; `products` holds `width`
/// channels of `slots` tiles. Where the output is stored small, 2x2 are summed.
void gd_wino_transform_outputs(
    const wino_grid *grid, const float *products, int64_t slots, int64_t first, int64_t count, int64_t channel,
    int64_t width, const gd_epilogue *epilogue, float *output);

/// Floats between the frequencies of one panel of 16 packed channels of `depth` inputs.
static inline int64_t wino_packed_stride(int64_t depth) { return (depth + 1) * wino_block; }

/// Floats of `rows` packed channels.
static inline int64_t wino_packed_floats(int64_t rows, int64_t depth) {
    return rows / wino_block * wino_frequencies * wino_packed_stride(depth);
}

/// packed (O / 16, frequency, I, 16) = G g G^T of weight (O, I, 3, 3), with `wino_packed_stride(I)` between frequencies.
void gd_wino_pack_weights(int64_t outputs, int64_t inputs, const float *weight, float *packed, int threads);

/// packed (I / 16, frequency, O, 16) = G g G^T of the flipped and transposed weight: the data gradient's.
void gd_wino_pack_weights_transposed(int64_t outputs, int64_t inputs, const float *weight, float *packed, int threads);
