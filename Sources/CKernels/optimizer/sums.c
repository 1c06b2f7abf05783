#include "gd_optimizer.h"

int64_t gd_sum_scratch(int64_t count) { return (count + gd_sum_block - 1) / gd_sum_block; }

static inline int64_t block_end(int64_t block, int64_t count) {
    const int64_t end = (block + 1) * gd_sum_block;
    return end < count ? end : count;
}

// Eight running sums, added in a fixed tree: vectorises without reassociation by the compiler.
static inline double sum_of_eight(const double lanes[8]) {
    return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

static double total(const double *partial, int64_t blocks) {
    double sum = 0;
    for (int64_t block = 0; block < blocks; block++) sum += partial[block];
    return sum;
}

gd_status gd_f32_sum_of_squares__plain(int64_t count, const float *values, double *sum, double *scratch, int threads) {
    const int64_t blocks = gd_sum_scratch(count);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t block = 0; block < blocks; block++) {
        double lanes[8] = {0};
        const int64_t end = block_end(block, count);
        int64_t i = block * gd_sum_block;
        for (; i + 8 <= end; i += 8)
            for (int lane = 0; lane < 8; lane++) lanes[lane] += (double)values[i + lane] * values[i + lane];
        for (; i < end; i++) lanes[i % 8] += (double)values[i] * values[i];
        scratch[block] = sum_of_eight(lanes);
    }
    *sum = total(scratch, blocks);
    return GD_OK;
}

gd_status gd_f32_mean_squared_error__plain(
    int64_t count, const float *prediction, const float *target, float *d_prediction, double *loss, double *scratch,
    int threads) {
    if (count <= 0) return GD_UNSUPPORTED;
    const int64_t blocks = gd_sum_scratch(count);
    const float slope = (float)(2.0 / (double)count);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t block = 0; block < blocks; block++) {
        double lanes[8] = {0};
        const int64_t end = block_end(block, count);
        for (int64_t i = block * gd_sum_block; i < end; i++) {
            const float difference = prediction[i] - target[i];
            lanes[i % 8] += (double)difference * difference;
            if (d_prediction) d_prediction[i] = slope * difference;
        }
        scratch[block] = sum_of_eight(lanes);
    }
    *loss = total(scratch, blocks) / (double)count;
    return GD_OK;
}
