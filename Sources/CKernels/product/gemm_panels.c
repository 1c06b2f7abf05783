#include "gemm_panels.h"

#include <string.h>

typedef float quad __attribute__((vector_size(16), aligned(4)));

// Four columns of four rows; column j of them goes to to[j].
static inline void transpose_4x4(const float *from, int64_t row_stride, float *const to[4], int lane) {
    const quad a = *(const quad *)from, b = *(const quad *)(from + row_stride);
    const quad c = *(const quad *)(from + 2 * row_stride), d = *(const quad *)(from + 3 * row_stride);
    const quad ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5), ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    const quad cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5), cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    *(quad *)(to[0] + lane) = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5);
    *(quad *)(to[1] + lane) = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
    *(quad *)(to[2] + lane) = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
    *(quad *)(to[3] + lane) = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
}

// One panel of `count` rows, zero beyond them. The rows hold (channels, taps), the panel's depth is (taps, channels).
static void pack_panel(const float *rows, int64_t row_stride, int64_t count, int64_t channels, int64_t taps, float *to) {
    const int64_t depth = channels * taps;
    if (count < gd_block) memset(to, 0, (size_t)(depth * gd_block) * sizeof(float));
    int64_t k = 0, tap = 0;
    float *line = to;
    if (count == gd_block)
        for (; k + 4 <= depth; k += 4) {
            float *lines[4];
            for (int j = 0; j < 4; j++) {
                lines[j] = line;
                line += channels * gd_block;
                if (++tap == taps) tap = 0, line -= (depth - 1) * gd_block;
            }
            for (int lane = 0; lane < gd_block; lane += 4)
                transpose_4x4(rows + lane * row_stride + k, row_stride, lines, lane);
        }
    for (; k < depth; k++)
        for (int64_t lane = 0; lane < count; lane++)
            to[(k % taps * channels + k / taps) * gd_block + lane] = rows[lane * row_stride + k];
}

void gd_f32_pack_rows(const float *rows, int64_t row_stride, int64_t count, int64_t depth, float *packed) {
    for (int64_t row = 0; row < count; row += gd_block)
        pack_panel(rows + row * row_stride, row_stride, gd_min(gd_block, count - row), depth, 1, packed + row * depth);
}

// Whether a column's weights lie side by side, (channels, taps).
static int columns_are_rows(const gd_weights *w) {
    const int64_t taps = w->kernel_rows * w->kernel_columns;
    return w->channel_stride == taps && (taps == 1 || (w->tap_stride == 1 && w->row_stride == w->kernel_columns));
}

// One panel; `lanes` of its 16 columns exist.
static inline void pack_columns(const gd_weights *w, int64_t column, int lanes, float *to) {
    const float *from = w->values + column * w->column_stride;
    const int64_t taps = w->kernel_rows * w->kernel_columns;
    for (int64_t channel = 0; channel < w->channels; channel++)
        for (int64_t tap = 0; tap < taps; tap++) {
            const float *first = from + channel * w->channel_stride + tap / w->kernel_columns * w->row_stride
                + tap % w->kernel_columns * w->tap_stride;
            float *row = to + (tap * w->channels + channel) * gd_block;
            for (int lane = 0; lane < lanes; lane++) row[lane] = first[lane * w->column_stride];
        }
}

void gd_f32_pack_panel(const gd_weights *w, int64_t panel, float *to) {
    const int64_t column = panel * gd_block, lanes = gd_min(gd_block, w->columns - column);
    if (columns_are_rows(w)) {
        pack_panel(
            w->values + column * w->column_stride, w->column_stride, lanes, w->channels, w->kernel_rows * w->kernel_columns, to);
    } else if (lanes == gd_block) {
        pack_columns(w, column, gd_block, to);
    } else {
        memset(to, 0, (size_t)(gd_weights_depth(w) * gd_block) * sizeof(float));
        pack_columns(w, column, (int)lanes, to);
    }
}

void gd_f32_pack_weights(const gd_weights *w, int64_t first, int64_t end, float *packed) {
    for (int64_t panel = first; panel < end; panel++)
        gd_f32_pack_panel(w, panel, packed + panel * gd_block * gd_weights_depth(w));
}
