#include "gd_optimizer.h"

#include <math.h>

gd_status gd_f32_adamw_step__plain(
    int64_t count, const gd_adamw *options, const float *gradients, float *parameters, float *first_moment,
    float *second_moment, int threads) {
    const gd_adamw o = *options;
    const float keep = 1 - o.learning_rate * o.weight_decay;
    const float step = o.learning_rate / o.bias_correction1;
    const float inverse_root = 1 / sqrtf(o.bias_correction2);
#pragma omp parallel for simd num_threads(threads) schedule(static)
    for (int64_t i = 0; i < count; i++) {
        const float gradient = gradients[i] * o.gradient_scale;
        const float first = first_moment[i] + (1 - o.beta1) * (gradient - first_moment[i]);
        const float second = o.beta2 * second_moment[i] + (1 - o.beta2) * gradient * gradient;
        first_moment[i] = first;
        second_moment[i] = second;
        parameters[i] = keep * parameters[i] - step * first / (sqrtf(second) * inverse_root + o.epsilon);
    }
    return GD_OK;
}
