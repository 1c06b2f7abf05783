#pragma once

#include "simd_rounding.h"

enum { error_run = 2048, error_lanes = 64, error_vectors = error_lanes / simd_lanes, double_parts = 16 / simd_lanes };

/// Eight sums in double.
typedef struct {
    simd_doubles part[double_parts];
} eight_sums;

/// 64 lanes as eight sums: the upper half is added to the lower until eight are left, the last time in double.
simd_inline eight_sums eight_of(simd_vector lanes[error_vectors]) {
    typedef float simd_half __attribute__((vector_size(simd_lanes / 2 * sizeof(float))));
    for (int half = error_vectors / 2; half * simd_lanes >= 16; half /= 2)
        for (int v = 0; v < half; v++) lanes[v] += lanes[half + v];
    simd_half halves[2 * double_parts];
    memcpy(halves, lanes, sizeof halves);
    eight_sums sums;
    for (int i = 0; i < double_parts; i++)
        sums.part[i] = __builtin_convertvector(halves[i], simd_doubles) + __builtin_convertvector(halves[double_parts + i], simd_doubles);
    return sums;
}

simd_inline double sum_of(eight_sums sums) {
    double x[8];
    memcpy(x, &sums, sizeof x);
    return ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]));
}

/// (p - 1/2)^2 of 64-element rounds, p the probability of the upper code, times 2^64.
simd_inline eight_sums centred_squares(const float *distances, int64_t rounds, code_scale scale) {
    const simd_vector inverse = simd_splat(scale.inverse), start = simd_splat(scale.start);
    simd_vector lanes[error_vectors] = {0};
    for (; rounds > 0; rounds--, distances += error_lanes) {
#pragma clang loop unroll(full)
        for (int v = 0; v < error_vectors; v++) {
            const simd_vector distance = simd_load(distances + v * simd_lanes);
            // 65536 times the code; its lower half less 1/2, as a fraction of 2^32.
            const simd_codes code = nearest(__builtin_elementwise_fma(distance, inverse, start));
            const simd_vector centred = __builtin_convertvector((code << 16) ^ (int32_t)0x80000000, simd_vector);
            lanes[v] = __builtin_elementwise_fma(centred, centred, lanes[v]);
        }
    }
    return eight_of(lanes);
}

/// What `code_scale` takes of up to 2048 elements, zeros as the offset, and as many of those as fill the last round of 64.
simd_inline void distances_of(
    const float *values, int64_t count, float offset, float factor, float origin, float distances[error_run]) {
#pragma clang fp contract(off)
    const simd_codes least = (simd_codes)simd_splat(offset);
    int64_t i = 0;
    for (; i + simd_lanes <= count; i += simd_lanes) {
        // Positive floats are ordered as their bits are.
        const simd_codes magnitude = *(const simd_codes *)(values + i) & 0x7FFFFFFF;
        simd_store(distances + i, (simd_vector)__builtin_elementwise_max(magnitude, least) * factor - origin);
    }
    for (; i < count; i++) distances[i] = (values[i] == 0 ? offset : __builtin_fabsf(values[i])) * factor - origin;
    for (; i % error_lanes != 0; i++) distances[i] = offset * factor - origin;
}

/// A format's scale for a group, what it takes distances of, and the weight of a term: a step's square.
typedef struct {
    code_scale scale;
    float offset, factor;
    double weight;
} group_format;

