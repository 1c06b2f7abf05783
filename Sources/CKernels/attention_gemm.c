#include "gd_attention.h"
#include "vector_math.h"

#include <cblas.h>
#include <omp.h>

// One head of one image is a (T, head_channels) matrix whose rows lie heads * head_channels apart.
typedef struct {
    int tokens, channels, stride;
    float scale;
} head_shape;

static head_shape head_of(const gd_attention *s) {
    return (head_shape){(int)s->tokens, (int)s->head_channels, (int)(s->heads * s->head_channels), s->scale};
}

static int64_t head_offset(const gd_attention *s, int64_t n, int64_t head) {
    return (n * s->tokens * s->heads + head) * s->head_channels;
}

// scores (T, T) = factor * a * b^T.
static void outer(head_shape h, float factor, const float *a, const float *b, float *scores) {
    cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasTrans, h.tokens, h.tokens, h.channels, factor, a, h.stride, b, h.stride, 0,
        scores, h.tokens);
}

// to (T, channels) = scores * from, or scores^T * from.
static void combine(head_shape h, const float *scores, CBLAS_TRANSPOSE transpose, const float *from, float *to) {
    cblas_sgemm(
        CblasRowMajor, transpose, CblasNoTrans, h.tokens, h.channels, h.tokens, 1, scores, h.tokens, from, h.stride, 0,
        to, h.stride);
}

// Largest value, over `gd_lanes` running maxima. NaN spreads through the exponentials below.
static float largest_of(const float *row, int count) {
    float lanes[gd_lanes];
    for (int lane = 0; lane < gd_lanes; lane++) lanes[lane] = row[0];
    int u = 0;
    for (; u + gd_lanes <= count; u += gd_lanes)
        for (int lane = 0; lane < gd_lanes; lane++) lanes[lane] = row[u + lane] > lanes[lane] ? row[u + lane] : lanes[lane];
    for (; u < count; u++) lanes[0] = row[u] > lanes[0] ? row[u] : lanes[0];
    for (int lane = 1; lane < gd_lanes; lane++) lanes[0] = lanes[lane] > lanes[0] ? lanes[lane] : lanes[0];
    return lanes[0];
}

static void softmax_row(float *row, int count) {
    const float largest = largest_of(row, count);
#pragma omp simd
    for (int u = 0; u < count; u++) row[u] = gd_exp(row[u] - largest);
    const float factor = 1 / gd_sum(row, count);
    for (int u = 0; u < count; u++) row[u] *= factor;
}

static void probabilities_of(head_shape h, const float *query, const float *key, float *probabilities) {
    outer(h, h.scale, query, key, probabilities);
    for (int t = 0; t < h.tokens; t++) softmax_row(probabilities + (int64_t)t * h.tokens, h.tokens);
}

gd_status gd_f32_attention_forward__gemm(
    const gd_attention *s, const float *query, const float *key, const float *value, float *output, float *scratch,
    int threads) {
    const head_shape h = head_of(s);
#pragma omp parallel for collapse(2) num_threads(threads) schedule(static)
    for (int64_t n = 0; n < s->batch; n++)
        for (int64_t head = 0; head < s->heads; head++) {
            const int64_t at = head_offset(s, n, head);
            float *probabilities = scratch + omp_get_thread_num() * s->tokens * s->tokens;
            probabilities_of(h, query + at, key + at, probabilities);
            combine(h, probabilities, CblasNoTrans, value + at, output + at);
        }
    return GD_OK;
}

// In place: d_scores = scale * probabilities * (d_probabilities - their mean under the row's probabilities).
static void softmax_backward(head_shape h, const float *probabilities, float *d_scores) {
    for (int t = 0; t < h.tokens; t++) {
        const float *p = probabilities + (int64_t)t * h.tokens;
        float *d = d_scores + (int64_t)t * h.tokens;
        const float mean = gd_dot(p, d, h.tokens);
        for (int u = 0; u < h.tokens; u++) d[u] = h.scale * p[u] * (d[u] - mean);
    }
}

gd_status gd_f32_attention_backward__gemm(
    const gd_attention *s, const float *query, const float *key, const float *value, const float *d_output,
    float *d_query, float *d_key, float *d_value, float *scratch, int threads) {
    const head_shape h = head_of(s);
    const int64_t scores = s->tokens * s->tokens;
#pragma omp parallel for collapse(2) num_threads(threads) schedule(static)
    for (int64_t n = 0; n < s->batch; n++)
        for (int64_t head = 0; head < s->heads; head++) {
            const int64_t at = head_offset(s, n, head);
            float *probabilities = scratch + 2 * omp_get_thread_num() * scores;
            float *d_scores = probabilities + scores;
            probabilities_of(h, query + at, key + at, probabilities);
            combine(h, probabilities, CblasTrans, d_output + at, d_value + at);
            outer(h, 1, d_output + at, value + at, d_scores);
            softmax_backward(h, probabilities, d_scores);
            combine(h, d_scores, CblasNoTrans, key + at, d_query + at);
            combine(h, d_scores, CblasTrans, query + at, d_key + at);
        }
    return GD_OK;
}
