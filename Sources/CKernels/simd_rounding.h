#pragma once

#include "simd_random.h"

// What rounding to levels and to a lattice share.
enum { word_vectors = 16 / simd_lanes };

typedef int32_t simd_codes __attribute__((vector_size(simd_lanes * sizeof(int32_t)), aligned(4)));

/// dividend / divisor, correctly rounded [Markstein 1990], given the correctly rounded `inverse`: a product, its remainder, and a
/// correction. Not for divisors so small or large that the inverse or the remainder leaves the normal range.
simd_inline simd_vector quotient(simd_vector dividend, simd_vector divisor, simd_vector inverse) {
    const simd_vector estimate = dividend * inverse;
    const simd_vector remainder = __builtin_elementwise_fma(-estimate, divisor, dividend);
    return __builtin_elementwise_fma(remainder, inverse, estimate);
}

/// Whether `quotient` may divide magnitudes by this step.
simd_inline int is_plain_step(float step) {
    // Positive floats are ordered as their bits are.
    const union { float number; uint32_t bits; } given = {step}, least = {0x1p-80f}, most = {0x1p80f};
    return given.bits - least.bits <= most.bits - least.bits;
}