// What a run of one group adds to the totals.
simd_inline void add_run(const float *values, int64_t count, const group_format *formats, int format_count, eight_sums *totals) {
#pragma clang fp contract(off)
    _Alignas(64) float distances[error_run];
    const int64_t rounds = (count + error_lanes - 1) / error_lanes;
    const group_format *last = NULL;
    for (const group_format *to = formats; to < formats + format_count; to++, totals++) {
        if (to->weight == 0) continue;
        if (!last || to->offset != last->offset || to->factor != last->factor || to->scale.origin != last->scale.origin)
            distances_of(values, count, to->offset, to->factor, to->scale.origin, distances);
        last = to;
        const eight_sums squares = centred_squares(distances, rounds, to->scale);
        for (int i = 0; i < double_parts; i++) {
            // p (1 - p) = 1/4 - (p - 1/2)^2, eight elements of a round in each sum.
            const simd_doubles quarters = (simd_doubles){0} + 2 * (double)rounds;
            const simd_doubles terms = __builtin_elementwise_fma(squares.part[i], (simd_doubles){0} - 0x1p-64, quarters);
            totals->part[i] = __builtin_elementwise_fma(terms, (simd_doubles){0} + to->weight, totals->part[i]);
        }
    }
}

static void rounding_errors(
    const float *values, int64_t count, int64_t group_size, const gd_levels *levels, const int *shifts, int formats, double *sums) {
    eight_sums totals[gd_most_formats] = {0};
    group_format to[gd_most_formats];
    for (int64_t group = 0; group < count; group += group_size, levels += formats) {
        for (int format = 0; format < formats; format++) {
            const gd_levels given = levels[format];
            const float factor = is_plain_step(given.step) ? 1 : lift;
            const gd_levels lifted = {given.offset * factor, given.step * factor};
            to[format] = (group_format){
                scale_of(kind_of(lifted, shifts[format]), lifted, shifts[format]), given.offset, factor,
                (double)given.step * (double)given.step};
        }
        const int64_t end = count - group < group_size ? count : group + group_size;
        for (int64_t run = group; run < end; run += error_run)
            add_run(values + run, end - run < error_run ? end - run : error_run, to, formats, totals);
    }
    for (int format = 0; format < formats; format++) sums[format] = sum_of(totals[format]);
}

/// dividend / divisor, correctly rounded [Markstein 1990], given the correctly rounded `inverse`: a product, its remainder, and a
/// correction. Not for divisors so small or large that the inverse or the remainder leaves the normal range.
simd_inline simd_vector quotient(simd_vector dividend, simd_vector divisor, simd_vector inverse) {
    const simd_vector estimate = dividend * inverse;
    const simd_vector remainder = __builtin_elementwise_fma(-estimate, divisor, dividend);
    return __builtin_elementwise_fma(remainder, inverse, estimate);
}

/// Terms f (1 - f), f the fraction of value / step, of up to 2048 elements, summed as above.
simd_inline double sum_of_terms(const float *values, int64_t count, float step, int plain) {
#pragma clang fp contract(off)
    const simd_vector steps = simd_splat(step), inverse = simd_splat(1 / step);
    simd_vector lanes[error_vectors] = {0};
    for (int64_t i = 0; i < count; i += error_lanes) {
        float last[error_lanes];
        const float *from = values + i;
        if (count - i < error_lanes) {
            memset(last, 0, sizeof last);
            from = memcpy(last, from, (size_t)(count - i) * sizeof(float));
        }
#pragma clang loop unroll(full)
        for (int v = 0; v < error_vectors; v++) {
            const simd_vector value = simd_load(from + v * simd_lanes);
            const simd_vector position = plain ? quotient(value, steps, inverse) : value / steps;
            const simd_vector fraction = position - __builtin_elementwise_floor(position);
            lanes[v] += __builtin_elementwise_fma(-fraction, fraction, fraction);
        }
    }
    return sum_of(eight_of(lanes));
}

static void lattice_errors(const float *values, int64_t count, const float *steps, int lattices, double *sums) {
    for (int i = 0; i < lattices; i++) sums[i] = 0;
    for (int64_t run = 0; run < count; run += error_run) {
        const int64_t length = count - run < error_run ? count - run : error_run;
        for (int i = 0; i < lattices; i++) {
            const int plain = steps[i] >= 0x1p-80f && steps[i] <= 0x1p80f;
            const double terms =
                plain ? sum_of_terms(values + run, length, steps[i], 1) : sum_of_terms(values + run, length, steps[i], 0);
            sums[i] += terms * ((double)steps[i] * (double)steps[i]);
        }
    }
}
