#include "gd_elementwise.h"

gd_status gd_f32_ema_update__plain(int64_t count, float decay, const float *values, float *average, int threads) {
    const float step = 1 - decay;
#pragma omp parallel for simd num_threads(threads) schedule(static)
    for (int64_t i = 0; i < count; i++) average[i] += step * (values[i] - average[i]);
    return GD_OK;
}
