#include "gd_elementwise.h"
#include "gd_parallel.h"
#include "simd/blocking.h"
#include "vector_math.h"

typedef struct {
    const float *input, *d_output;
    float *result;
} tensors;

static void forward(gd_share share, int thread, void *context) {
    (void)thread;
    const tensors t = *(const tensors *)context;
#pragma omp simd
    for (int64_t i = share.first; i < share.end; i++) t.result[i] = gd_silu(t.input[i]);
}

static void backward(gd_share share, int thread, void *context) {
    (void)thread;
    const tensors t = *(const tensors *)context;
#pragma omp simd
    for (int64_t i = share.first; i < share.end; i++) t.result[i] = t.d_output[i] * gd_silu_slope(t.input[i]);
}

gd_status gd_f32_silu_forward__vector(int64_t count, const float *input, float *output, int threads) {
    gd_parallel_for(count, gd_element_blocks.grain, threads, forward, &(tensors){.input = input, .result = output});
    return GD_OK;
}

gd_status gd_f32_silu_backward__vector(
    int64_t count, const float *input, const float *d_output, float *d_input, int threads) {
    gd_parallel_for(count, gd_element_blocks.grain, threads, backward, &(tensors){input, d_output, d_input});
    return GD_OK;
}
