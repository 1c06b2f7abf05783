#pragma once

#include "simd_rounding.h"

/// (r + 1/2) / 65536 of r = 0 ..< 65536, exactly.
simd_inline simd_vector uniform_of(simd_bits bits) {
    return __builtin_elementwise_fma(__builtin_convertvector((simd_codes)bits, simd_vector), simd_splat(0x1p-16f), simd_splat(0x1p-17f));
}

/// u of a subtractive dither, uniform in -1/2 ... 1/2: (r + 1/2) / 65536 - 1/2, exactly.
simd_inline simd_vector dither_of(simd_bits bits) {
    return __builtin_elementwise_fma(
        __builtin_convertvector((simd_codes)bits, simd_vector), simd_splat(0x1p-16f), simd_splat(0x1p-17f - 0.5f));
}

simd_inline void round_chunk_to_lattice(const float *values, const chunk_words *words, gd_step_lattice to, int32_t *codes) {
    const simd_vector step = simd_splat(to.step);
#pragma clang loop unroll(full)
    for (int w = 0; w < 4; w++) {
        simd_bits bits[word_vectors];
        chunk_bits(words, w, bits);
        for (int v = 0; v < word_vectors; v++) {
            const int first = 16 * w + v * simd_lanes;
            const simd_vector position = simd_load(values + first) / step;
            const simd_vector code = to.dither ? __builtin_elementwise_roundeven(position + dither_of(bits[v]))
                                               : __builtin_elementwise_floor(position + uniform_of(bits[v]));
            *(simd_codes *)(codes + first) = __builtin_convertvector(code, simd_codes);
        }
    }
}

static void round_to_lattice(const float *values, int64_t chunks, const gd_random_bits *from, gd_step_lattice to, int32_t *codes) {
    _Alignas(64) chunk_words words[batch_chunks];
    for (int64_t first = 0; first < chunks; first += batch_chunks) {
        const int64_t count = chunks - first < batch_chunks ? chunks - first : batch_chunks;
        draw_words((gd_random_bits){from->sequence, from->chunk + first}, count, words, values + first * gd_chunk + batch);
        for (int64_t c = 0; c < count; c++)
            round_chunk_to_lattice(values + (first + c) * gd_chunk, words + c, to, codes + (first + c) * gd_chunk);
    }
}

simd_inline void restore_chunk_from_lattice(const int32_t *codes, const chunk_words *words, gd_step_lattice from, float *values) {
    const simd_vector step = simd_splat(from.step);
#pragma clang loop unroll(full)
    for (int w = 0; w < 4; w++) {
        simd_bits bits[word_vectors];
        if (from.dither) chunk_bits(words, w, bits);
        for (int v = 0; v < word_vectors; v++) {
            const int first = 16 * w + v * simd_lanes;
            simd_vector code = __builtin_convertvector(*(const simd_codes *)(codes + first), simd_vector);
            if (from.dither) code -= dither_of(bits[v]);
            simd_store(values + first, code * step);
        }
    }
}

static void restore_from_lattice(const int32_t *codes, int64_t chunks, const gd_random_bits *from, gd_step_lattice lattice, float *values) {
    _Alignas(64) chunk_words words[batch_chunks];
    for (int64_t first = 0; first < chunks; first += batch_chunks) {
        const int64_t count = chunks - first < batch_chunks ? chunks - first : batch_chunks;
        if (lattice.dither) draw_words((gd_random_bits){from->sequence, from->chunk + first}, count, words, codes + first * gd_chunk + batch);
        for (int64_t c = 0; c < count; c++)
            restore_chunk_from_lattice(codes + (first + c) * gd_chunk, words + c, lattice, values + (first + c) * gd_chunk);
    }
}
