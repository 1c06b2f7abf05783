#pragma once

#include "simd_packing.h"
#include "simd_rounding.h"

enum { chunk_vectors = gd_chunk / simd_lanes };

typedef struct {
    float origin[gd_chunk + simd_lanes], inverse[gd_chunk + simd_lanes], start[gd_chunk + simd_lanes];
} code_scales;

// The upper halves of a chunk's sums, within -largest ... largest.
#if SIMD_LANES == 16
simd_inline void store_codes(const simd_codes sums[chunk_vectors], int largest, int8_t *to) {
    typedef int16_t halves __attribute__((vector_size(64)));
    halves upper[2];
    for (int i = 0; i < 2; i++)
        upper[i] = __builtin_shufflevector(
            (halves)sums[2 * i], (halves)sums[2 * i + 1], 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33, 35, 37, 39, 41,
            43, 45, 47, 49, 51, 53, 55, 57, 59, 61, 63);
    // The bytes come in eights, lane by lane of 128 bits.
    const __m512i bytes = _mm512_packs_epi16((__m512i)upper[0], (__m512i)upper[1]);
    const __m512i codes = _mm512_max_epi8(
        _mm512_min_epi8(bytes, _mm512_set1_epi8((char)largest)), _mm512_set1_epi8((char)-largest));
    _mm512_storeu_si512(to, _mm512_permutexvar_epi64(_mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7), codes));
}
#else
simd_inline void store_codes(const simd_codes sums[chunk_vectors], int largest, int8_t *to) {
    typedef int8_t simd_bytes __attribute__((vector_size(simd_lanes), aligned(1)));
    for (int v = 0; v < chunk_vectors; v++) {
        const simd_codes most = (simd_codes){0} + largest;
        const simd_codes code = __builtin_elementwise_max(__builtin_elementwise_min(sums[v] >> 16, most), -most);
        *(simd_bytes *)(to + v * simd_lanes) = __builtin_convertvector(code, simd_bytes);
    }
}
#endif

// x, with the other sign where `value` is negative.
simd_inline simd_vector with_sign_of(simd_codes value, simd_vector x) {
    return (simd_vector)((simd_codes)x ^ (value & (int32_t)0x80000000));
}

// The codes of a chunk: floor(x + r / 65536), x a value's code before rounding (to the nearest 65536th) and r its random bits.
simd_inline void round_chunk(
    scale_kind kind, const float *values, code_scale one, const code_scales *each, const chunk_words *words, int largest,
    int8_t *codes) {
    simd_vector origin = simd_splat(one.origin), inverse = simd_splat(one.inverse), start = simd_splat(one.start);
    simd_codes sums[chunk_vectors];
#pragma clang loop unroll(full)
    for (int w = 0; w < 4; w++) {
        simd_bits bits[word_vectors];
        chunk_bits(words, w, bits);
        for (int i = 0; i < word_vectors; i++) {
            const int v = w * word_vectors + i, first = v * simd_lanes;
            const simd_codes value = *(const simd_codes *)(values + first);
            if (kind == from_each) {
                origin = simd_load(each->origin + first), inverse = simd_load(each->inverse + first);
                start = simd_load(each->start + first);
            }
            // Magnitudes keep their signs.
            simd_vector distance = (simd_vector)value;
            if (kind == from_zero) {
                sums[v] = nearest(distance * inverse) + (simd_codes)bits[i];
                continue;
            }
            if (kind != from_start) distance -= with_sign_of(value, origin);
            const simd_vector code = __builtin_elementwise_fma(distance, inverse, with_sign_of(value, start));
            const simd_codes present = (simd_codes)((value & 0x7FFFFFFF) != 0);
            sums[v] = (nearest(code) + (simd_codes)bits[i]) & present;
        }
    }
    store_codes(sums, largest, codes);
}

// Chunks of one scale.
simd_inline void round_chunks(
    scale_kind kind, const float *values, gd_levels levels, gd_level_codes to, const chunk_words *words, int64_t chunks, int largest,
    int8_t *codes, const uint8_t *ahead) {
    const code_scale scale = scale_of(kind, levels, to.shift);
    for (; chunks > 0; chunks--, values += gd_chunk, codes += gd_chunk, words++, ahead += 8 * to.bits) {
        gd_prefetch_to_write(ahead);
        round_chunk(kind, values, scale, NULL, words, largest, codes);
    }
}

