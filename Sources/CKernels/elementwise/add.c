#include "gd_elementwise.h"
#include "gd_parallel.h"
#include "simd/blocking.h"

typedef struct {
    const float *a, *b;
    float *output;
} tensors;

static void add(gd_share share, int thread, void *context) {
    (void)thread;
    const tensors t = *(const tensors *)context;
#pragma omp simd
    for (int64_t i = share.first; i < share.end; i++) t.output[i] = t.a[i] + t.b[i];
}

gd_status gd_f32_add_forward__plain(int64_t count, const float *a, const float *b, float *output, int threads) {
    gd_parallel_for(count, gd_element_blocks.grain, threads, add, &(tensors){a, b, output});
    return GD_OK;
}
