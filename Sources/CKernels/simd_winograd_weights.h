#pragma once

#include "simd_winograd_lines.h"
#include "winograd.h"

// The transforms of kernels: 16 of them side by side in the lanes.

simd_inline void transform_weights(int side, const wino_kernels *from, float *panel) {
    const int64_t stride = wino_panel_stride(from->depth);
    for (int64_t k = 0; k < from->depth; k++)
        for (int first = 0; first < gd_block; first += simd_lanes) {
            float taps[9][simd_lanes];
            for (int lane = 0; lane < simd_lanes; lane++) {
                const float *kernel = from->values + (first + lane) * from->lane_stride + k * from->depth_stride;
                for (int i = 0; i < 9; i++) taps[i][lane] = kernel[from->flipped ? 8 - i : i];
            }
            simd_vector frequencies[36];
            transform_square(side, line_weights, (square){.values = taps[0], .stride = simd_lanes}, frequencies);
            store_frequencies(side, frequencies, panel + k * gd_block + first, stride);
        }
}

simd_inline void transform_kernels(int side, const float *sums, int64_t inputs, float *d_weight) {
    const int64_t stride = wino_panel_stride(inputs);
    for (int64_t i = 0; i < inputs; i++)
        for (int first = 0; first < gd_block; first += simd_lanes) {
            simd_vector kernel[9];
            transform_square(
                side, line_kernels, (square){.values = sums + i * gd_block + first, .stride = stride}, kernel);
            for (int lane = 0; lane < simd_lanes; lane++)
                for (int tap = 0; tap < 9; tap++) d_weight[((first + lane) * inputs + i) * 9 + tap] += kernel[tap][lane];
        }
}
