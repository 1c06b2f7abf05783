#pragma once

#include "gd_rans.h"

// Whole groups of 16 symbols, one of each lane, while a word for every lane is left.
#if SIMD_LANES == 16
static int64_t rans_decode_groups(
    const uint8_t **words, const uint8_t *end, uint32_t *states, const gd_rans_slots *slots, int64_t count, uint8_t *symbols) {
    const uint8_t *next = *words;
    __m512i state = _mm512_loadu_si512(states);
    int64_t i = 0;
    for (; count - i >= gd_rans_lanes && end - next >= 2 * gd_rans_lanes; i += gd_rans_lanes) {
        const __m512i slot = _mm512_and_si512(state, _mm512_set1_epi32(gd_rans_scale - 1));
        const __m512i entry = _mm512_i32gather_epi32(slot, slots->entries, 4);
        _mm_storeu_si128((__m128i *)(symbols + i), _mm512_cvtepi32_epi8(entry));
        const __m512i frequency = _mm512_add_epi32(
            _mm512_and_si512(_mm512_srli_epi32(entry, 8), _mm512_set1_epi32(0xFFF)), _mm512_set1_epi32(1));
        state = _mm512_add_epi32(
            _mm512_mullo_epi32(frequency, _mm512_srli_epi32(state, gd_rans_scale_bits)), _mm512_srli_epi32(entry, 20));
        // The next words go to the empty lanes, in their order.
        const __mmask16 empty = _mm512_cmplt_epu32_mask(state, _mm512_set1_epi32(gd_rans_lower_bound));
        const __m512i following = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)next));
        state = _mm512_mask_or_epi32(
            state, empty, _mm512_slli_epi32(state, 16), _mm512_maskz_expand_epi32(empty, following));
        next += 2 * __builtin_popcount(empty);
    }
    _mm512_storeu_si512(states, state);
    *words = next;
    return i;
}
#else
static int64_t rans_decode_groups(
    const uint8_t **words, const uint8_t *end, uint32_t *states, const gd_rans_slots *slots, int64_t count, uint8_t *symbols) {
    const uint8_t *next = *words;
    uint32_t x[gd_rans_lanes];
    memcpy(x, states, sizeof x);
    int64_t i = 0;
    for (; count - i >= gd_rans_lanes && end - next >= 2 * gd_rans_lanes; i += gd_rans_lanes) {
#pragma clang loop unroll(full)
        for (int lane = 0; lane < gd_rans_lanes; lane++) {
            symbols[i + lane] = gd_rans_step(&x[lane], slots);
            uint16_t word;
            memcpy(&word, next, sizeof word);
            const int empty = x[lane] < gd_rans_lower_bound;
            const uint32_t refilled = x[lane] << 16 | word;
            x[lane] = empty ? refilled : x[lane];
            next += 2 * empty;
        }
    }
    memcpy(states, x, sizeof x);
    *words = next;
    return i;
}
#endif
