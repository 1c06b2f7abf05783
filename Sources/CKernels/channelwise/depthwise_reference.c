#include "convolution/conv2d_blocks.h"
#include "gd_channelwise.h"

static double output_value(
    const gd_window *w, const float *input, const float *weight, int64_t n, int64_t oy, int64_t ox, int64_t c) {
    double sum = 0;
    for (int64_t ky = 0; ky < w->kernel; ky++) {
        const int64_t y = oy * w->stride + ky - w->pad_top;
        if (y < 0 || y >= w->height) continue;
        for (int64_t kx = 0; kx < w->kernel; kx++) {
            const int64_t x = ox * w->stride + kx - w->pad_left;
            if (x < 0 || x >= w->width) continue;
            sum += (double)input[((n * w->height + y) * w->width + x) * w->channels + c]
                * weight[(c * w->kernel + ky) * w->kernel + kx];
        }
    }
    return sum;
}

gd_status gd_f32_depthwise_forward__reference(
    const gd_window *w, const float *input, const float *weight, const float *bias, gd_activation activation,
    float *output, float *scratch, int threads) {
    (void)scratch, (void)threads;
    for (int64_t n = 0; n < w->batch; n++)
        for (int64_t y = 0; y < w->output_height; y++)
            for (int64_t x = 0; x < w->output_width; x++)
                for (int64_t c = 0; c < w->channels; c++)
                    *output++ = gd_activate(
                        activation, (float)(output_value(w, input, weight, n, y, x, c) + (bias ? bias[c] : 0)));
    return GD_OK;
}
