#include "gd_bf16_product.h"
#include "gd_elementwise.h"
#include "gd_parallel.h"
#include "gd_simd.h"
#include "simd/blocking.h"

typedef struct {
    const void *from;
    void *to;
} values;

static void round_share(gd_share share, int thread, void *context) {
    (void)thread;
    const values *v = context;
    const float *restrict from = v->from;
    gd_bf16 *restrict to = v->to;
    for (int64_t i = share.first; i < share.end; i++) to[i] = gd_bf16_nearest(from[i]);
}

static void widen_share(gd_share share, int thread, void *context) {
    (void)thread;
    const values *v = context;
    const gd_bf16 *restrict from = v->from;
    float *restrict to = v->to;
    for (int64_t i = share.first; i < share.end; i++) to[i] = gd_bf16_value(from[i]);
}

typedef struct {
    void (*add)(int64_t count, const gd_bf16 *a, const gd_bf16 *b, gd_bf16 *sum);
    const gd_bf16 *a, *b;
    gd_bf16 *sum;
} terms;

static void add_share(gd_share share, int thread, void *context) {
    (void)thread;
    const terms t = *(const terms *)context;
    t.add(share.end - share.first, t.a + share.first, t.b + share.first, t.sum + share.first);
}

gd_status gd_bf16_add_forward__plain(int64_t count, const gd_bf16 *a, const gd_bf16 *b, gd_bf16 *output, int threads) {
    gd_parallel_for(count, gd_element_blocks.grain, threads, add_share, &(terms){gd_simd_selected()->bf16->add, a, b, output});
    return GD_OK;
}

gd_status gd_bf16_from_f32__plain(int64_t count, const float *from, gd_bf16 *to, int threads) {
    gd_parallel_for(count, gd_element_blocks.grain, threads, round_share, &(values){from, to});
    return GD_OK;
}

gd_status gd_f32_from_bf16__plain(int64_t count, const gd_bf16 *from, float *to, int threads) {
    gd_parallel_for(count, gd_element_blocks.grain, threads, widen_share, &(values){from, to});
    return GD_OK;
}
