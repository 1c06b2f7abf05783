#pragma once

#include "simd/simd_transpose.h"
#include "simd_winograd_lines.h"
#include "winograd.h"

// The transforms of kernels: as many as a vector has lanes side by side. Kernels lie tap by tap in memory; `taps` are their vectors
// by tap, nine a depth.
enum { kernel_taps = 9 };

// Kernels that lie next to each other in depth (depth_stride 9): a lane's next taps of `simd_lanes` depths are one run of floats.
simd_inline void load_runs(const float *from, int64_t lane_stride, simd_vector *taps) {
    for (int run = 0; run < kernel_taps; run++) {
        simd_vector rows[simd_lanes];
#pragma clang loop unroll(full)
        for (int lane = 0; lane < simd_lanes; lane++) rows[lane] = simd_load(from + lane * lane_stride + run * simd_lanes);
        simd_transpose(rows);
#pragma clang loop unroll(full)
        for (int i = 0; i < simd_lanes; i++) taps[run * simd_lanes + i] = rows[i];
    }
}

// Kernels that lie next to each other in the lanes (lane_stride 9), at `simd_lanes` depths. A row begins with a lane's taps; what it
// holds of the next lane is not used, and the last row must not read past it.
simd_inline void load_neighbours(const float *from, int64_t depth_stride, simd_vector *taps) {
    const int whole = simd_lanes < kernel_taps ? simd_lanes : kernel_taps;
    for (int k = 0; k < simd_lanes; k++, from += depth_stride, taps += kernel_taps) {
        simd_vector rows[simd_lanes];
#pragma clang loop unroll(full)
        for (int lane = 0; lane < simd_lanes - 1; lane++) rows[lane] = simd_load(from + lane * kernel_taps);
        rows[simd_lanes - 1] = simd_splat(0);
        for (int tap = 0; tap < whole; tap++) rows[simd_lanes - 1][tap] = from[(simd_lanes - 1) * kernel_taps + tap];
        simd_transpose(rows);
        for (int tap = 0; tap < whole; tap++) taps[tap] = rows[tap];
        for (int tap = whole; tap < kernel_taps; tap++)
            for (int lane = 0; lane < simd_lanes; lane++) taps[tap][lane] = from[lane * kernel_taps + tap];
    }
}

simd_inline void transform_weights(int side, const wino_kernels *from, float *panel) {
    const int64_t stride = wino_panel_stride(from->depth);
    for (int64_t k = 0; k < from->depth; k += simd_lanes)
        for (int first = 0; first < gd_block; first += simd_lanes) {
            const float *kernels = from->values + first * from->lane_stride + k * from->depth_stride;
            simd_vector taps[kernel_taps * simd_lanes];
            if (from->depth_stride == kernel_taps)
                load_runs(kernels, from->lane_stride, taps);
            else
                load_neighbours(kernels, from->depth_stride, taps);
            for (int i = 0; i < simd_lanes; i++) {
                const float *first_tap = (const float *)(taps + i * kernel_taps + (from->flipped ? kernel_taps - 1 : 0));
                simd_vector frequencies[36];
                transform_square(
                    side, line_weights, (square){.values = first_tap, .stride = from->flipped ? -simd_lanes : simd_lanes},
                    frequencies);
                store_frequencies(side, frequencies, panel + (k + i) * gd_block + first, stride);
            }
        }
}

simd_inline void transform_kernels(int side, const float *sums, int64_t inputs, int64_t row_stride, float *d_weight) {
    const int64_t stride = wino_panel_stride(inputs);
    for (int64_t k = 0; k < inputs; k += simd_lanes)
        for (int first = 0; first < gd_block; first += simd_lanes) {
            simd_vector taps[kernel_taps * simd_lanes];
            for (int i = 0; i < simd_lanes; i++)
                transform_square(
                    side, line_kernels, (square){.values = sums + (k + i) * gd_block + first, .stride = stride},
                    taps + i * kernel_taps);
            for (int run = 0; run < kernel_taps; run++) {
                simd_vector *rows = taps + run * simd_lanes;
                simd_transpose(rows);
                float *to = d_weight + first * row_stride + k * kernel_taps + run * simd_lanes;
#pragma clang loop unroll(full)
                for (int lane = 0; lane < simd_lanes; lane++, to += row_stride) simd_store(to, simd_load(to) + rows[lane]);
            }
        }
}
