#pragma once

#include "simd_rounding.h"

#include <string.h>

// The sums come from memory, and the arithmetic between them hides them from the processor's own look-ahead.
enum { sums_ahead = 512 };

// What unpacking to lanes needs: an eight of codes is a word of `bits` bytes, and each of its four pairs goes to a 64-bit lane.
typedef struct {
    int bits;
    simd_wide pair_places;
    simd_codes second_places;
} lane_unpacking;

static lane_unpacking unpacking_from(int bits) {
    lane_unpacking from = {.bits = bits};
    for (int lane = 0; lane < wide_lanes; lane++) from.pair_places[lane] = (uint64_t)(2 * bits * (lane % 4));
    for (int lane = 0; lane < simd_lanes; lane++) from.second_places[lane] = lane % 2 * (32 - bits);
    return from;
}

enum { word_bytes = 8, lane_words = simd_lanes / 8 };

// The codes of as many elements as a vector has lanes; reads eight bytes for every eight of them.
simd_inline simd_codes unpack_lanes(const uint8_t *packed, const lane_unpacking *from) {
    uint64_t word[lane_words];
    for (int w = 0; w < lane_words; w++) memcpy(&word[w], packed + w * from->bits, word_bytes);
#if SIMD_LANES == 16
    const simd_wide words = {word[0], word[0], word[0], word[0], word[1], word[1], word[1], word[1]};
#else
    const simd_wide words = wide_splat(word[0]);
#endif
    // The first of a pair to the top of its lane's lower half; the second, now at the bottom of the upper, to the top of that.
    const simd_codes tops = (simd_codes)(words >> from->pair_places << (32 - from->bits)) << from->second_places;
    return tops >> (32 - from->bits);
}

// What codes stand for.
simd_inline simd_vector level_values(simd_codes code, simd_vector offset, simd_vector step, simd_vector shift) {
#pragma clang fp contract(off)
    const simd_codes negative = code >> 31, size = (code ^ negative) - negative;
    const simd_vector distance = (__builtin_convertvector(size, simd_vector) - shift) * step;
    const simd_codes value = (simd_codes)(offset + distance) | (code & INT32_MIN);
    return (simd_vector)(value & (simd_codes)(code != 0));
}

// The product's low 64 bits.
simd_inline simd_wide weighted(simd_wide values, uint32_t weight) {
#if SIMD_LANES == 16
    return values * wide_splat(weight);
#else
    return (values & wide_splat(0xFFFFFFFFu)) * wide_splat(weight) + ((values >> 32) * wide_splat(weight) << 32);
#endif
}

simd_inline void add_vector(simd_vector values, gd_fixed_point fixed, int64_t *sums) {
    typedef double simd_doubles __attribute__((vector_size(sizeof(simd_wide))));
    typedef float half_vector __attribute__((vector_size(sizeof(simd_wide) / 2)));
    half_vector halves[2];
    memcpy(halves, &values, sizeof halves);
    // Added to 1.5 * 2^52, the nearest integers stand in the significand's low bits. The product alone is exact.
    const simd_doubles magic = 0x1.8p52 - (simd_doubles){0}, factor = fixed.factor - (simd_doubles){0};
    gd_prefetch(sums + sums_ahead);
    if (simd_lanes == 16) gd_prefetch(sums + sums_ahead + 8);
    for (int h = 0; h < 2; h++) {
        const simd_doubles shifted = __builtin_elementwise_fma(__builtin_convertvector(halves[h], simd_doubles), factor, magic);
        *(simd_wide *)(sums + h * wide_lanes) += weighted((simd_wide)shifted - (simd_wide)magic, fixed.weight);
    }
}

static void add_fixed(const void *values, int64_t count, gd_fixed_point fixed, int64_t *sums) {
    const uint8_t *from = values;
    for (; count >= simd_lanes; count -= simd_lanes, from += simd_lanes * sizeof(float), sums += simd_lanes) {
        simd_vector vector;
        memcpy(&vector, from, sizeof vector);
        add_vector(vector, fixed, sums);
    }
    if (count == 0) return;
    float rest[simd_lanes] = {0};
    int64_t rest_sums[simd_lanes] = {0};
    memcpy(rest, from, (size_t)count * sizeof(float));
    add_vector(simd_load(rest), fixed, rest_sums);
    for (int64_t i = 0; i < count; i++) sums[i] = (int64_t)((uint64_t)sums[i] + (uint64_t)rest_sums[i]);
}

// The values of the `count` elements of a vector from element `first` on, with several scales or at the end of the codes.
static simd_vector mixed_values(
    const uint8_t *packed, int64_t first, int64_t count, gd_level_codes from, const lane_unpacking *unpacking) {
    uint8_t bytes[(lane_words + 1) * word_bytes] = {0};
    memcpy(bytes, packed + first / 8 * from.bits, (size_t)((count * from.bits + 7) / 8));
    simd_vector offsets = {0}, steps = {0};
    for (int64_t lane = 0; lane < count; lane++) {
        const gd_levels *levels = from.levels + (first + lane) / from.group_size;
        offsets[lane] = levels->offset;
        steps[lane] = levels->step;
    }
    return level_values(unpack_lanes(bytes, unpacking), offsets, steps, simd_splat((float)from.shift));
}

// To `values` or, where it is NULL, to `sums`.
simd_inline void decode(
    const uint8_t *packed, gd_elements elements, gd_level_codes from, float *values, gd_fixed_point fixed, int64_t *sums) {
    const lane_unpacking unpacking = unpacking_from(from.bits);
    const simd_vector shift = simd_splat((float)from.shift);
    const int64_t end = elements.first + elements.count;
    // The words of vectors that start before `careful` lie inside the elements' bytes.
    const int64_t room = (end * from.bits + 7) / 8 - (lane_words - 1) * from.bits - word_bytes;
    const int64_t careful = room < 0 ? elements.first : room / from.bits * 8 + 1;
    int64_t i = elements.first, group = i / from.group_size, group_end = (group + 1) * from.group_size;
    while (i < end) {
        const simd_vector offset = simd_splat(from.levels[group].offset), step = simd_splat(from.levels[group].step);
        const int64_t stop = group_end - simd_lanes < careful ? group_end - simd_lanes + 1 : careful;
        for (; i < stop; i += simd_lanes) {
            const simd_vector value = level_values(unpack_lanes(packed + i / 8 * from.bits, &unpacking), offset, step, shift);
            if (values)
                simd_store(values + i, value);
            else
                add_vector(value, fixed, sums + i);
        }
        if (i < group_end && i < end) {
            const int64_t count = end - i < simd_lanes ? end - i : simd_lanes;
            float mixed[simd_lanes];
            simd_store(mixed, mixed_values(packed, i, count, from, &unpacking));
            if (values)
                memcpy(values + i, mixed, (size_t)count * sizeof(float));
            else
                add_fixed(mixed, count, fixed, sums + i);
            i += count;
        }
        for (; group_end <= i; group_end += from.group_size) group++;
    }
}

static void dequantize(const uint8_t *packed, gd_elements elements, gd_level_codes from, float *values) {
    decode(packed, elements, from, values, (gd_fixed_point){0}, NULL);
}

static void dequantize_add(
    const uint8_t *packed, gd_elements elements, gd_level_codes from, gd_fixed_point fixed, int64_t *sums) {
    decode(packed, elements, from, NULL, fixed, sums);
}
