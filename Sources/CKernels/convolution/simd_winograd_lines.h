#pragma once

#include "simd/simd_elements.h"

// The one-dimensional transforms of F(4, 3) and F(2, 3): `step` and `to_step` are the distances between elements, in vectors. The
// points 0, +-sqrt(1/2), +-sqrt(2), infinity of F(4, 3) have half the float32 error of 0, +-1, +-2; F(2, 3) has 0, +-1, infinity.

static const float root_half = 0.70710678118654752f, root_two = 1.41421356237309505f;

/// Inputs B^T (m + 2 to m + 2), outputs A^T (m + 2 to m), gradients A (m to m + 2), weights G (3 to m + 2), kernels G^T (m + 2 to 3).
typedef enum { line_inputs, line_outputs, line_gradients, line_weights, line_kernels } line_kind;

simd_inline void input_line4(const simd_vector *from, int step, simd_vector *to, int to_step) {
    const simd_vector d0 = from[0], d1 = from[step], d2 = from[2 * step], d3 = from[3 * step], d4 = from[4 * step],
                      d5 = from[5 * step];
    const simd_vector even_a = d4 - 2 * d2, odd_a = root_half * (d3 - 2 * d1);
    const simd_vector even_b = d4 - 0.5f * d2, odd_b = root_two * (d3 - 0.5f * d1);
    to[0] = d0 - 2.5f * d2 + d4;
    to[to_step] = even_a + odd_a;
    to[2 * to_step] = even_a - odd_a;
    to[3 * to_step] = even_b + odd_b;
    to[4 * to_step] = even_b - odd_b;
    to[5 * to_step] = d1 - 2.5f * d3 + d5;
}

simd_inline void output_line4(const simd_vector *from, int step, simd_vector *to, int to_step) {
    const simd_vector sum_a = from[step] + from[2 * step], difference_a = root_half * (from[step] - from[2 * step]);
    const simd_vector sum_b = from[3 * step] + from[4 * step], difference_b = root_two * (from[3 * step] - from[4 * step]);
    to[0] = from[0] + sum_a + sum_b;
    to[to_step] = difference_a + difference_b;
    to[2 * to_step] = 0.5f * sum_a + 2 * sum_b;
    to[3 * to_step] = 0.5f * difference_a + 2 * difference_b + from[5 * step];
}

simd_inline void gradient_line4(const simd_vector *from, int step, simd_vector *to, int to_step) {
    const simd_vector y0 = from[0], y1 = from[step], y2 = from[2 * step], y3 = from[3 * step];
    const simd_vector even_a = y0 + 0.5f * y2, odd_a = root_half * (y1 + 0.5f * y3);
    const simd_vector even_b = y0 + 2 * y2, odd_b = root_two * (y1 + 2 * y3);
    to[0] = y0;
    to[to_step] = even_a + odd_a;
    to[2 * to_step] = even_a - odd_a;
    to[3 * to_step] = even_b + odd_b;
    to[4 * to_step] = even_b - odd_b;
    to[5 * to_step] = y3;
}

// The factors 1/N of the interpolation are here, outside the loops over tiles.
simd_inline void weight_line4(const simd_vector *from, int step, simd_vector *to, int to_step) {
    const simd_vector g0 = from[0], g1 = from[step], g2 = from[2 * step];
    const simd_vector even_a = (g0 + 0.5f * g2) * (-1 / 1.5f), odd_a = g1 * (-root_half / 1.5f);
    const simd_vector even_b = (g0 + 2 * g2) * (1 / 6.0f), odd_b = g1 * (root_two / 6);
    to[0] = g0;
    to[to_step] = even_a + odd_a;
    to[2 * to_step] = even_a - odd_a;
    to[3 * to_step] = even_b + odd_b;
    to[4 * to_step] = even_b - odd_b;
    to[5 * to_step] = g2;
}

