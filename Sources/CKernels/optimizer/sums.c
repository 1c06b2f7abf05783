#include "gd_optimizer.h"
#include "gd_parallel.h"

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

typedef struct {
    int64_t count;
    const float *values, *target;
    float slope;
    float *d_values;
    // One for each block.
    double *partial;
} terms;

static void add_squares(gd_share share, int thread, void *context) {
    (void)thread;
    const terms t = *(const terms *)context;
    for (int64_t block = share.first; block < share.end; block++) {
        double lanes[8] = {0};
        const int64_t end = block_end(block, t.count);
        int64_t i = block * gd_sum_block;
        for (; i + 8 <= end; i += 8)
            for (int lane = 0; lane < 8; lane++) lanes[lane] += (double)t.values[i + lane] * t.values[i + lane];
        for (; i < end; i++) lanes[i % 8] += (double)t.values[i] * t.values[i];
        t.partial[block] = sum_of_eight(lanes);
    }
}

gd_status gd_f32_sum_of_squares__plain(int64_t count, const float *values, double *sum, double *scratch, int threads) {
    const int64_t blocks = gd_sum_scratch(count);
    gd_parallel_for(blocks, 1, threads, add_squares, &(terms){.count = count, .values = values, .partial = scratch});
    *sum = total(scratch, blocks);
    return GD_OK;
}

static void add_squared_errors(gd_share share, int thread, void *context) {
    (void)thread;
    const terms t = *(const terms *)context;
    for (int64_t block = share.first; block < share.end; block++) {
        double lanes[8] = {0};
        const int64_t end = block_end(block, t.count);
        for (int64_t i = block * gd_sum_block; i < end; i++) {
            const float difference = t.values[i] - t.target[i];
            lanes[i % 8] += (double)difference * difference;
            if (t.d_values) t.d_values[i] = t.slope * difference;
        }
        t.partial[block] = sum_of_eight(lanes);
    }
}

gd_status gd_f32_mean_squared_error__plain(
    int64_t count, double weight, const float *prediction, const float *target, float *d_prediction, double *loss,
    double *scratch, int threads) {
    if (count <= 0) return GD_UNSUPPORTED;
    const int64_t blocks = gd_sum_scratch(count);
    terms t = {
        .count = count, .values = prediction, .target = target, .slope = (float)(2.0 * weight / (double)count),
        .d_values = d_prediction, .partial = scratch};
    gd_parallel_for(blocks, 1, threads, add_squared_errors, &t);
    *loss = weight * (total(scratch, blocks) / (double)count);
    return GD_OK;
}
