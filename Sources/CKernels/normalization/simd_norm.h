#pragma once

#include "gd_norm_kernels.h"
#include "simd/simd_functions.h"

#include <string.h>

// Inner loops of group normalisation: a block of pixels, channel by channel. The values of a run of channels stay in registers
// while the loop goes down the pixels, so a block should fit the first-level cache.

// `count` channels, a constant wherever this is inlined: a whole vector, or the rest of a row with zeros behind it.
simd_inline simd_vector norm_load(const float *from, int64_t count) {
    if (count == simd_lanes) return simd_load(from);
    simd_vector value = {0};
    memcpy(&value, from, (size_t)count * sizeof(float));
    return value;
}

simd_inline void norm_store(float *to, simd_vector value, int64_t count) {
    if (count == simd_lanes)
        simd_store(to, value);
    else
        memcpy(to, &value, (size_t)count * sizeof(float));
}

/// Vectors of channels that are summed side by side: the latency of one sum hides behind the others.
enum { norm_sums = 4 };

simd_inline void norm_moments_of(
    int vectors, int64_t count, gd_norm_block b, const float *x, float *sums, float *deviations) {
    simd_vector sum[norm_sums] = {0}, deviation[norm_sums] = {0}, mean[norm_sums];
    for (int64_t p = 0; p < b.pixels; p++)
        for (int v = 0; v < vectors; v++) sum[v] += norm_load(x + p * b.stride + v * simd_lanes, count);
    for (int v = 0; v < vectors; v++) mean[v] = sum[v] * simd_splat(1 / (float)b.pixels);
    for (int64_t p = 0; p < b.pixels; p++)
        for (int v = 0; v < vectors; v++) {
            const simd_vector difference = norm_load(x + p * b.stride + v * simd_lanes, count) - mean[v];
            deviation[v] += difference * difference;
        }
    for (int v = 0; v < vectors; v++) {
        norm_store(sums + v * simd_lanes, sum[v], count);
        norm_store(deviations + v * simd_lanes, deviation[v], count);
    }
}

static void norm_moments(gd_norm_block b, const float *x, float *sums, float *deviations) {
    enum { wide = norm_sums * simd_lanes };
    int64_t c = 0;
    for (; c + wide <= b.channels; c += wide) norm_moments_of(norm_sums, simd_lanes, b, x + c, sums + c, deviations + c);
    for (; c + simd_lanes <= b.channels; c += simd_lanes) norm_moments_of(1, simd_lanes, b, x + c, sums + c, deviations + c);
    if (c < b.channels) norm_moments_of(1, b.channels - c, b, x + c, sums + c, deviations + c);
}

simd_inline void norm_apply_to(int silu, int64_t count, gd_norm_block b, const float *x, gd_norm_rows rows, int64_t c, float *y) {
    const simd_vector centre = norm_load(rows.centre + c, count), shift = norm_load(rows.shift + c, count);
    const simd_vector factor = norm_load(rows.inverse + c, count) * norm_load(rows.scale + c, count);
    for (int64_t p = 0; p < b.pixels; p++) {
        simd_vector value = (norm_load(x + p * b.stride + c, count) - centre) * factor + shift;
        if (silu) value = value / (simd_splat(1) + simd_exp_of_minus(value));
        norm_store(y + p * b.stride + c, value, count);
    }
}

simd_inline void norm_apply_with(int silu, gd_norm_block b, const float *x, gd_norm_rows rows, float *y) {
    int64_t c = 0;
    for (; c + simd_lanes <= b.channels; c += simd_lanes) norm_apply_to(silu, simd_lanes, b, x, rows, c, y);
    if (c < b.channels) norm_apply_to(silu, b.channels - c, b, x, rows, c, y);
}

static void norm_apply(gd_norm_block b, const float *x, gd_norm_rows rows, int silu, float *y) {
    if (silu)
        norm_apply_with(1, b, x, rows, y);
    else
        norm_apply_with(0, b, x, rows, y);
}

