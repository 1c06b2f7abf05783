#pragma once

#include "gd_parallel.h"
#include "gd_product.h"
#include "gd_simd.h"

#include "convolution/conv2d_blocks.h"

// Right factors of products in panels of 16 columns: what `multiply` of the instruction set reads.

static inline int64_t gd_round_up(int64_t value, int64_t step) { return gd_ceil_div(value, step) * step; }

/// Part `index` of `count` things cut in `parts`, in multiples of `step`.
static inline gd_share gd_share_of(int64_t count, int64_t step, int64_t index, int64_t parts) {
    const int64_t size = gd_round_up(gd_ceil_div(count, parts), step);
    return (gd_share){gd_min(index * size, count), gd_min((index + 1) * size, count)};
}

/// Convolution weights as a right factor: `columns` columns `column_stride` floats apart, and for each a depth of
/// (kernel rows, kernel columns, channels) with these strides, from `values` on. Strides may be negative: flipped kernels.
typedef struct {
    const float *values;
    int64_t columns, column_stride;
    int64_t kernel_rows, row_stride, kernel_columns, tap_stride;
    int64_t channels, channel_stride;
} gd_weights;

static inline int64_t gd_weights_depth(const gd_weights *w) { return w->kernel_rows * w->kernel_columns * w->channels; }

/// Floats of the packed panels of `columns` columns.
static inline int64_t gd_panels_floats(int64_t columns, int64_t depth) { return gd_round_up(columns, gd_block) * depth; }

/// to (depth, 16): one panel, zero beyond the last column.
void gd_f32_pack_panel(const gd_weights *weights, int64_t panel, float *to);

/// packed (panel, depth, 16) of panels first ..< end.
void gd_f32_pack_weights(const gd_weights *weights, int64_t first, int64_t end, float *packed);

/// packed (panel, depth, 16) = the transpose of rows (count, depth), `row_stride` floats apart: column c of the panels is row c;
/// zero beyond the last row.
void gd_f32_pack_rows(const float *rows, int64_t row_stride, int64_t count, int64_t depth, float *packed);
