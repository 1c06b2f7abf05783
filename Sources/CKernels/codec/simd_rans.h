#pragma once

#include "gd_rans.h"

// Whole groups of 16 symbols, one of each lane; decoding, while a word for every lane is left.
#if SIMD_LANES == 16
static uint16_t *rans_encode_groups(
    const uint8_t *symbols, int64_t count, const gd_rans_symbol *table, uint32_t *states, uint16_t *end) {
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    __m512i state = _mm512_loadu_si512(states);
    for (int64_t i = count - gd_rans_lanes; i >= 0; i -= gd_rans_lanes) {
        const __m512i symbol = _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(symbols + i)));
        _Static_assert(sizeof *table == 3 * 8, "three steps of a gather");
        const __m512i entry = _mm512_i32gather_epi32(_mm512_add_epi32(symbol, _mm512_add_epi32(symbol, symbol)), &table->both, 8);
        const __m512i frequency = _mm512_add_epi32(_mm512_and_si512(entry, _mm512_set1_epi32(0xFFF)), _mm512_set1_epi32(1));
        // Full states give their lower halves, in the order of lanes; what is stored before them is overwritten by the next ones.
        const __m512i most = _mm512_sub_epi32(_mm512_slli_epi32(frequency, 32 - gd_rans_scale_bits), _mm512_set1_epi32(1));
        const __mmask16 full = _mm512_cmpgt_epu32_mask(state, most);
        const int words = __builtin_popcount(full);
        const __m512i order = _mm512_add_epi32(lanes, _mm512_set1_epi32(words));
        const __m512i last = _mm512_permutexvar_epi32(order, _mm512_maskz_compress_epi32(full, state));
        _mm256_storeu_si256((__m256i *)(end - gd_rans_lanes), _mm512_cvtepi32_epi16(last));
        end -= words;
        state = _mm512_mask_srli_epi32(state, full, state, 16);
        // state / frequency is below 2^20: the estimate is right or one too small.
        const __m512 inverse = _mm512_div_ps(_mm512_set1_ps(1 - 0x1p-22f), _mm512_cvtepi32_ps(frequency));
        const __m512i quotient = _mm512_cvttps_epi32(_mm512_mul_ps(_mm512_cvtepu32_ps(state), inverse));
        const __m512i rest = _mm512_sub_epi32(state, _mm512_mullo_epi32(quotient, frequency));
        const __mmask16 more = _mm512_cmpge_epu32_mask(rest, frequency);
        state = _mm512_add_epi32(
            _mm512_add_epi32(_mm512_slli_epi32(quotient, gd_rans_scale_bits), rest), _mm512_srli_epi32(entry, 12));
        state = _mm512_mask_add_epi32(state, more, state, _mm512_sub_epi32(_mm512_set1_epi32(gd_rans_scale), frequency));
    }
    _mm512_storeu_si512(states, state);
    return end;
}

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
static uint16_t *rans_encode_groups(
    const uint8_t *symbols, int64_t count, const gd_rans_symbol *table, uint32_t *states, uint16_t *end) {
    uint32_t state[gd_rans_lanes];
    memcpy(state, states, sizeof state);
    for (int64_t i = count - gd_rans_lanes; i >= 0; i -= gd_rans_lanes)
        for (int lane = gd_rans_lanes - 1; lane >= 0; lane--) end = gd_rans_push(&state[lane], &table[symbols[i + lane]], end);
    memcpy(states, state, sizeof state);
    return end;
}

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
