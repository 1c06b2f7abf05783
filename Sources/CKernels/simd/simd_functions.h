#pragma once

#include "simd_vectors.h"

#include <stdint.h>

// Elementary functions on vectors, for the instruction set that is being compiled.

typedef uint32_t simd_bits __attribute__((vector_size(simd_lanes * sizeof(uint32_t)), aligned(4)));

/// exp(-x), relative error at most 2e-7, for x within -87.3 ... 87.3; that of the nearer end outside. What NaN gives is undefined.
///
/// -x = n ln2 + r with |r| <= ln2 / 2; exp(r) by the minimax polynomial of degree 5 with constant term 1 (relative error 9.3e-8);
/// 2^n is added to the exponent bits.
simd_inline simd_vector simd_exp_of_minus(simd_vector x) {
    const simd_vector magic = simd_splat(0x1.8p23f);
    x = __builtin_elementwise_max(__builtin_elementwise_min(x, simd_splat(87.3f)), simd_splat(-87.3f));
    const simd_vector shifted = x * simd_splat(-1.44269504088896341f) + magic;
    const simd_vector n = shifted - magic;
    const simd_vector r = n * simd_splat(2.12194440e-4f) - (n * simd_splat(0.693359375f) + x);
    simd_vector p = r * simd_splat(0x1.0fa7d8p-7f) + simd_splat(0x1.573adp-5f);
    p = p * r + simd_splat(0x1.555a6ep-3f);
    p = p * r + simd_splat(0x1.fffdc4p-2f);
    p = p * r + simd_splat(0x1.fffff6p-1f);
    p = p * r + simd_splat(1);
    return (simd_vector)((simd_bits)p + ((simd_bits)shifted << 23));
}
