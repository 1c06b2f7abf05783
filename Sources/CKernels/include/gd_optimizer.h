#pragma once

#include "gd_status.h"

/// Block of a sum that is always added in one order, whatever the threads.
enum { gd_sum_block = 16384 };

/// Number of Doubles of scratch that a blocked sum over `count` values needs.
int64_t gd_sum_scratch(int64_t count);

/// *sum = sum of squares of `count` values, added in Double in blocks of `gd_sum_block`.
gd_status gd_f32_sum_of_squares__plain(int64_t count, const float *values, double *sum, double *scratch, int threads);

/// *loss = weight times the mean of (prediction - target)^2; d_prediction = 2 weight (prediction - target) / count, overwritten; may be
/// NULL.
gd_status gd_f32_mean_squared_error__plain(
    int64_t count, double weight, const float *prediction, const float *target, float *d_prediction, double *loss,
    double *scratch, int threads);

/// One AdamW step's constants. The bias corrections are 1 - beta^step.
typedef struct {
    float learning_rate, beta1, beta2, epsilon, weight_decay;
    float bias_correction1, bias_correction2;
    /// Multiplies every gradient before use: global norm clipping.
    float gradient_scale;
    /// The moving average becomes average_decay * average + (1 - average_decay) * new parameters.
    float average_decay;
} gd_adamw;

/// Updates parameters, both moments and, unless it is NULL, their moving average in place; sets the gradients to 0.
typedef gd_status gd_f32_adamw_step(
    int64_t count, const gd_adamw *options, float *gradients, float *parameters, float *first_moment,
    float *second_moment, float *average, int threads);

/// One element after another, in Double.
gd_f32_adamw_step gd_f32_adamw_step__reference;
/// One pass over memory for clipping, update, average and clearing.
gd_f32_adamw_step gd_f32_adamw_step__fused;
