#include "gd_peak.h"

#include "gd_bf16_product.h"
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

enum { peak_rows = 32, peak_depth = 128, peak_panels = 2, peak_columns = 16 * peak_panels };

int gd_bf16_peak_flops_per_round(void) { return 2 * peak_rows * peak_depth * peak_columns; }

typedef struct {
    int64_t rounds;
    const gd_bf16_unit *unit;
} products;

static void multiply(gd_share share, int thread, void *context) {
    (void)thread;
    const products *p = context;
    _Alignas(64) gd_bf16 left[peak_rows * peak_depth] = {0}, right[peak_depth * peak_columns] = {0};
    _Alignas(64) float sums[peak_rows * peak_columns] = {0};
    const int64_t place = 0;
    for (int64_t i = 0; i < (share.end - share.first) * p->rounds; i++)
        p->unit->multiply(
            (gd_extents){.rows = peak_rows, .panels = peak_panels, .depth = peak_depth},
            (gd_bf16_left){.values = left, .places = &place, .pieces = 1, .row_stride = peak_depth},
            (gd_bf16_right){.values = right, .pair_stride = 32, .panel_stride = 16 * peak_depth},
            (gd_product){.values = sums, .row_stride = peak_columns, .panel_stride = 16}, 1);
}

void gd_bf16_peak(int64_t rounds, int threads) {
    gd_parallel_for(threads, 1, threads, multiply, &(products){rounds, gd_bf16_unit_selected()});
}
