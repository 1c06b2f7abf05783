#pragma once

#include "gd_bf16.h"

// Element-by-element operations on `count` floats. An output may be the same memory as any input of equal shape.

/// output = x / (1 + exp(-x)).
typedef gd_status gd_f32_silu_forward(int64_t count, const float *input, float *output, int threads);
/// d_input = d_output * SiLU'(input).
typedef gd_status gd_f32_silu_backward(
    int64_t count, const float *input, const float *d_output, float *d_input, int threads);

/// In Double, with the C library's exp.
gd_f32_silu_forward gd_f32_silu_forward__reference;
gd_f32_silu_backward gd_f32_silu_backward__reference;
/// Relative error of the forward pass at most 5e-7.
gd_f32_silu_forward gd_f32_silu_forward__vector;
gd_f32_silu_backward gd_f32_silu_backward__vector;

/// output = a + b.
gd_status gd_f32_add_forward__plain(int64_t count, const float *a, const float *b, float *output, int threads);

gd_status gd_bf16_add_forward__plain(int64_t count, const gd_bf16 *a, const gd_bf16 *b, gd_bf16 *output, int threads);

/// average = decay * average + (1 - decay) * values.
gd_status gd_f32_ema_update__plain(int64_t count, float decay, const float *values, float *average, int threads);
