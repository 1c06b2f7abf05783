#include "attention_heads.h"

// A thread's rows of queries, numbered through all heads, go in blocks: their scores never leave its cache.

// Floats of a thread: transposed keys, a block of scores, the values and a block of outputs where heads are not whole panels.
static int64_t thread_floats(const gd_attention *s) {
    return gd_score_columns(s) * s->head_channels + gd_score_rows(s) * gd_score_columns(s) + gd_head_copy_floats(s)
        + gd_score_rows(s) * gd_head_columns(s);
}

int64_t gd_attention_forward_scratch__blocked(const gd_attention *s, int threads) { return threads * thread_floats(s); }

// output rows = softmax(scale * query rows * keys) * value.
static void attend(
    const gd_attention *s, const gd_product_kernels *simd, const float *query, int64_t rows, const float *keys, gd_right value,
    float *scores, float *block, float *output) {
    const int64_t columns = gd_score_columns(s), channels = s->head_channels;
    simd->multiply(
        (gd_extents){rows, channels, columns / gd_block}, (gd_left){query, gd_head_row_stride(s), gd_block},
        (gd_right){keys, gd_block, channels * gd_block}, (gd_product){scores, columns, gd_block}, 0);
    gd_f32_softmax_rows(scores, rows, s->tokens, columns, s->scale);
    const gd_product product = gd_head_product(s, output, block);
    simd->multiply(
        (gd_extents){rows, s->tokens, gd_head_columns(s) / gd_block}, (gd_left){scores, columns, gd_block}, value, product,
        0);
    gd_f32_store_head_rows(s, product, rows, output);
}

typedef struct {
    const gd_attention *shape;
    const float *query, *key, *value;
    float *output, *scratch;
} pass;

// Steps of rows, numbered through all heads.
static void forward_rows(gd_share share, int thread, void *context) {
    const pass *t = context;
    const gd_attention *s = t->shape;
    const gd_product_kernels *simd = gd_simd_selected()->product;
    float *keys = t->scratch + thread * thread_floats(s), *scores = keys + gd_score_columns(s) * s->head_channels;
    float *values = scores + gd_score_rows(s) * gd_score_columns(s), *block = values + gd_head_copy_floats(s);
    const int64_t last = gd_min(share.end * gd_attention_blocks.row_step, gd_head_count(s) * s->tokens);
    for (int64_t row = share.first * gd_attention_blocks.row_step; row < last;) {
        const int64_t head = row / s->tokens, at = gd_head_offset(s, head), end = gd_min(last, (head + 1) * s->tokens);
        gd_f32_pack_rows(t->key + at, gd_head_row_stride(s), s->tokens, s->head_channels, keys);
        const gd_right panels = gd_f32_head_panels(s, t->value + at, values);
        for (; row < end; row += gd_score_rows(s)) {
            const int64_t place = at + row % s->tokens * gd_head_row_stride(s);
            const int64_t rows = gd_min(gd_score_rows(s), end - row);
            attend(s, simd, t->query + place, rows, keys, panels, scores, block, t->output + place);
        }
        row = end;
    }
}

gd_status gd_f32_attention_forward__blocked(
    const gd_attention *s, const float *query, const float *key, const float *value, float *output, float *scratch,
    int threads) {
    pass t = {s, query, key, value, output, scratch};
    const int64_t steps = gd_ceil_div(gd_head_count(s) * s->tokens, gd_attention_blocks.row_step);
    const int64_t head_steps = s->tokens / gd_attention_blocks.row_step;
    const int64_t grain = gd_max(gd_attention_blocks.grain, gd_min(head_steps, steps / (2 * threads)));
    gd_parallel_for(steps, grain, threads, forward_rows, &t);
    return GD_OK;
}
