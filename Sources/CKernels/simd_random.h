#pragma once

#include "gd_rounding.h"
#include "simd_functions.h"

// Philox4x32-10 [Salmon et al., SC 2011] for the eight blocks of a chunk side by side, a block a 64-bit lane.
typedef uint64_t simd_wide __attribute__((vector_size(simd_lanes * sizeof(float)), aligned(8)));

enum { wide_lanes = simd_lanes / 2, chunk_wides = 8 / wide_lanes, philox_rounds = 10 };

static const simd_wide wide_iota = {
    0, 1, 2, 3,
#if SIMD_LANES == 16
    4, 5, 6, 7,
#endif
};

simd_inline simd_wide wide_splat(uint64_t value) { return value - (simd_wide){0}; }

/// Chunks whose blocks are drawn together: chains of ten multiplications that hide each other's latency.
enum { drawn_chunks = 4 };

/// words[w][i] of `chunks` (1 ... drawn_chunks) chunks from `chunk` on: word w of blocks i * wide_lanes ..., each in the low half of a lane.
simd_inline void chunk_words(const gd_sequence *sequence, int64_t chunk, int chunks, simd_wide words[4][drawn_chunks * chunk_wides]) {
    const simd_wide low = wide_splat(0xFFFFFFFFu);
#pragma clang loop unroll(full)
    for (int i = 0; i < chunks * chunk_wides; i++) {
        simd_wide c0 = wide_splat((uint32_t)(8 * chunk)) + (wide_iota + (uint64_t)(i * wide_lanes));
        simd_wide c1 = wide_splat(sequence->counter[0]), c2 = wide_splat(sequence->counter[1]), c3 = wide_splat(sequence->counter[2]);
        // Upper halves are undefined on the way: the multiplication takes the lower ones.
#pragma clang loop unroll(full)
        for (int round = 0; round < philox_rounds; round++) {
            const simd_wide product0 = (c0 & low) * wide_splat(0xD2511F53u), product1 = (c2 & low) * wide_splat(0xCD9E8D57u);
            c0 = (product1 >> 32) ^ c1 ^ *(const simd_wide *)sequence->key0[round];
            c2 = (product0 >> 32) ^ c3 ^ *(const simd_wide *)sequence->key1[round];
            c1 = product1, c3 = product0;
        }
        words[0][i] = c0, words[1][i] = c1, words[2][i] = c2, words[3][i] = c3;
    }
}

/// The 16 random bits of elements 16 * w ..< 16 * w + 16 of chunk `c`, as floats.
simd_inline void chunk_numbers(
    const simd_wide words[4][drawn_chunks * chunk_wides], int c, int w, simd_vector numbers[16 / simd_lanes]) {
    typedef int32_t signed_bits __attribute__((vector_size(simd_lanes * sizeof(int32_t))));
#if SIMD_LANES == 16
    // One permutation: half 4 * i of block i to lane i, half 4 * i + 1 to lane 8 + i, half 32 (zero) above each.
    typedef uint16_t halves __attribute__((vector_size(sizeof(simd_wide))));
    const halves number = __builtin_shufflevector(
        (halves)words[w][c], (halves){0}, 0, 32, 4, 32, 8, 32, 12, 32, 16, 32, 20, 32, 24, 32, 28, 32, 1, 32, 5, 32, 9, 32, 13, 32, 17, 32,
        21, 32, 25, 32, 29, 32);
    numbers[0] = __builtin_convertvector((signed_bits)number, simd_vector);
#else
    const simd_bits first = (simd_bits)words[w][2 * c], second = (simd_bits)words[w][2 * c + 1];
    const simd_bits both = __builtin_shufflevector(first, second, 0, 2, 4, 6, 8, 10, 12, 14);
    numbers[0] = __builtin_convertvector((signed_bits)(both & 0xFFFF), simd_vector);
    numbers[1] = __builtin_convertvector((signed_bits)(both >> 16), simd_vector);
#endif
}
