#pragma once

#include "simd_packing.h"
#include "simd_rounding.h"

enum { chunk_vectors = gd_chunk / simd_lanes };

/// A scope's levels, whose step `quotient` takes.
typedef struct {
    const gd_levels *levels;
    float inverse;
} scope_levels;

#if SIMD_LANES == 16
// Saturated, which keeps signs and what is not zero. The bytes come in fours, lane by lane of 128 bits.
simd_inline __m512i bytes_of(const simd_codes x[chunk_vectors]) {
    return _mm512_packs_epi16(
        _mm512_packs_epi32((__m512i)x[0], (__m512i)x[1]), _mm512_packs_epi32((__m512i)x[2], (__m512i)x[3]));
}

simd_inline void store_bytes(__m512i bytes, int8_t *to) {
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    _mm512_storeu_si512(to, _mm512_permutexvar_epi32(order, bytes));
}

simd_inline void store_codes(const simd_codes codes[chunk_vectors], int8_t *to) { store_bytes(bytes_of(codes), to); }

// The codes of values whose magnitudes have these levels.
simd_inline void store_signed(const float *chunk, const simd_codes levels[chunk_vectors], int shift, int8_t *to) {
    const simd_codes *values = (const simd_codes *)chunk;
    simd_codes magnitudes[chunk_vectors];
    for (int v = 0; v < chunk_vectors; v++) magnitudes[v] = values[v] & 0x7FFFFFFF;
    const __m512i magnitude = bytes_of(magnitudes);
    const __mmask64 present = _mm512_test_epi8_mask(magnitude, magnitude), negative = _mm512_movepi8_mask(bytes_of(values));
    const __m512i code = _mm512_maskz_add_epi8(present, bytes_of(levels), _mm512_set1_epi8((char)shift));
    store_bytes(_mm512_mask_sub_epi8(code, negative, _mm512_setzero_si512(), code), to);
}
#else
simd_inline void store_codes(const simd_codes codes[chunk_vectors], int8_t *to) {
    typedef int8_t simd_bytes __attribute__((vector_size(simd_lanes), aligned(1)));
    for (int v = 0; v < chunk_vectors; v++) *(simd_bytes *)(to + v * simd_lanes) = __builtin_convertvector(codes[v], simd_bytes);
}

simd_inline void store_signed(const float *chunk, const simd_codes levels[chunk_vectors], int shift, int8_t *to) {
    simd_codes codes[chunk_vectors];
    for (int v = 0; v < chunk_vectors; v++) {
        const simd_codes value = ((const simd_codes *)chunk)[v], sign = value >> 31, code = levels[v] + shift;
        codes[v] = ((code ^ sign) - sign) & (simd_codes)((value & 0x7FFFFFFF) != 0);
    }
    store_codes(codes, to);
}
#endif

/// How the levels of a chunk's elements are given: all the same, with offset and shift 0 or any; or each by its offset and step.
typedef enum { from_zero, from_offset, from_each } level_source;

// The codes of a chunk whose elements all have the levels `one` or, `from_each`, those of `offsets` and `steps`.
simd_inline void round_chunk(
    level_source source, const float *values, const scope_levels *one, const float *offsets, const float *steps,
    const chunk_words *words, int shift, int8_t *codes) {
    simd_vector offset, step, inverse;
    if (source != from_each)
        offset = simd_splat(one->levels->offset), step = simd_splat(one->levels->step), inverse = simd_splat(one->inverse);
    simd_codes level[chunk_vectors];
#pragma clang loop unroll(full)
    for (int w = 0; w < 4; w++) {
        simd_vector numbers[word_vectors];
        chunk_numbers(words, w, numbers);
        for (int i = 0; i < word_vectors; i++) {
            const int v = w * word_vectors + i, first = v * simd_lanes;
            const simd_vector value = simd_load(values + first), magnitude = __builtin_elementwise_abs(value);
            simd_vector position, uniform = uniform_of(numbers[i]);
            switch (source) {
            case from_zero:
                // The same on both sides of zero.
                position = quotient(value, step, inverse), uniform = __builtin_elementwise_copysign(uniform, value);
                break;
            case from_offset: position = quotient(magnitude - offset, step, inverse); break;
            case from_each: position = (magnitude - simd_load(offsets + first)) / simd_load(steps + first); break;
            }
            level[v] = __builtin_convertvector(position + uniform, simd_codes);
        }
    }
    if (source == from_zero)
        store_codes(level, codes);
    else
        store_signed(values, level, shift, codes);
}

// The same with scales of any kind, for the elements of a chunk from `first` on, as far as they come before `end`.
static void round_mixed_chunk(
    const float *values, int64_t first, int64_t end, const chunk_words *words, gd_level_codes to, int8_t *codes) {
    float padded[gd_chunk] = {0}, offsets[gd_chunk], steps[gd_chunk];
    const int64_t count = end - first < gd_chunk ? end - first : gd_chunk;
    int64_t i = 0;
    for (int64_t scope = first / to.scope_size; i < gd_chunk; scope++) {
        const gd_levels levels = i < count ? to.levels[scope] : (gd_levels){0};
        const int64_t scope_end = (scope + 1) * to.scope_size - first;
        for (const int64_t stop = i >= count ? gd_chunk : scope_end < count ? scope_end : count; i < stop; i++)
            offsets[i] = levels.offset, steps[i] = levels.step > 0 ? levels.step : 1;
    }
    memcpy(padded, values + first, (size_t)count * sizeof(float));
    round_chunk(from_each, padded, NULL, offsets, steps, words, to.shift, codes);
}

static void quantize(
    const float *values, gd_elements elements, const gd_sequence *sequence, gd_level_codes to, uint8_t *packed) {
    const code_packing packing = packing_to(to.bits);
    const int64_t end = elements.first + elements.count;
    int64_t scope = elements.first / to.scope_size, scope_end = (scope + 1) * to.scope_size;
    _Alignas(64) chunk_words words[batch_chunks];
    _Alignas(64) int8_t codes[batch];
    // Drawing, rounding and packing in turn: in each the chains of operations are short, and many run abreast.
    for (int64_t first = elements.first; first < end; first += batch) {
        const int64_t count = end - first < batch ? end - first : batch, chunks = (count + gd_chunk - 1) / gd_chunk;
        draw((gd_draw){sequence, first / gd_chunk}, chunks, words, values + first + batch);
        for (int64_t c = 0; c < chunks;) {
            const int64_t chunk = first + c * gd_chunk;
            for (; scope_end <= chunk; scope_end += to.scope_size) scope++;
            const gd_levels *levels = to.levels + scope;
            int64_t plain = ((scope_end < first + count ? scope_end : first + count) - chunk) / gd_chunk;
            if (plain == 0 || !is_plain_step(levels->step)) {
                round_mixed_chunk(values, chunk, end, words + c, to, codes + c * gd_chunk);
                c++;
                continue;
            }
            const scope_levels one = {levels, 1 / levels->step};
            const int zero = to.shift == 0 && levels->offset == 0;
            for (; plain > 0; plain--, c++) {
                // Where the next batch is packed to.
                gd_prefetch_to_write(packed + (first + batch + c * gd_chunk) / 8 * to.bits);
                const float *from = values + first + c * gd_chunk;
                if (zero)
                    round_chunk(from_zero, from, &one, NULL, NULL, words + c, to.shift, codes + c * gd_chunk);
                else
                    round_chunk(from_offset, from, &one, NULL, NULL, words + c, to.shift, codes + c * gd_chunk);
            }
        }
        pack(codes, count, &packing, packed + first / 8 * to.bits);
    }
}
