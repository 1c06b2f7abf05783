#include "gd_elementwise.h"
#include "vector_math.h"

gd_status gd_f32_silu_forward__vector(int64_t count, const float *input, float *output, int threads) {
#pragma omp parallel for simd num_threads(threads) schedule(static)
    for (int64_t i = 0; i < count; i++) output[i] = gd_silu(input[i]);
    return GD_OK;
}

gd_status gd_f32_silu_backward__vector(
    int64_t count, const float *input, const float *d_output, float *d_input, int threads) {
#pragma omp parallel for simd num_threads(threads) schedule(static)
    for (int64_t i = 0; i < count; i++) d_input[i] = d_output[i] * gd_silu_slope(input[i]);
    return GD_OK;
}
