#include "gd_optimizer.h"
#include "gd_parallel.h"
#include "simd/blocking.h"

#include <math.h>

// What the elements of one step have in common.
typedef struct {
    float gradient_scale, beta1_rest, beta2, beta2_rest, keep, step, inverse_root, epsilon;
} factors;

static void update(
    int64_t count, factors f, float *restrict gradients, float *restrict parameters, float *restrict first_moment,
    float *restrict second_moment) {
    for (int64_t i = 0; i < count; i++) {
        const float gradient = gradients[i] * f.gradient_scale;
        const float first = first_moment[i] + f.beta1_rest * (gradient - first_moment[i]);
        const float second = f.beta2 * second_moment[i] + f.beta2_rest * gradient * gradient;
        gradients[i] = 0;
        first_moment[i] = first;
        second_moment[i] = second;
        parameters[i] = f.keep * parameters[i] - f.step * first / (sqrtf(second) * f.inverse_root + f.epsilon);
    }
}

// A second loop over the block, whose parameters are still in the cache.
static void move_average(int64_t count, float rest, const float *restrict parameters, float *restrict average) {
    for (int64_t i = 0; i < count; i++) average[i] += rest * (parameters[i] - average[i]);
}

typedef struct {
    int64_t count;
    factors f;
    float average_rest;
    float *gradients, *parameters, *first_moment, *second_moment, *average;
} optimizer_step;

static void update_blocks(gd_share share, int thread, void *context) {
    (void)thread;
    const optimizer_step *s = context;
    const int64_t block = gd_adamw_blocks.elements;
    for (int64_t first = share.first * block; first < share.end * block && first < s->count; first += block) {
        const int64_t length = s->count - first < block ? s->count - first : block;
        update(length, s->f, s->gradients + first, s->parameters + first, s->first_moment + first, s->second_moment + first);
        if (s->average) move_average(length, s->average_rest, s->parameters + first, s->average + first);
    }
}

gd_status gd_f32_adamw_step__fused(
    int64_t count, const gd_adamw *o, float *gradients, float *parameters, float *first_moment, float *second_moment,
    float *average, int threads) {
    optimizer_step step = {
        .count = count,
        .f = {
            .gradient_scale = o->gradient_scale, .beta1_rest = 1 - o->beta1, .beta2 = o->beta2, .beta2_rest = 1 - o->beta2,
            .keep = 1 - o->learning_rate * o->weight_decay, .step = o->learning_rate / o->bias_correction1,
            .inverse_root = 1 / sqrtf(o->bias_correction2), .epsilon = o->epsilon},
        .average_rest = 1 - o->average_decay, .gradients = gradients, .parameters = parameters,
        .first_moment = first_moment, .second_moment = second_moment, .average = average};
    gd_parallel_for(
        (count + gd_adamw_blocks.elements - 1) / gd_adamw_blocks.elements, 1, threads, update_blocks, &step);
    return GD_OK;
}
