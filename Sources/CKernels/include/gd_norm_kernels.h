#pragma once

#include "gd_bf16.h"

/// A block of pixels of a channels-last activation: channel c of pixel p at [p * stride + c].
typedef struct {
    int64_t pixels, stride, channels;
} gd_norm_block;

/// What a normalisation does to each channel: ((x - centre) * inverse) * scale + shift.
typedef struct {
    const float *centre, *inverse, *scale, *shift;
} gd_norm_rows;

/// Sums by channel, accumulated: of the gradient by the affine output times the normalised value, and of that gradient.
typedef struct {
    float *by_scale, *by_shift;
} gd_norm_sums;

/// The gradient of a normalisation's input by channel: d_affine * factor - ((x - centre) * slope + offset).
typedef struct {
    const float *centre, *factor, *slope, *offset;
} gd_norm_slopes;

/// The loops of a normalisation of an instruction set.
typedef struct gd_norm_kernels {
    /// sums (channels) = sum of x over the pixels; deviations = sum of squares about the mean that follows from it.
    void (*moments)(gd_norm_block block, const float *x, float *sums, float *deviations);
    /// y = the normalised x, through SiLU if asked for; may be x.
    void (*apply)(gd_norm_block block, const float *x, gd_norm_rows rows, int silu, float *y);
    /// d_affine (may be d_y) = d_y times the slope of SiLU if there is one; y, unless NULL, as `apply` gives it.
    void (*affine_gradients)(
        gd_norm_block block, const float *x, const float *d_y, gd_norm_rows rows, int silu, float *d_affine, float *y,
        gd_norm_sums sums);
    /// d_x: in, the gradient by the affine output; out, that by x, plus `addend` unless NULL. sums (channels) += d_x.
    void (*input_gradients)(
        gd_norm_block block, const float *x, const float *addend, gd_norm_slopes slopes, float *d_x, float *sums);
} gd_norm_kernels;

/// The same on bfloat16: sums and what is applied are floats.
typedef struct gd_bf16_norm_kernels {
    void (*moments)(gd_norm_block block, const gd_bf16 *x, float *sums, float *deviations);
    void (*apply)(gd_norm_block block, const gd_bf16 *x, gd_norm_rows rows, int silu, gd_bf16 *y);
    void (*affine_gradients)(
        gd_norm_block block, const gd_bf16 *x, const gd_bf16 *d_y, gd_norm_rows rows, int silu, gd_bf16 *d_affine, gd_bf16 *y,
        gd_norm_sums sums);
    void (*input_gradients)(
        gd_norm_block block, const gd_bf16 *x, const gd_bf16 *addend, gd_norm_slopes slopes, gd_bf16 *d_x, float *sums);
} gd_bf16_norm_kernels;