simd_inline void kernel_line4(const simd_vector *from, int step, simd_vector *to, int to_step) {
    const simd_vector sum_a = (from[step] + from[2 * step]) * (-1 / 1.5f);
    const simd_vector difference_a = (from[step] - from[2 * step]) * (-root_half / 1.5f);
    const simd_vector sum_b = (from[3 * step] + from[4 * step]) * (1 / 6.0f);
    const simd_vector difference_b = (from[3 * step] - from[4 * step]) * (root_two / 6);
    to[0] = from[0] + sum_a + sum_b;
    to[to_step] = difference_a + difference_b;
    to[2 * to_step] = 0.5f * sum_a + 2 * sum_b + from[5 * step];
}

simd_inline void line2(line_kind kind, const simd_vector *from, int step, simd_vector *to, int to_step) {
    const simd_vector a = from[0], b = from[step];
    if (kind == line_gradients) {
        to[0] = a, to[to_step] = a + b, to[2 * to_step] = a - b, to[3 * to_step] = b;
        return;
    }
    const simd_vector c = from[2 * step];
    if (kind == line_weights) {
        const simd_vector even = 0.5f * (a + c), odd = 0.5f * b;
        to[0] = a, to[to_step] = even + odd, to[2 * to_step] = even - odd, to[3 * to_step] = c;
        return;
    }
    const simd_vector d = from[3 * step];
    if (kind == line_inputs) {
        to[0] = a - c, to[to_step] = b + c, to[2 * to_step] = c - b, to[3 * to_step] = d - b;
    } else if (kind == line_outputs) {
        to[0] = a + (b + c), to[to_step] = (b - c) + d;
    } else {
        const simd_vector even = 0.5f * (b + c);
        to[0] = a + even, to[to_step] = 0.5f * (b - c), to[2 * to_step] = even + d;
    }
}

simd_inline void line(int side, line_kind kind, const simd_vector *from, int step, simd_vector *to, int to_step) {
    if (side == 2) {
        line2(kind, from, step, to, to_step);
        return;
    }
    switch (kind) {
    case line_inputs: input_line4(from, step, to, to_step); break;
    case line_outputs: output_line4(from, step, to, to_step); break;
    case line_gradients: gradient_line4(from, step, to, to_step); break;
    case line_weights: weight_line4(from, step, to, to_step); break;
    case line_kernels: kernel_line4(from, step, to, to_step); break;
    }
}

/// Elements before and after a line of `kind`, for tiles of `side` outputs.
simd_inline int line_from(int side, line_kind kind) {
    return kind == line_weights ? 3 : kind == line_gradients ? side : side + 2;
}
simd_inline int line_to(int side, line_kind kind) { return kind == line_kernels ? 3 : kind == line_outputs ? side : side + 2; }

/// Where the vectors of a square lie: at `offset` from their own pointers, to floats or to bfloat16, or `stride` apart from `values`.
typedef struct {
    const float *const *pointers_f32;
    const gd_bf16 *const *pointers_bf16;
    int64_t offset;
    const float *values;
    int64_t stride;
} square;

simd_inline simd_vector square_element(square from, int i) {
    if (from.pointers_f32) return load_f32(from.pointers_f32[i] + from.offset);
    if (from.pointers_bf16) return load_bf16(from.pointers_bf16[i] + from.offset);
    return load_f32(from.values + i * from.stride);
}

/// The two-dimensional transform: columns, then rows. `side` and `kind` are constants wherever this is inlined.
simd_inline void transform_square(int side, line_kind kind, square from, simd_vector *to) {
    const int before = line_from(side, kind), after = line_to(side, kind);
    simd_vector half[36];
#pragma clang loop unroll(full)
    for (int column = 0; column < before; column++) {
        simd_vector elements[6];
#pragma clang loop unroll(full)
        for (int row = 0; row < before; row++) elements[row] = square_element(from, row * before + column);
        line(side, kind, elements, 1, half + column, before);
    }
#pragma clang loop unroll(full)
    for (int row = 0; row < after; row++) line(side, kind, half + row * before, 1, to + row * after, 1);
}

/// Stores the (side + 2)^2 frequencies `stride` floats apart.
simd_inline void store_frequencies(int side, const simd_vector *values, float *to, int64_t stride) {
#pragma clang loop unroll(full)
    for (int f = 0; f < (side + 2) * (side + 2); f++) simd_store(to + f * stride, values[f]);
}
