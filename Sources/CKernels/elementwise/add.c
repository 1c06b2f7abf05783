#include "gd_elementwise.h"

gd_status gd_f32_add_forward__plain(int64_t count, const float *a, const float *b, float *output, int threads) {
#pragma omp parallel for simd num_threads(threads) schedule(static)
    for (int64_t i = 0; i < count; i++) output[i] = a[i] + b[i];
    return GD_OK;
}
