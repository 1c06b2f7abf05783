#pragma once

#include "gd_bf16.h"
#include "gd_product.h"

// Matrix products of bfloat16 with float sums. Pairs of the depth lie side by side, as every processor's instruction wants them, and
// the depth comes in steps of 32, a row of a tile.

/// Steps of the depth.
enum { gd_bf16_step = 32 };

/// The left factor, (rows, pieces, depth): element (r, p, k) at values[places[p] + r * row_stride + k].
typedef struct {
    const gd_bf16 *values;
    const int64_t *places;
    int64_t pieces, row_stride;
} gd_bf16_left;

/// The right factor, panels of (pieces * depth / 2, 16, 2): element (k, c) at
/// values[c / 16 * panel_stride + k / 2 * pair_stride + c % 16 * 2 + k % 2]. Packed panels have pair_stride 32.
typedef struct {
    const gd_bf16 *values;
    int64_t pair_stride, panel_stride;
} gd_bf16_right;

/// c = a * b, or c += a * b where `accumulate`: any number of rows and panels, the depth of a piece a multiple of 32.
typedef void gd_bf16_multiply(gd_extents extents, gd_bf16_left a, gd_bf16_right b, gd_product c, int accumulate);

/// What multiplies bfloat16: an `instruction`, or others in its place. Where `emulated` it is here to be compared with.
typedef struct {
    const char *name;
    int instruction, emulated;
    int (*runs)(void);
    gd_bf16_multiply *multiply;
} gd_bf16_unit;

/// What an instruction set of `gd_simd` does with bfloat16: products, in multiply-adds of floats, and sums.
typedef struct gd_bf16_kernels {
    /// One chain over the depth, of each pair the second product first; denormals are zero. The sums of vdpbf16ps.
    gd_bf16_multiply *multiply;
    /// In tiles of 16 rows, 16 pairs and 16 columns: two chains over a tile's depth, whose sum is added. The sums of tdpbf16ps.
    gd_bf16_multiply *multiply_tiles;
    /// sum = the nearest of a + b, `count` of each.
    void (*add)(int64_t count, const gd_bf16 *a, const gd_bf16 *b, gd_bf16 *sum);
} gd_bf16_kernels;

/// The units that this build knows, best first; NULL from the end on.
const gd_bf16_unit *gd_bf16_unit_at(int index);

/// The unit that runs what this thread begins: the best that this CPU has and its system permits, or the one selected.
const gd_bf16_unit *gd_bf16_unit_selected(void);

/// Runs what this thread begins from now on by the unit of that name, NULL by the best. GD_UNSUPPORTED, and no change, if the CPU runs none
/// of that name. For tests and benchmarks.
gd_status gd_bf16_unit_select(const char *name);
