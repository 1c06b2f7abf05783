#pragma once

#include "convolution/conv2d_blocks.h"
#include "depthwise.h"
#include "gd_parallel.h"
#include "simd/simd_activation.h"

// The sums of a pixel's 16 channels live in registers; the next pixel's do not wait for them.

// Rows of the kernel (columns alike) that lie in an image of `extent` rows where the first one lies at row `first`.
static inline gd_share depthwise_inside(int64_t kernel, int64_t first, int64_t extent) {
    return (gd_share){gd_max(0, -first), gd_min(kernel, extent - first)};
}

// `channels` is a constant where this is inlined.
simd_inline void depthwise_pixels(const gd_depthwise_row *r, int64_t channels) {
    const gd_window *w = r->window;
    const gd_share rows = depthwise_inside(w->kernel, r->y, w->height);
    for (int64_t column = 0; column < w->output_width; column++) {
        const int64_t x = column * w->stride - w->pad_left;
        const gd_share columns = depthwise_inside(w->kernel, x, w->width);
        simd_vector sums[simd_block_vectors];
        for (int v = 0; v < simd_block_vectors; v++) sums[v] = simd_load(r->parameters + v * simd_lanes);
        for (int64_t ky = rows.first; ky < rows.end; ky++)
            for (int64_t kx = columns.first; kx < columns.end; kx++) {
                const float *pixel = r->image + ((r->y + ky) * w->width + x + kx) * w->channels;
                const float *tap = r->parameters + (1 + ky * w->kernel + kx) * gd_block;
                float whole[gd_block] = {0};
                if (channels < gd_block) pixel = memcpy(whole, pixel, (size_t)channels * sizeof(float));
                for (int v = 0; v < simd_block_vectors; v++)
                    sums[v] += simd_load(pixel + v * simd_lanes) * simd_load(tap + v * simd_lanes);
            }
        float whole[gd_block], *output = channels < gd_block ? whole : r->output + column * w->channels;
        for (int v = 0; v < simd_block_vectors; v++) simd_store(output + v * simd_lanes, simd_activate(r->activation, sums[v]));
        if (channels < gd_block) memcpy(r->output + column * w->channels, whole, (size_t)channels * sizeof(float));
    }
}

static void depthwise_compute_row(const gd_depthwise_row *r) {
    if (r->channels == gd_block)
        depthwise_pixels(r, gd_block);
    else
        depthwise_pixels(r, r->channels);
}
