#include "gd_linear.h"

gd_status gd_f32_linear_forward__reference(
    const gd_linear *s, const float *input, const float *weight, const float *bias, float *output, int threads) {
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t r = 0; r < s->rows; r++)
        for (int64_t o = 0; o < s->outputs; o++) {
            double sum = bias ? bias[o] : 0;
            for (int64_t i = 0; i < s->inputs; i++) sum += (double)input[r * s->inputs + i] * weight[o * s->inputs + i];
            output[r * s->outputs + o] = (float)sum;
        }
    return GD_OK;
}

gd_status gd_f32_linear_backward_data__reference(
    const gd_linear *s, const float *d_output, const float *weight, float *d_input, int threads) {
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t r = 0; r < s->rows; r++)
        for (int64_t i = 0; i < s->inputs; i++) {
            double sum = 0;
            for (int64_t o = 0; o < s->outputs; o++)
                sum += (double)d_output[r * s->outputs + o] * weight[o * s->inputs + i];
            d_input[r * s->inputs + i] = (float)sum;
        }
    return GD_OK;
}

gd_status gd_f32_linear_backward_weight__reference(
    const gd_linear *s, const float *input, const float *d_output, float *d_weight, float *d_bias,
    float *scratch, int threads) {
    (void)scratch;
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t o = 0; o < s->outputs; o++) {
        for (int64_t i = 0; i < s->inputs; i++) {
            double sum = 0;
            for (int64_t r = 0; r < s->rows; r++)
                sum += (double)d_output[r * s->outputs + o] * input[r * s->inputs + i];
            d_weight[o * s->inputs + i] += (float)sum;
        }
        if (!d_bias) continue;
        double sum = 0;
        for (int64_t r = 0; r < s->rows; r++) sum += d_output[r * s->outputs + o];
        d_bias[o] += (float)sum;
    }
    return GD_OK;
}
