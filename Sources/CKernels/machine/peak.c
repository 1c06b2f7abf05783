#include "gd_peak.h"

#include "gd_parallel.h"
#include "gd_simd.h"
#include "peak_kernel.h"

int gd_fma_peak_flops_per_round(void) { return gd_simd_selected()->peak->flops_per_round; }

typedef struct {
    int64_t rounds;
    float *totals;
} work;

static void multiply_add(gd_share share, int thread, void *context) {
    (void)thread;
    const work *w = context;
    for (int64_t i = share.first; i < share.end; i++)
        w->totals[i] = gd_simd_selected()->peak->multiply_add_rounds(w->rounds, 1.0f + (float)i);
}

float gd_f32_fma_peak(int64_t rounds, int threads) {
    float totals[threads], largest = 0;
    gd_parallel_for(threads, 1, threads, multiply_add, &(work){rounds, totals});
    for (int i = 0; i < threads; i++)
        if (totals[i] > largest) largest = totals[i];
    return largest;
}
