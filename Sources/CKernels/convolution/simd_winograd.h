#pragma once

#include "simd_winograd_tiles.h"
#include "simd_winograd_weights.h"

// The two methods from one source: each function with its side as a constant.

static void inputs4(const wino_grid *g, const float *x, int64_t first, int64_t end, const wino_tiles *to, int64_t place) {
    transform_inputs(4, g, x, first, end, to, place);
}
static void inputs2(const wino_grid *g, const float *x, int64_t first, int64_t end, const wino_tiles *to, int64_t place) {
    transform_inputs(2, g, x, first, end, to, place);
}
static void gradients4(const wino_grid *g, const float *dy, int64_t first, int64_t end, const wino_tiles *to, int64_t place) {
    transform_gradients(4, g, dy, first, end, to, place);
}
static void gradients2(const wino_grid *g, const float *dy, int64_t first, int64_t end, const wino_tiles *to, int64_t place) {
    transform_gradients(2, g, dy, first, end, to, place);
}
static void outputs4(
    const wino_grid *g, const wino_tiles *m, int64_t first, int64_t end, int64_t channel, const gd_epilogue *e, float *y) {
    transform_outputs(4, g, m, first, end, channel, e, y);
}
static void outputs2(
    const wino_grid *g, const wino_tiles *m, int64_t first, int64_t end, int64_t channel, const gd_epilogue *e, float *y) {
    transform_outputs(2, g, m, first, end, channel, e, y);
}
static void weights4(const wino_kernels *from, float *panel) { transform_weights(4, from, panel); }
static void weights2(const wino_kernels *from, float *panel) { transform_weights(2, from, panel); }
static void kernels4(const float *sums, int64_t inputs, int64_t row_stride, float *d_weight) {
    transform_kernels(4, sums, inputs, row_stride, d_weight);
}
static void kernels2(const float *sums, int64_t inputs, int64_t row_stride, float *d_weight) {
    transform_kernels(2, sums, inputs, row_stride, d_weight);
}

static const struct gd_winograd_kernels winograd4 = {
    .side = 4, .frequencies = 36, .inputs = inputs4, .gradients = gradients4, .outputs = outputs4, .weights = weights4,
    .kernels = kernels4};
static const struct gd_winograd_kernels winograd2 = {
    .side = 2, .frequencies = 16, .inputs = inputs2, .gradients = gradients2, .outputs = outputs2, .weights = weights2,
    .kernels = kernels2};
