#include "gd_movement.h"
#include "gd_parallel.h"
#include "simd/blocking.h"

#include <string.h>

// Rows of one pixel, of the two parts and of both joined, whatever their elements are.
typedef struct {
    size_t bytes_a, bytes_b;
    const char *from_a, *from_b, *from_joined;
    char *to_a, *to_b, *to_joined;
} pixels_of;

static void join(gd_share share, int thread, void *context) {
    (void)thread;
    const pixels_of *t = context;
    for (size_t p = (size_t)share.first; p < (size_t)share.end; p++) {
        char *joined = t->to_joined + p * (t->bytes_a + t->bytes_b);
        memcpy(joined, t->from_a + p * t->bytes_a, t->bytes_a);
        memcpy(joined + t->bytes_a, t->from_b + p * t->bytes_b, t->bytes_b);
    }
}

static void part(gd_share share, int thread, void *context) {
    (void)thread;
    const pixels_of *t = context;
    for (size_t p = (size_t)share.first; p < (size_t)share.end; p++) {
        const char *joined = t->from_joined + p * (t->bytes_a + t->bytes_b);
        memcpy(t->to_a + p * t->bytes_a, joined, t->bytes_a);
        memcpy(t->to_b + p * t->bytes_b, joined + t->bytes_a, t->bytes_b);
    }
}

static int64_t grain_of(int64_t channels_a, int64_t channels_b) {
    return gd_element_blocks.grain / (channels_a + channels_b) + 1;
}

static gd_status forward(
    int64_t pixels, int64_t channels_a, int64_t channels_b, size_t size, const void *a, const void *b, void *output, int threads) {
    pixels_of tensors = {
        .bytes_a = (size_t)channels_a * size, .bytes_b = (size_t)channels_b * size, .from_a = a, .from_b = b, .to_joined = output};
    gd_parallel_for(pixels, grain_of(channels_a, channels_b), threads, join, &tensors);
    return GD_OK;
}

static gd_status backward(
    int64_t pixels, int64_t channels_a, int64_t channels_b, size_t size, const void *d_output, void *d_a, void *d_b, int threads) {
    pixels_of tensors = {
        .bytes_a = (size_t)channels_a * size, .bytes_b = (size_t)channels_b * size, .from_joined = d_output, .to_a = d_a,
        .to_b = d_b};
    gd_parallel_for(pixels, grain_of(channels_a, channels_b), threads, part, &tensors);
    return GD_OK;
}

gd_status gd_f32_concatenate_forward__plain(
    int64_t pixels, int64_t channels_a, int64_t channels_b, const float *a, const float *b, float *output, int threads) {
    return forward(pixels, channels_a, channels_b, sizeof(float), a, b, output, threads);
}

gd_status gd_bf16_concatenate_forward__plain(
    int64_t pixels, int64_t channels_a, int64_t channels_b, const gd_bf16 *a, const gd_bf16 *b, gd_bf16 *output, int threads) {
    return forward(pixels, channels_a, channels_b, sizeof(gd_bf16), a, b, output, threads);
}

gd_status gd_f32_concatenate_backward__plain(
    int64_t pixels, int64_t channels_a, int64_t channels_b, const float *d_output, float *d_a, float *d_b, int threads) {
    return backward(pixels, channels_a, channels_b, sizeof(float), d_output, d_a, d_b, threads);
}

gd_status gd_bf16_concatenate_backward__plain(
    int64_t pixels, int64_t channels_a, int64_t channels_b, const gd_bf16 *d_output, gd_bf16 *d_a, gd_bf16 *d_b, int threads) {
    return backward(pixels, channels_a, channels_b, sizeof(gd_bf16), d_output, d_a, d_b, threads);
}
