#include "conv2d_blocks.h"
#include "gd_bf16_conv2d.h"

// The plain convolutions of floats on the same operands: activations as floats, weights rounded as the products round them.

static int64_t input_count(const gd_conv2d *g) { return g->batch * g->height * g->width * g->input_channels; }
static int64_t output_count(const gd_conv2d *g) { return gd_conv2d_pixels(g) * g->output_channels; }
static int64_t weight_count(const gd_conv2d *g) { return g->output_channels * gd_conv2d_depth(g); }

int64_t gd_bf16_conv2d_scratch__reference(const gd_conv2d *g, int threads) {
    (void)threads;
    return input_count(g) + weight_count(g) + 2 * output_count(g);
}

// `count` bfloat16 as floats at `*place`, which moves on behind them.
static const float *widened(const gd_bf16 *values, int64_t count, float **place) {
    float *to = *place;
    *place += count;
    for (int64_t i = 0; i < count; i++) to[i] = gd_bf16_value(values[i]);
    return to;
}

static const float *rounded_weights(const gd_conv2d *g, const float *weight, float **place) {
    float *to = *place;
    *place += weight_count(g);
    for (int64_t i = 0; i < weight_count(g); i++) to[i] = gd_bf16_value(gd_bf16_nearest(weight[i]));
    return to;
}

static void round_all(const float *values, int64_t count, gd_bf16 *to) {
    for (int64_t i = 0; i < count; i++) to[i] = gd_bf16_nearest(values[i]);
}

gd_status gd_bf16_conv2d_forward__reference(
    const gd_conv2d *g, const gd_bf16 *input, const float *weight, const gd_bf16_epilogue *e, gd_bf16 *output, float *scratch,
    int threads) {
    const float *wide = widened(input, input_count(g), &scratch), *w = rounded_weights(g, weight, &scratch);
    const float *residual = e->residual ? widened(e->residual, output_count(g), &scratch) : NULL;
    const gd_epilogue epilogue = {e->bias, e->image_bias, residual, e->activation};
    gd_f32_conv2d_forward__reference(g, wide, w, &epilogue, scratch, NULL, threads);
    round_all(scratch, output_count(g), output);
    return GD_OK;
}

gd_status gd_bf16_conv2d_backward_data__reference(
    const gd_conv2d *g, const gd_bf16 *d_output, const float *weight, gd_bf16 *d_input, int accumulate, float *scratch,
    int threads) {
    const float *wide = widened(d_output, output_count(g), &scratch), *w = rounded_weights(g, weight, &scratch);
    if (accumulate)
        for (int64_t i = 0; i < input_count(g); i++) scratch[i] = gd_bf16_value(d_input[i]);
    gd_f32_conv2d_backward_data__reference(g, wide, w, scratch, accumulate, NULL, threads);
    round_all(scratch, input_count(g), d_input);
    return GD_OK;
}

gd_status gd_bf16_conv2d_backward_weight__reference(
    const gd_conv2d *g, const gd_bf16 *input, const gd_bf16 *d_output, float *d_weight, float *d_bias, float *scratch,
    int threads) {
    const float *wide = widened(input, input_count(g), &scratch), *d_wide = widened(d_output, output_count(g), &scratch);
    return gd_f32_conv2d_backward_weight__reference(g, wide, d_wide, d_weight, d_bias, NULL, threads);
}
