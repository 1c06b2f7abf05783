#include "attention_heads.h"
#include "elementwise/vector_math.h"

gd_right gd_f32_head_panels(const gd_attention *s, const float *from, float *copy) {
    const int64_t row_stride = gd_head_row_stride(s), columns = gd_head_columns(s);
    if (gd_head_copy_floats(s) == 0) return (gd_right){from, row_stride, gd_block};
    for (int64_t t = 0; t < s->tokens; t++)
        for (int64_t c = 0; c < columns; c++)
            copy[t * columns + c] = c < s->head_channels ? from[t * row_stride + c] : 0;
    return (gd_right){copy, columns, gd_block};
}

void gd_f32_store_head_rows(const gd_attention *s, gd_product from, int64_t rows, float *to) {
    if (from.values == to) return;
    for (int64_t t = 0; t < rows; t++)
        for (int64_t c = 0; c < s->head_channels; c++)
            to[t * gd_head_row_stride(s) + c] = from.values[t * from.row_stride + c];
}

// Scales the row and returns its largest value, over `gd_lanes` running maxima. NaN spreads through the exponentials.
static float scale_row(float *row, int64_t count, float scale) {
    float lanes[gd_lanes];
    for (int lane = 0; lane < gd_lanes; lane++) lanes[lane] = scale * row[0];
    int64_t u = 0;
    for (; u + gd_lanes <= count; u += gd_lanes)
        for (int lane = 0; lane < gd_lanes; lane++) {
            const float value = row[u + lane] * scale;
            lanes[lane] = value > lanes[lane] ? value : lanes[lane];
            row[u + lane] = value;
        }
    for (; u < count; u++) {
        row[u] *= scale;
        lanes[0] = row[u] > lanes[0] ? row[u] : lanes[0];
    }
    for (int lane = 1; lane < gd_lanes; lane++) lanes[0] = lanes[lane] > lanes[0] ? lanes[lane] : lanes[0];
    return lanes[0];
}

void gd_f32_softmax_rows(float *scores, int64_t rows, int64_t count, int64_t stride, float scale) {
    for (int64_t t = 0; t < rows; t++) {
        float *row = scores + t * stride;
        const float largest = scale_row(row, count, scale);
#pragma omp simd
        for (int64_t u = 0; u < count; u++) row[u] = gd_exp(row[u] - largest);
        const float factor = 1 / gd_sum(row, count);
        for (int64_t u = 0; u < count; u++) row[u] *= factor;
    }
}

void gd_f32_softmax_rows_backward(
    const float *probabilities, float *gradients, int64_t rows, int64_t count, int64_t stride, float scale) {
    for (int64_t t = 0; t < rows; t++) {
        const float *p = probabilities + t * stride;
        float *restrict d = gradients + t * stride;
        const float mean = gd_dot(p, d, count);
        for (int64_t u = 0; u < count; u++) d[u] = scale * p[u] * (d[u] - mean);
    }
}
