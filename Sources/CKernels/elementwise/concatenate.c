#include "gd_movement.h"

#include <string.h>

gd_status gd_f32_concatenate_forward__plain(
    int64_t pixels, int64_t channels_a, int64_t channels_b, const float *a, const float *b, float *output, int threads) {
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t p = 0; p < pixels; p++) {
        float *joined = output + p * (channels_a + channels_b);
        memcpy(joined, a + p * channels_a, (size_t)channels_a * sizeof(float));
        memcpy(joined + channels_a, b + p * channels_b, (size_t)channels_b * sizeof(float));
    }
    return GD_OK;
}

gd_status gd_f32_concatenate_backward__plain(
    int64_t pixels, int64_t channels_a, int64_t channels_b, const float *d_output, float *d_a, float *d_b, int threads) {
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t p = 0; p < pixels; p++) {
        const float *joined = d_output + p * (channels_a + channels_b);
        memcpy(d_a + p * channels_a, joined, (size_t)channels_a * sizeof(float));
        memcpy(d_b + p * channels_b, joined + channels_a, (size_t)channels_b * sizeof(float));
    }
    return GD_OK;
}
