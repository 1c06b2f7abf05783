#pragma once

#include "simd/simd_elements.h"

/// sum = the nearest bfloat16 of a + b, `count` of each.
static void bf16_add(int64_t count, const gd_bf16 *a, const gd_bf16 *b, gd_bf16 *sum) {
    int64_t i = 0;
    for (; i + simd_lanes <= count; i += simd_lanes) store_bf16(sum + i, load_bf16(a + i) + load_bf16(b + i));
    for (; i < count; i++) sum[i] = gd_bf16_nearest(gd_bf16_value(a[i]) + gd_bf16_value(b[i]));
}
