#include "gd_movement.h"
#include "gd_parallel.h"
#include "simd/blocking.h"

#include <string.h>

typedef struct {
    int64_t channels_a, channels_b;
    // Rows of one pixel: of the two parts, and of both joined.
    const float *from_a, *from_b, *from_joined;
    float *to_a, *to_b, *to_joined;
} pixels_of;

static void join(gd_share share, int thread, void *context) {
    (void)thread;
    const pixels_of *t = context;
    for (int64_t p = share.first; p < share.end; p++) {
        float *joined = t->to_joined + p * (t->channels_a + t->channels_b);
        memcpy(joined, t->from_a + p * t->channels_a, (size_t)t->channels_a * sizeof(float));
        memcpy(joined + t->channels_a, t->from_b + p * t->channels_b, (size_t)t->channels_b * sizeof(float));
    }
}

static void part(gd_share share, int thread, void *context) {
    (void)thread;
    const pixels_of *t = context;
    for (int64_t p = share.first; p < share.end; p++) {
        const float *joined = t->from_joined + p * (t->channels_a + t->channels_b);
        memcpy(t->to_a + p * t->channels_a, joined, (size_t)t->channels_a * sizeof(float));
        memcpy(t->to_b + p * t->channels_b, joined + t->channels_a, (size_t)t->channels_b * sizeof(float));
    }
}

static int64_t grain_of(int64_t channels_a, int64_t channels_b) {
    return gd_element_blocks.grain / (channels_a + channels_b) + 1;
}

gd_status gd_f32_concatenate_forward__plain(
    int64_t pixels, int64_t channels_a, int64_t channels_b, const float *a, const float *b, float *output, int threads) {
    pixels_of tensors = {.channels_a = channels_a, .channels_b = channels_b, .from_a = a, .from_b = b, .to_joined = output};
    gd_parallel_for(pixels, grain_of(channels_a, channels_b), threads, join, &tensors);
    return GD_OK;
}

gd_status gd_f32_concatenate_backward__plain(
    int64_t pixels, int64_t channels_a, int64_t channels_b, const float *d_output, float *d_a, float *d_b, int threads) {
    pixels_of tensors = {
        .channels_a = channels_a, .channels_b = channels_b, .from_joined = d_output, .to_a = d_a, .to_b = d_b};
    gd_parallel_for(pixels, grain_of(channels_a, channels_b), threads, part, &tensors);
    return GD_OK;
}
