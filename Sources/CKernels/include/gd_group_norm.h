#pragma once

#include "gd_bf16.h"

/// Group normalisation of (N, P, C) activations, P pixels: each of `groups` runs of C/groups channels is normalised over
/// its pixels and channels, then scaled and shifted by channel, then passed through SiLU if `silu` is not 0.
typedef struct {
    int64_t batch, pixels, channels, groups;
    float epsilon;
    int silu;
} gd_group_norm;

/// output (N, P, C), overwritten (may be the input); statistics (N, groups, 2), overwritten: mean and 1/standard deviation.
typedef gd_status gd_f32_group_norm_forward(
    const gd_group_norm *shape, const float *input, const float *scale, const float *shift, float *output,
    float *statistics, float *scratch, int threads);

/// What a backward pass does on its way over memory; each may be NULL.
typedef struct {
    /// (N, P, C), added to d_input: the residual gradient of a block.
    const float *addend;
    /// (N, P, C), overwritten: the forward pass's output again, to rounding. May not alias.
    float *output;
    /// (N, C), overwritten: sums of d_input, addend included, over the pixels.
    float *sums;
} gd_group_norm_extras;

/// d_input (N, P, C), overwritten (may be d_output); d_scale and d_shift (C), accumulated.
typedef gd_status gd_f32_group_norm_backward(
    const gd_group_norm *shape, const float *input, const float *statistics, const float *scale, const float *shift,
    const float *d_output, float *d_input, float *d_scale, float *d_shift, gd_group_norm_extras extras, float *scratch,
    int threads);

/// Floats of scratch for any pass and kernel.
int64_t gd_group_norm_scratch(const gd_group_norm *shape);

/// Plain loops in Double.
gd_f32_group_norm_forward gd_f32_group_norm_forward__reference;
gd_f32_group_norm_backward gd_f32_group_norm_backward__reference;

/// Vectorised over channels, one task an image and slice of channels.
gd_f32_group_norm_forward gd_f32_group_norm_forward__vector;
gd_f32_group_norm_backward gd_f32_group_norm_backward__vector;

/// The same of bfloat16 activations: parameters, statistics and sums are floats.
gd_status gd_bf16_group_norm_forward__vector(
    const gd_group_norm *shape, const gd_bf16 *input, const float *scale, const float *shift, gd_bf16 *output,
    float *statistics, float *scratch, int threads);

/// `gd_group_norm_extras` of bfloat16.
typedef struct {
    const gd_bf16 *addend;
    gd_bf16 *output;
    float *sums;
} gd_bf16_group_norm_extras;

gd_status gd_bf16_group_norm_backward__vector(
    const gd_group_norm *shape, const gd_bf16 *input, const float *statistics, const float *scale, const float *shift,
    const gd_bf16 *d_output, gd_bf16 *d_input, float *d_scale, float *d_shift, gd_bf16_group_norm_extras extras,
    float *scratch, int threads);
