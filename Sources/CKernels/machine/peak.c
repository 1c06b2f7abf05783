#include "gd_peak.h"

#include "gd_simd.h"
#include "peak_kernel.h"

int gd_fma_peak_flops_per_round(void) { return gd_simd_selected()->peak->flops_per_round; }

float gd_f32_fma_peak(int64_t rounds, int threads) {
    const gd_peak_kernel *peak = gd_simd_selected()->peak;
    float largest = 0;
#pragma omp parallel for schedule(static) num_threads(threads)
    for (int thread = 0; thread < threads; thread++) {
        const float total = peak->multiply_add_rounds(rounds, 1.0f + (float)thread);
#pragma omp critical
        if (total > largest) largest = total;
    }
    return largest;
}
