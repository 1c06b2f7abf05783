#pragma once

#include "simd_vectors.h"

// The lower and the upper halves of two vectors, lane by lane in turn.
#if SIMD_LANES == 16
simd_inline simd_vector interleave_low(simd_vector a, simd_vector b) {
    return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
simd_inline simd_vector interleave_high(simd_vector a, simd_vector b) {
    return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
#else
simd_inline simd_vector interleave_low(simd_vector a, simd_vector b) {
    return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}
simd_inline simd_vector interleave_high(simd_vector a, simd_vector b) {
    return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}
#endif

/// Row r, lane l becomes row l, lane r. A round of interleaving rows half the matrix apart rotates the address (row bits, lane bits)
/// of every element by one bit; after as many rounds as a lane has bits, rows and lanes have changed places.
simd_inline void simd_transpose(simd_vector *rows) {
#pragma clang loop unroll(full)
    for (int round = 1; round < simd_lanes; round *= 2) {
        simd_vector next[simd_lanes];
#pragma clang loop unroll(full)
        for (int r = 0; r < simd_lanes / 2; r++) {
            next[2 * r] = interleave_low(rows[r], rows[r + simd_lanes / 2]);
            next[2 * r + 1] = interleave_high(rows[r], rows[r + simd_lanes / 2]);
        }
#pragma clang loop unroll(full)
        for (int r = 0; r < simd_lanes; r++) rows[r] = next[r];
    }
}
