#include "conv2d_blocks.h"

// Input row of output row `o` and kernel row `k` (or columns alike), before upsampling; outside 0..<extent it is padding.
static inline int64_t source(int64_t o, int64_t k, int64_t stride, int64_t pad) { return o * stride + k - pad; }

static inline int64_t weight_index(const gd_conv2d *g, int64_t o, int64_t i, int64_t ky, int64_t kx) {
    return ((o * g->input_channels + i) * g->kernel_rows + ky) * g->kernel_columns + kx;
}

static inline int64_t input_index(const gd_conv2d *g, int64_t n, int64_t y, int64_t x) {
    return ((n * g->height + y / g->upsample) * g->width + x / g->upsample) * g->input_channels;
}

static inline int64_t output_index(const gd_conv2d *g, int64_t n, int64_t y, int64_t x) {
    return ((n * g->output_height + y) * g->output_width + x) * g->output_channels;
}

static double output_value(
    const gd_conv2d *g, const float *input, const float *weight, int64_t n, int64_t oy, int64_t ox, int64_t o) {
    double sum = 0;
    for (int64_t ky = 0; ky < g->kernel_rows; ky++) {
        int64_t y = source(oy, ky, g->stride, g->pad_top);
        if (y < 0 || y >= g->upsample * g->height) continue;
        for (int64_t kx = 0; kx < g->kernel_columns; kx++) {
            int64_t x = source(ox, kx, g->stride, g->pad_left);
            if (x < 0 || x >= g->upsample * g->width) continue;
            const float *pixel = input + input_index(g, n, y, x);
            for (int64_t i = 0; i < g->input_channels; i++)
                sum += (double)pixel[i] * weight[weight_index(g, o, i, ky, kx)];
        }
    }
    return sum;
}

gd_status gd_f32_conv2d_forward__reference(
    const gd_conv2d *g, const float *input, const float *weight, const gd_epilogue *epilogue, float *output,
    float *scratch, int threads) {
    (void)scratch, (void)threads;
    for (int64_t n = 0; n < g->batch; n++)
        for (int64_t oy = 0; oy < g->output_height; oy++)
            for (int64_t ox = 0; ox < g->output_width; ox++) {
                const int64_t pixel = (n * g->output_height + oy) * g->output_width + ox;
                for (int64_t o = 0; o < g->output_channels; o++)
                    output[pixel * g->output_channels + o] = gd_activate(
                        epilogue->activation,
                        (float)(output_value(g, input, weight, n, oy, ox, o) + gd_epilogue_value(g, epilogue, pixel, o)));
            }
    return GD_OK;
}

// The gradient of one pixel as the convolution sees it, upsampled.
static double seen_gradient(
    const gd_conv2d *g, const float *d_output, const float *weight, int64_t n, int64_t y, int64_t x, int64_t i) {
    double sum = 0;
    for (int64_t ky = 0; ky < g->kernel_rows; ky++) {
        int64_t shifted_y = y + g->pad_top - ky;
        if (shifted_y < 0 || shifted_y % g->stride || shifted_y / g->stride >= g->output_height) continue;
        for (int64_t kx = 0; kx < g->kernel_columns; kx++) {
            int64_t shifted_x = x + g->pad_left - kx;
            if (shifted_x < 0 || shifted_x % g->stride || shifted_x / g->stride >= g->output_width) continue;
            const float *pixel = d_output + output_index(g, n, shifted_y / g->stride, shifted_x / g->stride);
            for (int64_t o = 0; o < g->output_channels; o++)
                sum += (double)pixel[o] * weight[weight_index(g, o, i, ky, kx)];
        }
    }
    return sum;
}

static double data_gradient(
    const gd_conv2d *g, const float *d_output, const float *weight, int64_t n, int64_t y, int64_t x, int64_t i) {
    double sum = 0;
    for (int64_t row = 0; row < g->upsample; row++)
        for (int64_t column = 0; column < g->upsample; column++)
            sum += seen_gradient(g, d_output, weight, n, g->upsample * y + row, g->upsample * x + column, i);
    return sum;
}

gd_status gd_f32_conv2d_backward_data__reference(
    const gd_conv2d *g, const float *d_output, const float *weight, float *d_input, int accumulate, float *scratch,
    int threads) {
    (void)scratch, (void)threads;
    for (int64_t n = 0; n < g->batch; n++)
        for (int64_t y = 0; y < g->height; y++)
            for (int64_t x = 0; x < g->width; x++) {
                float *pixel = d_input + ((n * g->height + y) * g->width + x) * g->input_channels;
                for (int64_t i = 0; i < g->input_channels; i++)
                    pixel[i] = (accumulate ? pixel[i] : 0) + (float)data_gradient(g, d_output, weight, n, y, x, i);
            }
    return GD_OK;
}

static double weight_gradient(
    const gd_conv2d *g, const float *input, const float *d_output, int64_t o, int64_t i, int64_t ky, int64_t kx) {
    double sum = 0;
    for (int64_t n = 0; n < g->batch; n++)
        for (int64_t oy = 0; oy < g->output_height; oy++) {
            int64_t y = source(oy, ky, g->stride, g->pad_top);
            if (y < 0 || y >= g->upsample * g->height) continue;
            for (int64_t ox = 0; ox < g->output_width; ox++) {
                int64_t x = source(ox, kx, g->stride, g->pad_left);
                if (x < 0 || x >= g->upsample * g->width) continue;
                sum += (double)input[input_index(g, n, y, x) + i] * d_output[output_index(g, n, oy, ox) + o];
            }
        }
    return sum;
}

gd_status gd_f32_conv2d_backward_weight__reference(
    const gd_conv2d *g, const float *input, const float *d_output, float *d_weight, float *d_bias,
    float *scratch, int threads) {
    (void)scratch, (void)threads;
    const int64_t pixels = g->batch * g->output_height * g->output_width;
    for (int64_t o = 0; o < g->output_channels; o++) {
        for (int64_t i = 0; i < g->input_channels; i++)
            for (int64_t ky = 0; ky < g->kernel_rows; ky++)
                for (int64_t kx = 0; kx < g->kernel_columns; kx++)
                    d_weight[weight_index(g, o, i, ky, kx)] += (float)weight_gradient(g, input, d_output, o, i, ky, kx);
        if (!d_bias) continue;
        double sum = 0;
        for (int64_t p = 0; p < pixels; p++) sum += d_output[p * g->output_channels + o];
        d_bias[o] += (float)sum;
    }
    return GD_OK;
}
