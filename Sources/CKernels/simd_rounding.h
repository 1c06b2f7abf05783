#pragma once

#include "simd_random.h"

enum { word_vectors = 16 / simd_lanes };

typedef int32_t simd_codes __attribute__((vector_size(simd_lanes * sizeof(int32_t)), aligned(4)));
typedef int8_t simd_bytes __attribute__((vector_size(simd_lanes), aligned(1)));

/// dividend / divisor, correctly rounded [Markstein 1990], given the correctly rounded `inverse`: a product, its remainder, and a
/// correction. Not for divisors so small or large that the inverse or the remainder leaves the normal range.
simd_inline simd_vector quotient(simd_vector dividend, simd_vector divisor, simd_vector inverse) {
    const simd_vector estimate = dividend * inverse;
    const simd_vector remainder = __builtin_elementwise_fma(-estimate, divisor, dividend);
    return __builtin_elementwise_fma(remainder, inverse, estimate);
}

/// Whether `quotient` may divide magnitudes by this step.
simd_inline int is_plain_step(float step) { return step >= 0x1p-80f && step <= 0x1p80f; }

// A random number in 0 ... 1: (r + 1/2) / 65536.
simd_inline simd_vector uniform_of(simd_vector number) {
    return __builtin_elementwise_fma(number, simd_splat(0x1p-16f), simd_splat(0x1p-17f));
}

// The codes of a vector of values whose positions among the levels are given: the level is the integer part of position + uniform.
simd_inline simd_bytes level_codes(simd_codes value, simd_vector position, simd_vector number, int shift) {
    const simd_codes code = __builtin_convertvector(position + uniform_of(number), simd_codes) + shift;
    const simd_codes sign = value >> 31;
    const simd_codes present = (simd_codes)((value & 0x7FFFFFFF) != 0);
    return __builtin_convertvector(((code ^ sign) - sign) & present, simd_bytes);
}

// How far ahead values are asked for, 6 KB: the processor's own look-ahead does not reach over so much arithmetic.
enum { values_ahead = 1536 };

typedef enum { one_scale, one_odd_scale, scale_each } scale_kind;

// The levels of 64 elements; `offset`, `step` and `inverse` are those of one scale.
typedef struct {
    gd_level_codes codes;
    simd_vector offset, step, inverse;
} level_vectors;

// `chunks` (at most `drawn_chunks`) chunks from `chunk` on.
simd_inline void round_some(
    int chunks, const float *values, const gd_sequence *sequence, int64_t chunk, const level_vectors *to, scale_kind kind,
    int8_t *codes) {
    simd_wide words[4][drawn_chunks * chunk_wides];
    chunk_words(sequence, chunk, chunks, words);
    simd_vector offset = to->offset, step = to->step;
#pragma clang loop unroll(full)
    for (int w = 0; w < 4 * chunks; w++) {
        simd_vector numbers[word_vectors];
        chunk_numbers(words, w / 4, w % 4, numbers);
        for (int v = 0; v < word_vectors; v++) {
            const int first = 16 * w + v * simd_lanes;
            if (kind == scale_each)
                for (int lane = 0; lane < simd_lanes; lane++) {
                    offset[lane] = to->codes.levels[first + lane].offset;
                    step[lane] = to->codes.levels[first + lane].step;
                }
            const simd_codes value = *(const simd_codes *)(values + first);
            if (first % 16 == 0) gd_prefetch(values + first + values_ahead);
            const simd_vector distance = (simd_vector)(value & 0x7FFFFFFF) - offset;
            const simd_vector position = kind == one_scale ? quotient(distance, step, to->inverse) : distance / step;
            *(simd_bytes *)(codes + first) = level_codes(value, position, numbers[v], to->codes.shift);
        }
    }
}

simd_inline void round_chunks(
    const float *values, int64_t chunks, const gd_draw *draw, gd_level_codes codes, scale_kind kind, int8_t *to) {
    const simd_vector step = simd_splat(codes.levels->step);
    const level_vectors levels = {codes, simd_splat(codes.levels->offset), step, simd_splat(1) / step};
    int64_t chunk = 0;
    for (; kind != scale_each && chunk + drawn_chunks <= chunks; chunk += drawn_chunks)
        round_some(drawn_chunks, values + chunk * gd_chunk, draw->sequence, draw->chunk + chunk, &levels, kind, to + chunk * gd_chunk);
    for (; chunk < chunks; chunk++)
        round_some(1, values + chunk * gd_chunk, draw->sequence, draw->chunk + chunk, &levels, kind, to + chunk * gd_chunk);
}

static void round_to_levels(const float *values, int64_t chunks, const gd_draw *draw, gd_level_codes to, int8_t *codes) {
    if (to.each)
        round_chunks(values, chunks, draw, to, scale_each, codes);
    else if (is_plain_step(to.levels->step))
        round_chunks(values, chunks, draw, to, one_scale, codes);
    else
        round_chunks(values, chunks, draw, to, one_odd_scale, codes);
}

// u of a subtractive dither, uniform in -1/2 ... 1/2.
simd_inline simd_vector dither_of(simd_vector number) {
    return __builtin_elementwise_fma(number, simd_splat(0x1p-16f), simd_splat(0x1p-17f - 0.5f));
}

