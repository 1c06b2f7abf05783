#include "gd_elementwise.h"

gd_status gd_f32_channel_bias_forward__plain(
    int64_t batch, int64_t pixels, int64_t channels, const float *bias, float *x, int threads) {
#pragma omp parallel for collapse(2) num_threads(threads) schedule(static)
    for (int64_t n = 0; n < batch; n++)
        for (int64_t p = 0; p < pixels; p++) {
            const float *sample = bias + n * channels;
            float *pixel = x + (n * pixels + p) * channels;
            for (int64_t c = 0; c < channels; c++) pixel[c] += sample[c];
        }
    return GD_OK;
}

gd_status gd_f32_channel_bias_backward__plain(
    int64_t batch, int64_t pixels, int64_t channels, const float *d_output, float *d_bias, int threads) {
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t n = 0; n < batch; n++) {
        float *restrict sum = d_bias + n * channels;
        for (int64_t c = 0; c < channels; c++) sum[c] = 0;
        for (int64_t p = 0; p < pixels; p++) {
            const float *pixel = d_output + (n * pixels + p) * channels;
            for (int64_t c = 0; c < channels; c++) sum[c] += pixel[c];
        }
    }
    return GD_OK;
}
