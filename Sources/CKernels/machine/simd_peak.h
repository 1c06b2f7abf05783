#pragma once

#include "peak_kernel.h"
#include "simd/simd_vectors.h"

enum { peak_chains = 12, peak_flops_per_round = 2 * peak_chains * simd_lanes };

// Twelve independent chains hide the latency of two units; the factors keep the values finite and normal.
static float multiply_add_rounds(int64_t rounds, float start) {
    simd_vector sums[peak_chains];
    for (int i = 0; i < peak_chains; i++) sums[i] = simd_splat(start + (float)i);
    const simd_vector factor = simd_splat(0.5f), addend = simd_splat(start);
    for (int64_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
        for (int i = 0; i < peak_chains; i++) sums[i] = sums[i] * factor + addend;
    }
    float total = 0;
    for (int i = 0; i < peak_chains; i++) total += sums[i][0] + sums[i][simd_lanes - 1];
    return total;
}
