#pragma once

#include "conv2d_grid.h"
#include "gd_bf16_conv2d.h"
#include "gd_bf16_product.h"
#include "product/gemm_panels.h"

/// target = activation(patches(source) * weights + epilogue): pixel (y, x) of the grid is pixel (first_y + step * y, first_x + step * x)
/// of values (N, height, width, channels).
typedef struct {
    gd_conv_grid grid;
    const gd_bf16 *source;
    gd_weights weights;
    gd_bf16 *values;
    int64_t height, width, channels, step, first_y, first_x;
    gd_bf16_epilogue epilogue;
} gd_bf16_grid_product;

/// How the left factor of a product is made.
typedef enum { gd_bf16_patches, gd_bf16_band } gd_bf16_way;

/// Steps of a depth that holds all of `depth`.
static inline int64_t gd_bf16_depth(int64_t depth) { return gd_round_up(depth, gd_bf16_step); }

/// Floats that hold so many bfloat16, whole cache lines.
static inline int64_t gd_bf16_floats(int64_t count) { return gd_round_up(gd_ceil_div(count, 2), gd_block); }

/// Floats of scratch, and the product on `threads` threads.
int64_t gd_bf16_grid_product_scratch(const gd_bf16_grid_product *product, gd_bf16_way way, int threads);
void gd_bf16_multiply_grid(const gd_bf16_grid_product *product, gd_bf16_way way, float *scratch, int threads);

/// The first channel of a seen pixel of image n in the source, NULL where it is padding.
static inline const gd_bf16 *gd_bf16_seen(const gd_conv_grid *grid, const gd_bf16 *source, int64_t n, int64_t y, int64_t x) {
    if (y < 0 || x < 0 || y >= grid->upsample * grid->height || x >= grid->upsample * grid->width) return NULL;
    if (grid->upsample == 2) y /= 2, x /= 2;
    return source + ((n * grid->height + y) * grid->width + x) * grid->channels;
}
