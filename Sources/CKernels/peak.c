#include "gd_peak.h"

typedef float lanes __attribute__((vector_size(32)));

enum { accumulators = 12 };

static float multiply_add_rounds(int64_t rounds, float start) {
    lanes sums[accumulators];
    for (int i = 0; i < accumulators; i++) sums[i] = (lanes){0} + start + (float)i;
    // Twelve independent chains hide the latency of two units; the factors keep the values finite and normal.
    lanes factor = (lanes){0} + 0.5f, addend = (lanes){0} + start;
    for (int64_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
        for (int i = 0; i < accumulators; i++) sums[i] = sums[i] * factor + addend;
    }
    float total = 0;
    for (int i = 0; i < accumulators; i++) total += sums[i][0] + sums[i][7];
    return total;
}

float gd_f32_fma_peak(int64_t rounds, int threads) {
    float largest = 0;
#pragma omp parallel for schedule(static) num_threads(threads)
    for (int thread = 0; thread < threads; thread++) {
        float total = multiply_add_rounds(rounds, 1.0f + (float)thread);
#pragma omp critical
        if (total > largest) largest = total;
    }
    return largest;
}
