#include "gd_elementwise.h"

#include <math.h>

gd_status gd_f32_silu_forward__reference(int64_t count, const float *input, float *output, int threads) {
    (void)threads;
    for (int64_t i = 0; i < count; i++) output[i] = (float)(input[i] / (1 + exp(-(double)input[i])));
    return GD_OK;
}

gd_status gd_f32_silu_backward__reference(
    int64_t count, const float *input, const float *d_output, float *d_input, int threads) {
    (void)threads;
    for (int64_t i = 0; i < count; i++) {
        const double gate = 1 / (1 + exp(-(double)input[i]));
        d_input[i] = (float)(d_output[i] * gate * (1 + input[i] * (1 - gate)));
    }
    return GD_OK;
}
