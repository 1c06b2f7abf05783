#pragma once

#include <stdint.h>
#include <string.h>

// Elementary functions as straight-line float32 arithmetic: loops over them vectorise, and every architecture computes the
// same formula.

/// exp(x), relative error at most 2e-7; 0 below -87.3 (no subnormal results: they are slow), exp(88.3) above 88.3. NaN stays NaN.
///
/// x = n ln2 + r with |r| <= ln2 / 2; exp(r) by the degree-6 polynomial of Cephes' expf; 2^n by its exponent bits.
static inline float gd_exp(float x) {
    const float round_to_integer = 0x1.8p23f;
    const int vanishes = x < -87.3f;
    x = vanishes ? 0 : x;
    x = x > 88.3f ? 88.3f : x;
    const float shifted = x * 1.44269504088896341f + round_to_integer;
    const float n = shifted - round_to_integer;
    const float r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1;
    uint32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits << 23) + 0x3f800000u;
    float power;
    memcpy(&power, &bits, sizeof power);
    return vanishes ? 0 : p * power;
}

/// 1 / (1 + exp(-x)), relative error at most 4e-7.
static inline float gd_sigmoid(float x) { return 1 / (1 + gd_exp(-x)); }

/// x * sigmoid(x).
static inline float gd_silu(float x) { return x * gd_sigmoid(x); }

/// The derivative of SiLU, gate * (1 + x * (1 - gate)). The difference is taken as exp(-x) * gate: nothing cancels for large x.
static inline float gd_silu_slope(float x) {
    const float decay = gd_exp(-x), gate = 1 / (1 + decay);
    return gate * (1 + x * (decay * gate));
}

// Sums keep `gd_lanes` running sums, added in a fixed tree: they vectorise without leave to reassociate.
enum { gd_lanes = 16 };

static inline float gd_add_lanes(float lanes[gd_lanes]) {
    for (int half = gd_lanes / 2; half > 0; half /= 2)
        for (int lane = 0; lane < half; lane++) lanes[lane] += lanes[lane + half];
    return lanes[0];
}

/// The sum of a row.
static inline float gd_sum(const float *row, int64_t count) {
    float lanes[gd_lanes] = {0};
    int64_t i = 0;
    for (; i + gd_lanes <= count; i += gd_lanes)
        for (int lane = 0; lane < gd_lanes; lane++) lanes[lane] += row[i + lane];
    for (; i < count; i++) lanes[i % gd_lanes] += row[i];
    return gd_add_lanes(lanes);
}

/// The scalar product of two rows.
static inline float gd_dot(const float *a, const float *b, int64_t count) {
    float lanes[gd_lanes] = {0};
    int64_t i = 0;
    for (; i + gd_lanes <= count; i += gd_lanes)
        for (int lane = 0; lane < gd_lanes; lane++) lanes[lane] += a[i + lane] * b[i + lane];
    for (; i < count; i++) lanes[i % gd_lanes] += a[i] * b[i];
    return gd_add_lanes(lanes);
}
