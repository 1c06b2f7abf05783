#include "gd_elementwise.h"
#include "gd_parallel.h"
#include "simd/blocking.h"

typedef struct {
    float step;
    const float *values;
    float *average;
} update;

static void move(gd_share share, int thread, void *context) {
    (void)thread;
    const update u = *(const update *)context;
#pragma omp simd
    for (int64_t i = share.first; i < share.end; i++) u.average[i] += u.step * (u.values[i] - u.average[i]);
}

gd_status gd_f32_ema_update__plain(int64_t count, float decay, const float *values, float *average, int threads) {
    gd_parallel_for(count, gd_element_blocks.grain, threads, move, &(update){1 - decay, values, average});
    return GD_OK;
}
