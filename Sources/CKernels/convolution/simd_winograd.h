#pragma once

#include "simd/simd_activation.h"
#include "simd_winograd_lines.h"
#include "simd_winograd_weights.h"
#include "winograd.h"

// Channels of a pass over a tile.
enum { channel_chunk = 256 };

#define EACH_ELEMENT "convolution/simd_winograd_tiles.h"
#include "simd/each_element.h"

// The methods from one source: each function with its side as a constant, for activations of one type of elements.

#define WINOGRAD_TRANSFORMS(m, type) \
    static void inputs##m##_##type( \
        const wino_grid *g, const void *x, int64_t first, int64_t end, const wino_tiles *to, int64_t place) { \
        transform_inputs_##type(m, g, x, first, end, to, place); \
    } \
    static void gradients##m##_##type( \
        const wino_grid *g, const void *dy, int64_t first, int64_t end, const wino_tiles *to, int64_t place) { \
        transform_gradients_##type(m, g, dy, first, end, to, place); \
    } \
    static void outputs##m##_##type( \
        const wino_grid *g, const wino_tiles *products, int64_t first, int64_t end, int64_t channel, const wino_epilogue *e, \
        void *y) { \
        transform_outputs_##type(m, g, products, first, end, channel, e, y); \
    }

WINOGRAD_TRANSFORMS(4, f32)
WINOGRAD_TRANSFORMS(2, f32)
WINOGRAD_TRANSFORMS(4, bf16)

static void weights4(const wino_kernels *from, float *panel) { transform_weights(4, from, panel); }
static void weights2(const wino_kernels *from, float *panel) { transform_weights(2, from, panel); }
static void kernels4(const float *sums, int64_t inputs, int64_t row_stride, float *d_weight) {
    transform_kernels(4, sums, inputs, row_stride, d_weight);
}
static void kernels2(const float *sums, int64_t inputs, int64_t row_stride, float *d_weight) {
    transform_kernels(2, sums, inputs, row_stride, d_weight);
}

#define WINOGRAD(m, type) \
    { \
        .side = m, .frequencies = (m + 2) * (m + 2), .inputs = inputs##m##_##type, .gradients = gradients##m##_##type, \
        .outputs = outputs##m##_##type, .weights = weights##m, .kernels = kernels##m \
    }

static const struct gd_winograd_kernels winograd4 = WINOGRAD(4, f32), winograd2 = WINOGRAD(2, f32);
static const struct gd_winograd_kernels bf16_winograd4 = WINOGRAD(4, bf16);