// The same with scales of any kind, for the elements of a chunk from `first` on, as far as they come before `end`.
static void round_mixed_chunk(
    const float *values, int64_t first, int64_t end, const chunk_words *words, gd_level_codes to, int largest, int8_t *codes) {
    float copy[gd_chunk] = {0};
    code_scales scales;
    const int64_t count = end - first < gd_chunk ? end - first : gd_chunk;
    memcpy(copy, values + first, (size_t)count * sizeof(float));
    int64_t i = 0;
    for (int64_t group = first / to.group_size; i < count; group++) {
        gd_levels levels = to.levels[group];
        const int64_t group_end = (group + 1) * to.group_size - first, stop = group_end < count ? group_end : count;
        if (levels.step == 0) {
            // All magnitudes are the offset's: any step will do.
            levels.step = 1;
        } else if (!is_plain_step(levels.step)) {
            levels.offset *= lift, levels.step *= lift;
            for (int64_t j = i; j < stop; j++) copy[j] *= lift;
        }
        const code_scale scale = scale_of(kind_of(levels, to.shift), levels, to.shift);
        // Whole vectors: the next group's elements are overwritten.
        for (; i < stop; i += simd_lanes) {
            simd_store(scales.origin + i, simd_splat(scale.origin));
            simd_store(scales.inverse + i, simd_splat(scale.inverse));
            simd_store(scales.start + i, simd_splat(scale.start));
        }
        i = stop;
    }
    // Elements behind the last are zero, which any scale leaves.
    for (; i < gd_chunk; i++) scales.origin[i] = scales.inverse[i] = scales.start[i] = 0;
    round_chunk(from_each, copy, (code_scale){0}, &scales, words, largest, codes);
}

static void quantize(
    const float *values, gd_elements elements, const gd_sequence *sequence, gd_level_codes to, uint8_t *packed) {
    const code_packing packing = packing_to(to.bits);
    const int largest = (1 << (to.bits - 1)) - 1;
    const int64_t end = elements.first + elements.count;
    int64_t group = elements.first / to.group_size, group_end = (group + 1) * to.group_size;
    _Alignas(64) chunk_words words[batch_chunks];
    _Alignas(64) int8_t codes[batch];
    // Drawing, rounding and packing in turn: in each the chains of operations are short, and many run abreast.
    for (int64_t first = elements.first; first < end; first += batch) {
        const int64_t count = end - first < batch ? end - first : batch, chunks = (count + gd_chunk - 1) / gd_chunk;
        draw_words((gd_random_bits){sequence, first / gd_chunk}, chunks, words, values + first + batch);
        for (int64_t c = 0; c < chunks;) {
            const int64_t chunk = first + c * gd_chunk;
            for (; group_end <= chunk; group_end += to.group_size) group++;
            const gd_levels levels = to.levels[group];
            int64_t plain = ((group_end < first + count ? group_end : first + count) - chunk) / gd_chunk;
            if (plain == 0 || !is_plain_step(levels.step)) {
                round_mixed_chunk(values, chunk, end, words + c, to, largest, codes + c * gd_chunk);
                c++;
                continue;
            }
            const float *from = values + chunk;
            // Where the next batch is packed to.
            const uint8_t *ahead = packed + (first + batch + c * gd_chunk) / 8 * to.bits;
            switch (kind_of(levels, to.shift)) {
            case from_zero:
                round_chunks(from_zero, from, levels, to, words + c, plain, largest, codes + c * gd_chunk, ahead);
                break;
            case from_start:
                round_chunks(from_start, from, levels, to, words + c, plain, largest, codes + c * gd_chunk, ahead);
                break;
            default:
                round_chunks(from_origin, from, levels, to, words + c, plain, largest, codes + c * gd_chunk, ahead);
                break;
            }
            c += plain;
        }
        pack(codes, count, &packing, packed + first / 8 * to.bits);
    }
}
