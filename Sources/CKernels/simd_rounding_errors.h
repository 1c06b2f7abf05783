#pragma once

#include "simd_rounding.h"

enum { error_run = 512, error_lanes = 16 };

/// dividend / divisor, correctly rounded [Markstein 1990], given the correctly rounded `inverse`: a product, its remainder, and a
/// correction. Not for divisors so small or large that the inverse or the remainder leaves the normal range.
simd_inline simd_vector quotient(simd_vector dividend, simd_vector divisor, simd_vector inverse) {
    const simd_vector estimate = dividend * inverse;
    const simd_vector remainder = __builtin_elementwise_fma(-estimate, divisor, dividend);
    return __builtin_elementwise_fma(remainder, inverse, estimate);
}

/// Whether `quotient` may divide magnitudes by this step.
simd_inline int takes_quotient(float step) {
    // Positive floats are ordered as their bits are.
    const union { float number; uint32_t bits; } given = {step}, least = {0x1p-80f}, most = {0x1p80f};
    return given.bits - least.bits <= most.bits - least.bits;
}

// Terms f * (1 - f), f an element's distance from the level below in steps, of one vector.
simd_inline simd_vector error_terms(simd_codes value, simd_vector offset, simd_vector step, simd_vector inverse, int plain) {
    const simd_codes magnitude = value & 0x7FFFFFFF;
    const simd_vector distance = (simd_vector)magnitude - offset;
    const simd_vector position = plain ? quotient(distance, step, inverse) : distance / step;
    const simd_vector fraction = position - __builtin_elementwise_floor(position);
    const simd_codes present = (simd_codes)(magnitude != 0);
    return (simd_vector)((simd_codes)(fraction * (simd_splat(1) - fraction)) & present);
}

// sums[format] += the terms of up to 512 elements: sums of float32 in 16 lanes, element i in lane i % 16, then the lanes in order.
simd_inline void add_run(const float *values, int64_t count, const gd_levels *levels, int format, int plain, double *sums) {
#pragma clang fp contract(off)
    const simd_vector offset = simd_splat(levels[format].offset), step = simd_splat(levels[format].step);
    const simd_vector inverse = simd_splat(1) / step;
    simd_vector lanes[error_lanes / simd_lanes] = {0};
    float rest[error_lanes] = {0};
    for (int64_t i = 0; i < count; i += error_lanes) {
        const float *from = values + i;
        if (count - i < error_lanes) {
            for (int64_t j = 0; j < count - i; j++) rest[j] = from[j];
            from = rest;
        }
        for (int v = 0; v < error_lanes / simd_lanes; v++)
            lanes[v] += error_terms(*(const simd_codes *)(from + v * simd_lanes), offset, step, inverse, plain);
    }
    double sum = 0;
    for (int lane = 0; lane < error_lanes; lane++) sum += (double)lanes[lane / simd_lanes][lane % simd_lanes];
    sums[format] += sum * (double)levels[format].step * (double)levels[format].step;
}

static void add_rounding_errors(const float *values, int64_t count, const gd_levels *levels, int formats, double *sums) {
    for (int64_t run = 0; run < count; run += error_run) {
        const int64_t length = count - run < error_run ? count - run : error_run;
        for (int format = 0; format < formats; format++)
            if (takes_quotient(levels[format].step))
                add_run(values + run, length, levels, format, 1, sums);
            else if (levels[format].step > 0)
                add_run(values + run, length, levels, format, 0, sums);
    }
}
