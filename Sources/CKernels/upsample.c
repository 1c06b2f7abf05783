#include "gd_movement.h"

#include <string.h>

gd_status gd_f32_upsample_forward__plain(
    int64_t batch, int64_t height, int64_t width, int64_t channels, const float *input, float *output, int threads) {
    const size_t pixel_bytes = (size_t)channels * sizeof(float);
    const int64_t output_row = 2 * width * channels;
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t row = 0; row < batch * height; row++) {
        float *upper = output + 2 * row * output_row;
        for (int64_t x = 0; x < width; x++) {
            const float *pixel = input + (row * width + x) * channels;
            memcpy(upper + 2 * x * channels, pixel, pixel_bytes);
            memcpy(upper + (2 * x + 1) * channels, pixel, pixel_bytes);
        }
        memcpy(upper + output_row, upper, (size_t)output_row * sizeof(float));
    }
    return GD_OK;
}

gd_status gd_f32_upsample_backward__plain(
    int64_t batch, int64_t height, int64_t width, int64_t channels, const float *d_output, float *d_input, int threads) {
    const int64_t output_row = 2 * width * channels;
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t row = 0; row < batch * height; row++)
        for (int64_t x = 0; x < width; x++) {
            const float *upper = d_output + 2 * row * output_row + 2 * x * channels;
            const float *lower = upper + output_row;
            float *restrict pixel = d_input + (row * width + x) * channels;
            for (int64_t c = 0; c < channels; c++)
                pixel[c] = (upper[c] + upper[channels + c]) + (lower[c] + lower[channels + c]);
        }
    return GD_OK;
}
