#pragma once

#include "gd_rounding.h"
#include "simd/simd_functions.h"

// Philox4x32-10 [Salmon et al., SC 2011] for the eight blocks of a chunk side by side, a block a 64-bit lane.
enum { chunk_wides = 8 / wide_lanes };

static const simd_wide wide_iota = {
    0, 1, 2, 3,
#if SIMD_LANES == 16
    4, 5, 6, 7,
#endif
};

/// Chunks whose blocks are drawn together: as many chains of ten multiplications, which hide each other's latency, as registers hold.
/// One more has to be spilled, and all takes 1.7 times as long wherever its place on the stack crosses a page.
enum { drawn_chunks = simd_lanes == 16 ? 5 : 2, drawn_wides = drawn_chunks * chunk_wides };

/// The words of a chunk's blocks: word w of block i * wide_lanes + l is the low half of lane l of word[w][i]. Upper halves are undefined.
typedef struct {
    simd_wide word[4][chunk_wides];
} chunk_words;

/// Chunks, and their elements, whose words a kernel keeps at a time.
enum { batch_chunks = 20, batch = batch_chunks * gd_chunk };
_Static_assert(batch_chunks % drawn_chunks == 0, "whole groups are drawn");

/// The low halves of the lanes times a 32-bit number.
simd_inline simd_wide wide_product(simd_wide a, uint32_t b) { return (a & wide_splat(0xFFFFFFFFu)) * wide_splat(b); }

/// The words of `chunks` (at most `batch_chunks`) chunks. Asks for as many chunks of 4-byte elements at `ahead`, which need not be
/// valid: memory would idle while words are drawn.
static void draw_words(gd_random_bits from, int64_t chunks, chunk_words words[batch_chunks], const void *ahead) {
    const uint64_t *start = from.sequence->start;
    for (int64_t group = 0; group < chunks; group += drawn_chunks) {
        simd_wide c0[drawn_wides], c1[drawn_wides], c2[drawn_wides], c3[drawn_wides];
#pragma clang loop unroll(full)
        for (int i = 0; i < drawn_wides; i++) {
            const simd_wide block = wide_splat((uint32_t)(8 * (from.chunk + group))) + (wide_iota + (uint64_t)(i * wide_lanes));
            const simd_wide first = wide_product(block, 0xD2511F53u);
            c1[i] = wide_product((first >> 32) ^ start[0], 0xCD9E8D57u);
            c0[i] = (c1[i] >> 32) ^ start[1], c2[i] = first ^ start[2], c3[i] = wide_splat(start[3]);
        }
#pragma clang loop unroll(disable)
        for (int round = 0; round < 8; round++) {
            const uint64_t *keys = from.sequence->keys[round];
            for (int line = round; line < drawn_chunks * 4; line += 8) gd_prefetch((const float *)ahead + group * gd_chunk + 16 * line);
#pragma clang loop unroll(full)
            for (int i = 0; i < drawn_wides; i++) {
                const simd_wide product0 = wide_product(c0[i], 0xD2511F53u), product1 = wide_product(c2[i], 0xCD9E8D57u);
                c0[i] = (product1 >> 32) ^ c1[i] ^ keys[0], c2[i] = (product0 >> 32) ^ c3[i] ^ keys[1];
                c1[i] = product1, c3[i] = product0;
            }
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < drawn_wides; i++) {
            chunk_words *to = words + group + i / chunk_wides;
            to->word[0][i % chunk_wides] = c0[i], to->word[1][i % chunk_wides] = c1[i];
            to->word[2][i % chunk_wides] = c2[i], to->word[3][i % chunk_wides] = c3[i];
        }
    }
}

/// The 16 random bits of elements 16 * w ..< 16 * w + 16 of a chunk.
simd_inline void chunk_bits(const chunk_words *words, int w, simd_bits bits[16 / simd_lanes]) {
#if SIMD_LANES == 16
    // One permutation: half 4 * i of block i to lane i, half 4 * i + 1 to lane 8 + i, and zero above each.
    typedef uint16_t halves __attribute__((vector_size(sizeof(simd_wide))));
    bits[0] = (simd_bits)__builtin_shufflevector(
        (halves)words->word[w][0], (halves){0}, 0, 32, 4, 32, 8, 32, 12, 32, 16, 32, 20, 32, 24, 32, 28, 32, 1, 32, 5, 32, 9, 32, 13,
        32, 17, 32, 21, 32, 25, 32, 29, 32);
#else
    const simd_bits first = (simd_bits)words->word[w][0], second = (simd_bits)words->word[w][1];
    const simd_bits both = __builtin_shufflevector(first, second, 0, 2, 4, 6, 8, 10, 12, 14);
    bits[0] = both & 0xFFFF;
    bits[1] = both >> 16;
#endif
}