// `chunks` (at most `drawn_chunks`) chunks from `chunk` on.
simd_inline void round_some_to_lattice(
    int chunks, const float *values, const gd_draw *draw, int64_t chunk, gd_step_lattice to, int32_t *codes) {
    const simd_vector step = simd_splat(to.step);
    simd_wide words[4][drawn_chunks * chunk_wides];
    chunk_words(draw->sequence, draw->chunk + chunk, chunks, words);
#pragma clang loop unroll(full)
    for (int w = 0; w < 4 * chunks; w++) {
        simd_vector numbers[word_vectors];
        chunk_numbers(words, w / 4, w % 4, numbers);
        for (int v = 0; v < word_vectors; v++) {
            const int64_t first = chunk * gd_chunk + 16 * w + v * simd_lanes;
            const simd_vector position = simd_load(values + first) / step;
            const simd_vector code = to.dither ? __builtin_elementwise_roundeven(position + dither_of(numbers[v]))
                                               : __builtin_elementwise_floor(position + uniform_of(numbers[v]));
            *(simd_codes *)(codes + first) = __builtin_convertvector(code, simd_codes);
        }
    }
}

static void round_to_lattice(const float *values, int64_t chunks, const gd_draw *draw, gd_step_lattice to, int32_t *codes) {
    int64_t chunk = 0;
    for (; chunk + drawn_chunks <= chunks; chunk += drawn_chunks)
        round_some_to_lattice(drawn_chunks, values, draw, chunk, to, codes);
    for (; chunk < chunks; chunk++) round_some_to_lattice(1, values, draw, chunk, to, codes);
}

// `chunks` (at most `drawn_chunks`) chunks from `chunk` on.
simd_inline void restore_some_from_lattice(
    int chunks, const int32_t *codes, const gd_draw *draw, int64_t chunk, gd_step_lattice from, float *values) {
    const simd_vector step = simd_splat(from.step);
    simd_wide words[4][drawn_chunks * chunk_wides];
    if (from.dither) chunk_words(draw->sequence, draw->chunk + chunk, chunks, words);
#pragma clang loop unroll(full)
    for (int w = 0; w < 4 * chunks; w++) {
        simd_vector numbers[word_vectors];
        if (from.dither) chunk_numbers(words, w / 4, w % 4, numbers);
        for (int v = 0; v < word_vectors; v++) {
            const int64_t first = chunk * gd_chunk + 16 * w + v * simd_lanes;
            simd_vector code = __builtin_convertvector(*(const simd_codes *)(codes + first), simd_vector);
            if (from.dither) code -= dither_of(numbers[v]);
            simd_store(values + first, code * step);
        }
    }
}

static void restore_from_lattice(const int32_t *codes, int64_t chunks, const gd_draw *draw, gd_step_lattice from, float *values) {
    int64_t chunk = 0;
    for (; chunk + drawn_chunks <= chunks; chunk += drawn_chunks)
        restore_some_from_lattice(drawn_chunks, codes, draw, chunk, from, values);
    for (; chunk < chunks; chunk++) restore_some_from_lattice(1, codes, draw, chunk, from, values);
}

enum { error_run = 512, error_lanes = 16 };

// Terms f * (1 - f), f an element's distance from the level below in steps, of one vector.
simd_inline simd_vector error_terms(simd_codes value, simd_vector offset, simd_vector step, simd_vector inverse, int plain) {
    const simd_codes magnitude = value & 0x7FFFFFFF;
    const simd_vector distance = (simd_vector)magnitude - offset;
    const simd_vector position = plain ? quotient(distance, step, inverse) : distance / step;
    const simd_vector fraction = position - __builtin_elementwise_floor(position);
    const simd_codes present = (simd_codes)(magnitude != 0);
    return (simd_vector)((simd_codes)(fraction * (simd_splat(1) - fraction)) & present);
}

// sums[format] += the terms of up to 512 elements: sums of float32 in 16 lanes, element i in lane i % 16, then the lanes in order.
simd_inline void add_run(const float *values, int64_t count, const gd_levels *levels, int format, int plain, double *sums) {
#pragma clang fp contract(off)
    const simd_vector offset = simd_splat(levels[format].offset), step = simd_splat(levels[format].step);
    const simd_vector inverse = simd_splat(1) / step;
    simd_vector lanes[error_lanes / simd_lanes] = {0};
    float rest[error_lanes] = {0};
    for (int64_t i = 0; i < count; i += error_lanes) {
        const float *from = values + i;
        if (count - i < error_lanes) {
            for (int64_t j = 0; j < count - i; j++) rest[j] = from[j];
            from = rest;
        }
        for (int v = 0; v < error_lanes / simd_lanes; v++)
            lanes[v] += error_terms(*(const simd_codes *)(from + v * simd_lanes), offset, step, inverse, plain);
    }
    double sum = 0;
    for (int lane = 0; lane < error_lanes; lane++) sum += (double)lanes[lane / simd_lanes][lane % simd_lanes];
    sums[format] += sum * (double)levels[format].step * (double)levels[format].step;
}

static void add_rounding_errors(const float *values, int64_t count, const gd_levels *levels, int formats, double *sums) {
    for (int64_t run = 0; run < count; run += error_run) {
        const int64_t length = count - run < error_run ? count - run : error_run;
        for (int format = 0; format < formats; format++)
            if (is_plain_step(levels[format].step))
                add_run(values + run, length, levels, format, 1, sums);
            else if (levels[format].step > 0)
                add_run(values + run, length, levels, format, 0, sums);
    }
}
