#pragma once

#include "product/simd_bf16.h"

#include <string.h>

// Activations as vectors of floats, whatever they are stored as. What reads and writes activations is written once and included once for
// each type of elements, as "simd/each_element.h" defines them.

typedef gd_bf16 simd_halves __attribute__((vector_size(simd_lanes * sizeof(gd_bf16)), aligned(2)));

simd_inline simd_vector simd_widened(simd_halves values) {
    return (simd_vector)(__builtin_convertvector(values, simd_bits) << 16);
}

simd_inline simd_halves simd_narrowed(simd_vector values) {
    return __builtin_convertvector(bits_nearest(values) >> 16, simd_halves);
}

simd_inline simd_vector load_f32(const float *from) { return simd_load(from); }
simd_inline void store_f32(float *to, simd_vector value) { simd_store(to, value); }
simd_inline simd_vector load_bf16(const gd_bf16 *from) { return simd_widened(*(const simd_halves *)from); }
simd_inline void store_bf16(gd_bf16 *to, simd_vector value) { *(simd_halves *)to = simd_narrowed(value); }

// The first `count` lanes, with zeros behind them: a constant wherever this is inlined, a whole vector or the rest of a row.
simd_inline simd_vector load_some_f32(const float *from, int64_t count) {
    if (count == simd_lanes) return simd_load(from);
    simd_vector value = {0};
    memcpy(&value, from, (size_t)count * sizeof *from);
    return value;
}
simd_inline void store_some_f32(float *to, simd_vector value, int64_t count) {
    if (count == simd_lanes)
        simd_store(to, value);
    else
        memcpy(to, &value, (size_t)count * sizeof *to);
}
simd_inline simd_vector load_some_bf16(const gd_bf16 *from, int64_t count) {
    if (count == simd_lanes) return load_bf16(from);
    simd_halves value = {0};
    memcpy(&value, from, (size_t)count * sizeof *from);
    return simd_widened(value);
}
simd_inline void store_some_bf16(gd_bf16 *to, simd_vector value, int64_t count) {
    const simd_halves narrow = simd_narrowed(value);
    if (count == simd_lanes)
        *(simd_halves *)to = narrow;
    else
        memcpy(to, &narrow, (size_t)count * sizeof *to);
}
