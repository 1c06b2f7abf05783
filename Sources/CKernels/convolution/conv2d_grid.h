#pragma once

#include "conv2d_blocks.h"
#include "gd_bf16.h"

/// Pixels on a grid, and at each the source pixels that a kernel covers: what a forward pass sums over, or a data gradient for the
/// input pixels of one residue class of the stride.
typedef struct {
    /// The grid; its pixels are numbered image by image, row by row.
    int64_t batch, rows, columns;
    /// The source (N, height, width, channels).
    int64_t height, width, channels;
    int64_t kernel_rows, kernel_columns;
    /// The kernel sees each source pixel as upsample x upsample pixels. Seen pixels between neighbours of the grid, by axis, and the
    /// seen pixel under the kernel's first tap at the grid's first pixel.
    int64_t upsample, step, first_y, first_x;
} gd_conv_grid;

static inline int64_t gd_conv_grid_pixels(const gd_conv_grid *grid) { return grid->batch * grid->rows * grid->columns; }

/// Whether each pixel of the grid covers just the source pixel of the same number: the source is its own patch matrix.
static inline int gd_conv_grid_is_pointwise(const gd_conv_grid *grid) {
    return grid->kernel_rows == 1 && grid->kernel_columns == 1 && grid->upsample == 1 && grid->step == 1 && grid->first_y == 0
        && grid->first_x == 0 && grid->rows == grid->height && grid->columns == grid->width;
}

/// The output pixels of a convolution over its input.
static inline gd_conv_grid gd_conv_grid_of(const gd_conv2d *g) {
    return (gd_conv_grid){
        .batch = g->batch, .rows = g->output_height, .columns = g->output_width, .height = g->height, .width = g->width,
        .channels = g->input_channels, .kernel_rows = g->kernel_rows, .kernel_columns = g->kernel_columns, .upsample = g->upsample,
        .step = g->stride, .first_y = -g->pad_top, .first_x = -g->pad_left};
}

/// Columns of the patch matrix: some rows of the kernel, some channels of the source.
typedef struct {
    int64_t kernel_row, kernel_rows;
    int64_t channel, channels;
} gd_patch_part;

/// rows (count, kernel_rows * kernel_columns * channels), `row_stride` floats apart: that part of the patches of pixels
/// first ..< first + count, in (ky, kx, channel) order, zero outside the source and up to `row_stride`.
void gd_f32_gather_patches(
    const gd_conv_grid *grid, const float *source, int64_t first, int64_t count, gd_patch_part part, float *rows,
    int64_t row_stride);
void gd_bf16_gather_patches(
    const gd_conv_grid *grid, const gd_bf16 *source, int64_t first, int64_t count, gd_patch_part part, gd_bf16 *rows,
    int64_t row_stride);
