#pragma once

#include "gd_bf16.h"

/// Self-attention: query, key and value (N, T, heads * head_channels), `softmax(scale * Q K^T) V` in each head.
typedef struct {
    int64_t batch, tokens, heads, head_channels;
    float scale;
} gd_attention;

/// output (N, T, heads * head_channels), overwritten.
typedef gd_status gd_f32_attention_forward(
    const gd_attention *shape, const float *query, const float *key, const float *value, float *output,
    float *scratch, int threads);

/// d_query, d_key, d_value (N, T, heads * head_channels), overwritten. The probabilities are computed again.
typedef gd_status gd_f32_attention_backward(
    const gd_attention *shape, const float *query, const float *key, const float *value, const float *d_output,
    float *d_query, float *d_key, float *d_value, float *scratch, int threads);

/// Plain loops with Double accumulators.
gd_f32_attention_forward gd_f32_attention_forward__reference;
gd_f32_attention_backward gd_f32_attention_backward__reference;

/// Floats of scratch that the `reference` passes need with `threads` threads.
int64_t gd_attention_forward_scratch__reference(const gd_attention *shape, int threads);
int64_t gd_attention_backward_scratch__reference(const gd_attention *shape, int threads);

/// Blocks of rows in the packed microkernel: scores stay in the caches.
gd_f32_attention_forward gd_f32_attention_forward__blocked;
gd_f32_attention_backward gd_f32_attention_backward__blocked;

/// Floats of scratch that the `blocked` passes need with `threads` threads.
int64_t gd_attention_forward_scratch__blocked(const gd_attention *shape, int threads);
int64_t gd_attention_backward_scratch__blocked(const gd_attention *shape, int threads);

/// The same of bfloat16: scores are floats, and are rounded as they become factors.
gd_status gd_bf16_attention_forward__blocked(
    const gd_attention *shape, const gd_bf16 *query, const gd_bf16 *key, const gd_bf16 *value, gd_bf16 *output, float *scratch,
    int threads);
gd_status gd_bf16_attention_backward__blocked(
    const gd_attention *shape, const gd_bf16 *query, const gd_bf16 *key, const gd_bf16 *value, const gd_bf16 *d_output,
    gd_bf16 *d_query, gd_bf16 *d_key, gd_bf16 *d_value, float *scratch, int threads);

int64_t gd_bf16_attention_forward_scratch__blocked(const gd_attention *shape, int threads);
int64_t gd_bf16_attention_backward_scratch__blocked(const gd_attention *shape, int threads);
