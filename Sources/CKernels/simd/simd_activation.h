#pragma once

#include "gd_conv2d.h"
#include "simd_vectors.h"

typedef int32_t simd_mask __attribute__((vector_size(simd_lanes * sizeof(int32_t))));

/// gd_activate of every lane.
simd_inline simd_vector simd_activate(gd_activation activation, simd_vector values) {
    if (activation == GD_LINEAR) return values;
    const simd_mask positive = (simd_mask)values & ~(simd_mask)(values < simd_splat(0));
    if (activation == GD_RELU) return (simd_vector)positive;
    const simd_vector six = simd_splat(6);
    const simd_mask above = (simd_mask)((simd_vector)positive > six);
    return (simd_vector)((positive & ~above) | ((simd_mask)six & above));
}