// The derivative of SiLU is gate * (1 + x * (1 - gate)); the difference is taken as exp(-x) * gate: nothing cancels for large x.
simd_inline void norm_affine_gradients_of(
    int silu, int64_t count, gd_norm_block b, const float *x, const float *d_y, gd_norm_rows rows, int64_t c,
    float *d_affine, float *y, gd_norm_sums sums) {
    const simd_vector centre = norm_load(rows.centre + c, count), inverse = norm_load(rows.inverse + c, count);
    const simd_vector scale = norm_load(rows.scale + c, count), shift = norm_load(rows.shift + c, count);
    const simd_vector one = simd_splat(1);
    simd_vector by_scale = {0}, by_shift = {0};
    for (int64_t p = 0; p < b.pixels; p++) {
        const int64_t place = p * b.stride + c;
        const simd_vector normalized = (norm_load(x + place, count) - centre) * inverse;
        const simd_vector affine = normalized * scale + shift;
        simd_vector gradient = norm_load(d_y + place, count), output = affine;
        if (silu) {
            const simd_vector decay = simd_exp_of_minus(affine), gate = one / (one + decay);
            gradient *= gate * (one + affine * (decay * gate));
            output = affine * gate;
        }
        norm_store(d_affine + place, gradient, count);
        if (y) norm_store(y + place, output, count);
        by_scale += gradient * normalized;
        by_shift += gradient;
    }
    norm_store(sums.by_scale + c, norm_load(sums.by_scale + c, count) + by_scale, count);
    norm_store(sums.by_shift + c, norm_load(sums.by_shift + c, count) + by_shift, count);
}

simd_inline void norm_affine_gradients_with(
    int silu, gd_norm_block b, const float *x, const float *d_y, gd_norm_rows rows, float *d_affine, float *y,
    gd_norm_sums sums) {
    int64_t c = 0;
    for (; c + simd_lanes <= b.channels; c += simd_lanes)
        norm_affine_gradients_of(silu, simd_lanes, b, x, d_y, rows, c, d_affine, y, sums);
    if (c < b.channels) norm_affine_gradients_of(silu, b.channels - c, b, x, d_y, rows, c, d_affine, y, sums);
}

static void norm_affine_gradients(
    gd_norm_block b, const float *x, const float *d_y, gd_norm_rows rows, int silu, float *d_affine, float *y,
    gd_norm_sums sums) {
    if (silu)
        norm_affine_gradients_with(1, b, x, d_y, rows, d_affine, y, sums);
    else
        norm_affine_gradients_with(0, b, x, d_y, rows, d_affine, y, sums);
}

simd_inline void norm_input_gradients_of(
    int64_t count, gd_norm_block b, const float *x, const float *addend, gd_norm_slopes s, int64_t c, float *d_x,
    float *sums) {
    const simd_vector centre = norm_load(s.centre + c, count), factor = norm_load(s.factor + c, count);
    const simd_vector slope = norm_load(s.slope + c, count), offset = norm_load(s.offset + c, count);
    simd_vector sum = {0};
    for (int64_t p = 0; p < b.pixels; p++) {
        const int64_t place = p * b.stride + c;
        const simd_vector bend = (norm_load(x + place, count) - centre) * slope + offset;
        simd_vector gradient = norm_load(d_x + place, count) * factor - bend;
        if (addend) gradient += norm_load(addend + place, count);
        norm_store(d_x + place, gradient, count);
        sum += gradient;
    }
    norm_store(sums + c, norm_load(sums + c, count) + sum, count);
}

static void norm_input_gradients(
    gd_norm_block b, const float *x, const float *addend, gd_norm_slopes slopes, float *d_x, float *sums) {
    int64_t c = 0;
    for (; c + simd_lanes <= b.channels; c += simd_lanes)
        norm_input_gradients_of(simd_lanes, b, x, addend, slopes, c, d_x, sums);
    if (c < b.channels) norm_input_gradients_of(b.channels - c, b, x, addend, slopes, c, d_x, sums);
}
