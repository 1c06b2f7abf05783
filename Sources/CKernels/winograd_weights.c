#include "winograd_tiles.h"

static const float root_half = 0.70710678118654752f, root_two = 1.41421356237309505f;

// to = G from: 3 values to 6. The factors 1/N of the interpolation are here, outside the inner loops.
static inline void weight_transform(const wino_vector *from, int step, wino_vector *to, int to_step) {
    const wino_vector g0 = from[0], g1 = from[step], g2 = from[2 * step];
    const wino_vector even_a = (g0 + 0.5f * g2) * (-1 / 1.5f), odd_a = g1 * (-root_half / 1.5f);
    const wino_vector even_b = (g0 + 2 * g2) * (1 / 6.0f), odd_b = g1 * (root_two / 6);
    to[0] = g0;
    to[to_step] = even_a + odd_a;
    to[2 * to_step] = even_a - odd_a;
    to[3 * to_step] = even_b + odd_b;
    to[4 * to_step] = even_b - odd_b;
    to[5 * to_step] = g2;
}

// Where the kernels g(row, depth) lie; flipped kernels are read from their last element to the first.
typedef struct {
    const float *weight;
    int64_t row_stride, depth_stride;
    int flipped;
} kernel_view;

// One vector of rows at depth k: 36 frequencies, `stride` apart.
static inline void pack_vector(const kernel_view *v, int64_t row, int64_t k, int64_t stride, float *to) {
    wino_vector g[9], half[18];
    for (int lane = 0; lane < wino_lanes; lane++) {
        const float *kernel = v->weight + (row + lane) * v->row_stride + k * v->depth_stride;
        for (int i = 0; i < 9; i++) g[i][lane] = kernel[v->flipped ? 8 - i : i];
    }
    for (int column = 0; column < 3; column++) weight_transform(g + column, 3, half + column, 3);
    for (int line = 0; line < 6; line++) {
        wino_vector full[6];
        weight_transform(half + 3 * line, 1, full, 1);
        for (int column = 0; column < 6; column++) wino_store(to + (6 * line + column) * stride, full[column]);
    }
}

static void pack(int64_t rows, int64_t depth, const kernel_view *view, float *packed, int threads) {
    const int64_t stride = wino_packed_stride(depth);
#pragma omp parallel for collapse(2) num_threads(threads) schedule(static)
    for (int64_t row = 0; row < rows; row += wino_block)
        for (int64_t k = 0; k < depth; k++) {
            float *to = packed + wino_packed_floats(row, depth) + k * wino_block;
            pack_vector(view, row, k, stride, to);
            pack_vector(view, row + wino_lanes, k, stride, to + wino_lanes);
        }
}

void gd_wino_pack_weights(int64_t outputs, int64_t inputs, const float *weight, float *packed, int threads) {
    const kernel_view view = {weight, 9 * inputs, 9, 0};
    pack(outputs, inputs, &view, packed, threads);
}

void gd_wino_pack_weights_transposed(int64_t outputs, int64_t inputs, const float *weight, float *packed, int threads) {
    const kernel_view view = {weight, 9, 9 * inputs, 1};
    pack(inputs, outputs, &view, packed, threads);
}
