#include "gd_attention.h"

#include <math.h>

int64_t gd_attention_forward_scratch__reference(const gd_attention *s, int threads) { return threads * s->tokens * s->tokens; }

int64_t gd_attention_backward_scratch__reference(const gd_attention *s, int threads) {
    return 2 * threads * s->tokens * s->tokens;
}

static inline int64_t element(const gd_attention *s, int64_t n, int64_t head, int64_t token) {
    return ((n * s->tokens + token) * s->heads + head) * s->head_channels;
}

static double dot(const float *a, const float *b, int64_t count) {
    double sum = 0;
    for (int64_t i = 0; i < count; i++) sum += (double)a[i] * b[i];
    return sum;
}

// probabilities (T, T) of one head: softmax over the keys.
static void softmax_scores(
    const gd_attention *s, const float *query, const float *key, int64_t n, int64_t head, float *probabilities) {
    for (int64_t t = 0; t < s->tokens; t++) {
        float *row = probabilities + t * s->tokens;
        float largest = -INFINITY;
        for (int64_t u = 0; u < s->tokens; u++) {
            row[u] = s->scale * (float)dot(query + element(s, n, head, t), key + element(s, n, head, u), s->head_channels);
            largest = fmaxf(largest, row[u]);
        }
        double sum = 0;
        for (int64_t u = 0; u < s->tokens; u++) sum += exp((double)row[u] - largest);
        for (int64_t u = 0; u < s->tokens; u++) row[u] = (float)(exp((double)row[u] - largest) / sum);
    }
}

gd_status gd_f32_attention_forward__reference(
    const gd_attention *s, const float *query, const float *key, const float *value, float *output,
    float *scratch, int threads) {
    (void)threads;
    for (int64_t n = 0; n < s->batch; n++)
        for (int64_t head = 0; head < s->heads; head++) {
            float *probabilities = scratch;
            softmax_scores(s, query, key, n, head, probabilities);
            for (int64_t t = 0; t < s->tokens; t++)
                for (int64_t c = 0; c < s->head_channels; c++) {
                    double sum = 0;
                    for (int64_t u = 0; u < s->tokens; u++)
                        sum += (double)probabilities[t * s->tokens + u] * value[element(s, n, head, u) + c];
                    output[element(s, n, head, t) + c] = (float)sum;
                }
        }
    return GD_OK;
}

// d_scores (T, T) of one head, from its probabilities.
static void score_gradients(
    const gd_attention *s, const float *value, const float *d_output, int64_t n, int64_t head,
    const float *probabilities, float *d_scores) {
    for (int64_t t = 0; t < s->tokens; t++) {
        const float *row = probabilities + t * s->tokens;
        float *d_row = d_scores + t * s->tokens;
        double mean = 0;
        for (int64_t u = 0; u < s->tokens; u++) {
            d_row[u] = (float)dot(d_output + element(s, n, head, t), value + element(s, n, head, u), s->head_channels);
            mean += (double)row[u] * d_row[u];
        }
        for (int64_t u = 0; u < s->tokens; u++) d_row[u] = (float)(s->scale * row[u] * (d_row[u] - mean));
    }
}

gd_status gd_f32_attention_backward__reference(
    const gd_attention *s, const float *query, const float *key, const float *value, const float *d_output,
    float *d_query, float *d_key, float *d_value, float *scratch, int threads) {
    (void)threads;
    const int64_t scores = s->tokens * s->tokens;
    for (int64_t n = 0; n < s->batch; n++)
        for (int64_t head = 0; head < s->heads; head++) {
            float *probabilities = scratch;
            float *d_scores = probabilities + scores;
            softmax_scores(s, query, key, n, head, probabilities);
            score_gradients(s, value, d_output, n, head, probabilities, d_scores);
            for (int64_t t = 0; t < s->tokens; t++)
                for (int64_t c = 0; c < s->head_channels; c++) {
                    double by_query = 0, by_key = 0, by_value = 0;
                    for (int64_t u = 0; u < s->tokens; u++) {
                        by_query += (double)d_scores[t * s->tokens + u] * key[element(s, n, head, u) + c];
                        by_key += (double)d_scores[u * s->tokens + t] * query[element(s, n, head, u) + c];
                        by_value += (double)probabilities[u * s->tokens + t] * d_output[element(s, n, head, u) + c];
                    }
                    d_query[element(s, n, head, t) + c] = (float)by_query;
                    d_key[element(s, n, head, t) + c] = (float)by_key;
                    d_value[element(s, n, head, t) + c] = (float)by_value;
                }
        }
    return GD_OK;
}
