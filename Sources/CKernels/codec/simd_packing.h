#pragma once

#include "gd_movement.h"
#include "simd/simd_vectors.h"

#include <string.h>

#if defined(__BMI2__)
#include <immintrin.h>
#endif

// Codes, a byte each, to `bits` bits (2 ... 8) a code. Neighbours close up to pairs, quadruples and eights: the lower of two stays, the
// other moves down to it.

#if SIMD_LANES == 16
// How far ahead a line is asked for: unaligned stores would wait for each.
enum { bytes_ahead = 2048 };

/// What packing to one width needs, in registers.
typedef struct {
    __m512i singles, pairs, pair_factors, quads, eights, all;
    __m128i pair_shift, quad_shift;
    __mmask64 bytes;
    int bits;
} code_packing;

static code_packing packing_to(int bits) {
    // In each 128-bit lane the second eight moves down to the first; then all lanes do, two bytes at a time.
    uint8_t eights[16] = {0};
    uint16_t all[32] = {0};
    for (int i = 0; i < bits; i++) {
        eights[i] = (uint8_t)i, eights[bits + i] = (uint8_t)(8 + i);
        for (int lane = 0; lane < 4; lane++) all[lane * bits + i] = (uint16_t)(8 * lane + i);
    }
    const int code = (1 << bits) - 1;
    return (code_packing){
        .singles = _mm512_set1_epi8((char)code), .pairs = _mm512_set1_epi16((short)code),
        .pair_factors = _mm512_set1_epi32((int32_t)(1 | (int64_t)1 << (16 + 2 * bits))), .quads = _mm512_set1_epi64(((int64_t)1 << 4 * bits) - 1),
        .eights = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)eights)), .all = _mm512_loadu_si512(all),
        .pair_shift = _mm_cvtsi32_si128(8 - bits), .quad_shift = _mm_cvtsi32_si128(32 - 4 * bits),
        .bytes = ~(__mmask64)0 >> (64 - 8 * bits), .bits = bits};
}

simd_inline __m512i closed_up(__m512i codes, const code_packing *to) {
    enum { select = 0xCA };
    const __m512i singles = _mm512_and_si512(codes, to->singles);
    const __m512i pairs =
        _mm512_ternarylogic_epi64(to->pairs, singles, _mm512_srl_epi16(singles, to->pair_shift), select);
    const __m512i halves = _mm512_madd_epi16(pairs, to->pair_factors);
    const __m512i quads = _mm512_ternarylogic_epi64(to->quads, halves, _mm512_srl_epi64(halves, to->quad_shift), select);
    return _mm512_permutexvar_epi16(to->all, _mm512_shuffle_epi8(quads, to->eights));
}

simd_inline void pack(const int8_t *codes, int64_t count, const code_packing *packing, uint8_t *packed) {
    const code_packing to = *packing;
    if (to.bits == 8) {
        memcpy(packed, codes, (size_t)count);
        return;
    }
    for (; count >= 64; count -= 64, codes += 64, packed += 8 * to.bits) {
        gd_prefetch_to_write(packed + bytes_ahead);
        _mm512_mask_storeu_epi8(packed, to.bytes, closed_up(_mm512_loadu_si512(codes), &to));
    }
    if (count == 0) return;
    const __m512i rest = _mm512_maskz_loadu_epi8(((__mmask64)1 << count) - 1, codes);
    _mm512_mask_storeu_epi8(packed, ((__mmask64)1 << (count * to.bits + 7) / 8) - 1, closed_up(rest, &to));
}
#else
typedef struct {
    int bits;
} code_packing;

static code_packing packing_to(int bits) { return (code_packing){bits}; }

// Of eight codes side by side.
simd_inline uint64_t closed_up(uint64_t codes, int bits) {
#if defined(__BMI2__)
    return _pext_u64(codes, 0x0101010101010101u * ((1u << bits) - 1));
#else
    const uint64_t singles = 0x0001000100010001u * (((uint64_t)1 << bits) - 1);
    const uint64_t pairs = 0x0000000100000001u * (((uint64_t)1 << 2 * bits) - 1);
    const uint64_t quads = ((uint64_t)1 << 4 * bits) - 1;
    codes = (codes & singles) | (codes >> (8 - bits) & singles << bits);
    codes = (codes & pairs) | (codes >> (16 - 2 * bits) & pairs << 2 * bits);
    return (codes & quads) | (codes >> (32 - 4 * bits) & quads << 4 * bits);
#endif
}

simd_inline void pack(const int8_t *codes, int64_t count, const code_packing *to, uint8_t *packed) {
    const int bits = to->bits;
    if (bits == 8) {
        memcpy(packed, codes, (size_t)count);
        return;
    }
    uint64_t word;
    int64_t i = 0;
    // Eight bytes are written where `bits` are meant, as long as all eight are these codes'; what is too much is overwritten next.
    for (; (count - i) * bits >= 64; i += 8, packed += bits) {
        memcpy(&word, codes + i, sizeof word);
        word = closed_up(word, bits);
        memcpy(packed, &word, sizeof word);
    }
    for (; i < count; i += 8, packed += bits) {
        const int64_t length = count - i < 8 ? count - i : 8;
        word = 0;
        memcpy(&word, codes + i, (size_t)length);
        word = closed_up(word, bits);
        memcpy(packed, &word, (size_t)((length * bits + 7) / 8));
    }
}
#endif

static void pack_codes(const int8_t *codes, int64_t count, int bits, uint8_t *packed) {
    const code_packing to = packing_to(bits);
    pack(codes, count, &to, packed);
}
