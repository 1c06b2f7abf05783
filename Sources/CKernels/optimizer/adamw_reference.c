#include "gd_optimizer.h"

#include <math.h>

gd_status gd_f32_adamw_step__reference(
    int64_t count, const gd_adamw *o, float *gradients, float *parameters, float *first_moment, float *second_moment,
    float *average, int threads) {
    (void)threads;
    (void)threads;
    for (int64_t i = 0; i < count; i++) {
        const double gradient = (double)gradients[i] * o->gradient_scale;
        const double first = (double)o->beta1 * first_moment[i] + (1 - (double)o->beta1) * gradient;
        const double second = (double)o->beta2 * second_moment[i] + (1 - (double)o->beta2) * gradient * gradient;
        const double decayed = parameters[i] * (1 - (double)o->learning_rate * o->weight_decay);
        const double root = sqrt(second / o->bias_correction2) + o->epsilon;
        const double parameter = decayed - o->learning_rate * (first / o->bias_correction1) / root;
        gradients[i] = 0;
        first_moment[i] = (float)first;
        second_moment[i] = (float)second;
        parameters[i] = (float)parameter;
        if (average) average[i] = (float)(o->average_decay * (double)average[i] + (1 - (double)o->average_decay) * parameter);
    }
    return GD_OK;
}
