#pragma once

#include "gd_status.h"

/// A dense layer: `rows` vectors of `inputs` features to `outputs` features. Weights (outputs, inputs).
typedef struct {
    int64_t rows, inputs, outputs;
} gd_linear;

/// output (rows, outputs), overwritten = input (rows, inputs) * weight^T + bias (outputs), which may be NULL.
typedef gd_status gd_f32_linear_forward(
    const gd_linear *shape, const float *input, const float *weight, const float *bias, float *output, int threads);

/// d_input (rows, inputs), overwritten.
typedef gd_status gd_f32_linear_backward_data(
    const gd_linear *shape, const float *d_output, const float *weight, float *d_input, int threads);

/// d_weight (outputs, inputs) and d_bias (outputs), accumulated; d_bias may be NULL.
typedef gd_status gd_f32_linear_backward_weight(
    const gd_linear *shape, const float *input, const float *d_output, float *d_weight, float *d_bias,
    float *scratch, int threads);

/// Plain loops with Double accumulators; the scratch pointer is not used.
gd_f32_linear_forward gd_f32_linear_forward__reference;
gd_f32_linear_backward_data gd_f32_linear_backward_data__reference;
gd_f32_linear_backward_weight gd_f32_linear_backward_weight__reference;
