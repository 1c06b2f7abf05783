#pragma once

#include "gd_status.h"

// Matrix products whose sums live in registers. Layouts are in blocks of 16 columns, whatever the width of the vectors.

/// Channels of a block; columns of a panel.
enum { gd_block = 16 };

/// The left factor, (rows, depth): element (r, k) at values[r * row_stride + k / 16 * block_stride + k % 16]. Rows of a plain
/// matrix have block_stride 16.
typedef struct {
    const float *values;
    int64_t row_stride, block_stride;
} gd_left;

/// The left factor given by columns, (depth, rows): element (r, k) at values[k * depth_stride + r / 16 * block_stride + r % 16].
typedef struct {
    const float *values;
    int64_t depth_stride, block_stride;
} gd_left_columns;

/// The right factor, panels of (depth, 16): element (k, c) at values[c / 16 * panel_stride + k * depth_stride + c % 16]. Packed
/// panels have depth_stride 16; a plain matrix has panel_stride 16.
typedef struct {
    const float *values;
    int64_t depth_stride, panel_stride;
} gd_right;

/// The product, (rows, 16 * panels): element (r, c) at values[c / 16 * panel_stride + r * row_stride + c % 16].
typedef struct {
    float *values;
    int64_t row_stride, panel_stride;
} gd_product;

/// Extents of a product: any number of rows and any depth, whole panels of 16 columns.
typedef struct {
    int64_t rows, depth, panels;
} gd_extents;

/// The products of an instruction set. Each element is one chain of fused multiply-adds in the order of the depth: cutting the depth in
/// pieces does not change a byte.
typedef struct gd_product_kernels {
    /// c = a * b, or c += a * b where `accumulate`: the chain starts from what c holds.
    void (*multiply)(gd_extents extents, gd_left a, gd_right b, gd_product c, int accumulate);
    /// The same with the left factor given by columns: sums over pixels or tiles.
    void (*multiply_columns)(gd_extents extents, gd_left_columns a, gd_right b, gd_product c, int accumulate);
} gd_product_kernels;
