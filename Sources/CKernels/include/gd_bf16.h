#pragma once

#include <string.h>

#include "gd_status.h"

/// A bfloat16: sign, exponent and the first 7 bits of the fraction of a float.
typedef uint16_t gd_bf16;

static inline float gd_bf16_value(gd_bf16 bits) {
    const uint32_t wide = (uint32_t)bits << 16;
    float value;
    memcpy(&value, &wide, sizeof value);
    return value;
}

/// The nearest bfloat16, the even one of two; NaN stays NaN.
static inline gd_bf16 gd_bf16_nearest(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    if (value != value) return (gd_bf16)(bits >> 16 | 0x40);
    return (gd_bf16)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

/// to = the nearest bfloat16 of each of `count` floats.
gd_status gd_bf16_from_f32__plain(int64_t count, const float *from, gd_bf16 *to, int threads);
/// to = `count` bfloat16 as floats, exactly.
gd_status gd_f32_from_bf16__plain(int64_t count, const gd_bf16 *from, float *to, int threads);
