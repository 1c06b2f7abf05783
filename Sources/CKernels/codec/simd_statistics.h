#pragma once

#include "simd_rounding.h"

#include <string.h>

enum { statistics_lanes = 32, statistics_vectors = statistics_lanes / simd_lanes, statistics_sums = 2 * statistics_vectors };

static gd_magnitude_statistics magnitude_statistics(const void *values, int64_t count) {
    simd_bits least = (simd_bits){0} - 1, most = {0};
    simd_doubles squares[statistics_sums] = {0};
    for (int64_t i = 0; i < count; i += statistics_lanes) {
        simd_bits bits[statistics_vectors] = {0};
        if (count - i >= statistics_lanes)
            memcpy(bits, (const char *)values + 4 * i, sizeof bits);
        else
            memcpy(bits, (const char *)values + 4 * i, (size_t)(count - i) * sizeof(float));
#pragma clang loop unroll(full)
        for (int v = 0; v < statistics_vectors; v++) {
            // Bits of magnitudes are ordered as the magnitudes; less 1, zero wraps round to the top and never is the least.
            const simd_bits magnitude = bits[v] & 0x7FFFFFFF;
            most = __builtin_elementwise_max(most, magnitude), least = __builtin_elementwise_min(least, magnitude - 1);
            typedef float floats __attribute__((vector_size(simd_lanes / 2 * sizeof(float))));
            floats halves[2];
            memcpy(halves, &magnitude, sizeof halves);
            for (int half = 0; half < 2; half++) {
                const simd_doubles x = __builtin_convertvector(halves[half], simd_doubles);
                squares[2 * v + half] = __builtin_elementwise_fma(x, x, squares[2 * v + half]);
            }
        }
    }
    double lanes[statistics_lanes];
    memcpy(lanes, squares, sizeof lanes);
    for (int half = statistics_lanes / 2; half > 0; half /= 2)
        for (int lane = 0; lane < half; lane++) lanes[lane] += lanes[half + lane];
    return (gd_magnitude_statistics){__builtin_reduce_min(least), __builtin_reduce_max(most), lanes[0]};
}

static void count_codes(const float *values, int64_t count, float step, int largest, uint32_t *counts) {
    enum { batch_codes = 1024 };
    int32_t codes[batch_codes];
    const simd_vector limit = simd_splat((float)largest);
    for (int64_t first = 0; first < count; first += batch_codes) {
        const int64_t length = count - first < batch_codes ? count - first : batch_codes;
        for (int64_t i = 0; i < length; i += simd_lanes) {
            simd_vector value = {0};
            if (length - i >= simd_lanes)
                value = simd_load(values + first + i);
            else
                memcpy(&value, values + first + i, (size_t)(length - i) * sizeof(float));
            value = __builtin_elementwise_min(__builtin_elementwise_max(value / step, -limit), limit);
            *(simd_codes *)(codes + i) = nearest(value) + largest;
        }
        for (int64_t i = 0; i < length; i++) counts[2 * codes[i] + (i & 1)]++;
    }
}
