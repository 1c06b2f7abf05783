#pragma once

#include "simd_random.h"

#if defined(__AVX__)
#include <immintrin.h>
#endif

// What rounding to levels and to a lattice share.
enum { word_vectors = 16 / simd_lanes };

typedef int32_t simd_codes __attribute__((vector_size(simd_lanes * sizeof(int32_t)), aligned(4)));

/// How the magnitudes of a group become codes: (magnitude - origin) * inverse + start is 65536 times the code of a value with that
/// magnitude, before it is rounded. [Lai23 eq. 1-2] (corrected)
typedef struct {
    float origin, inverse, start;
} code_scale;

/// Where codes start: at zero, both `origin` and `start` are 0; at `start`, with origin 0: one operation for the difference and the scale;
/// at the offset itself where `start` would have too few digits left; or not the same for all elements.
typedef enum { from_zero, from_start, from_origin, from_each } scale_kind;

simd_inline scale_kind kind_of(gd_levels levels, int shift) {
    if (levels.offset == 0 && shift == 0) return from_zero;
    return levels.offset > 64 * levels.step ? from_origin : from_start;
}

/// The scale of levels whose step has a finite inverse.
simd_inline code_scale scale_of(scale_kind kind, gd_levels levels, int shift) {
    const float inverse = 65536 / levels.step, first = 65536 * (float)shift;
    if (kind == from_zero) return (code_scale){0, inverse, 0};
    if (kind == from_origin) return (code_scale){levels.offset, inverse, first};
    return (code_scale){0, inverse, __builtin_fmaf(-levels.offset, inverse, first)};
}

/// Whether 65536 / step is finite: elements with smaller steps are scaled up.
simd_inline int is_plain_step(float step) { return step >= 0x1p-111f; }
static const float lift = 0x1p100f;

simd_inline simd_codes nearest(simd_vector numbers) {
#if SIMD_LANES == 16
    return (simd_codes)_mm512_cvtps_epi32((__m512)numbers);
#elif defined(__AVX__)
    return (simd_codes)_mm256_cvtps_epi32((__m256)numbers);
#else
    return __builtin_convertvector(__builtin_elementwise_roundeven(numbers), simd_codes);
#endif
}
