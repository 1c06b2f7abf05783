#include "attention_heads.h"

// First rows of queries: probabilities and gradients of the scores, which are kept, and with them d_query. Then rows of keys: d_key and
// d_value sum over all queries. Threads take whole heads, or rows of as many heads as there are threads where heads are few.

typedef struct {
    const float *query, *key, *value, *d_output;
    float *d_query, *d_key, *d_value;
} tensors;

// Floats of a head's probabilities, or of the gradients of its scores.
static int64_t score_floats(const gd_attention *s) { return s->tokens * gd_score_columns(s); }

// Floats of a thread: transposed keys and values, two heads and a block of products where heads are not whole panels.
static int64_t thread_floats(const gd_attention *s) {
    return 2 * gd_score_columns(s) * s->head_channels + 2 * gd_head_copy_floats(s)
        + gd_score_rows(s) * gd_head_columns(s);
}

int64_t gd_attention_backward_scratch__blocked(const gd_attention *s, int threads) {
    return threads * (thread_floats(s) + 2 * score_floats(s));
}

// scores (rows, tokens) = rows of a head times a transposed head.
static void multiply_transposed(
    const gd_attention *s, const gd_product_kernels *simd, const float *rows, int64_t count, const float *transposed, float *scores) {
    simd->multiply(
        (gd_extents){count, s->head_channels, gd_score_columns(s) / gd_block},
        (gd_left){rows, gd_head_row_stride(s), gd_block},
        (gd_right){transposed, gd_block, s->head_channels * gd_block},
        (gd_product){scores, gd_score_columns(s), gd_block}, 0);
}

// Query rows first ..< end of one head.
static void backward_queries(
    const gd_attention *s, const gd_product_kernels *simd, const tensors *t, int64_t head, int64_t first, int64_t end,
    float *probabilities, float *d_scores, float *scratch) {
    const int64_t at = gd_head_offset(s, head), columns = gd_score_columns(s);
    float *keys = scratch, *values = keys + columns * s->head_channels, *copy = values + columns * s->head_channels;
    float *block = copy + 2 * gd_head_copy_floats(s);
    gd_f32_pack_rows(t->key + at, gd_head_row_stride(s), s->tokens, s->head_channels, keys);
    gd_f32_pack_rows(t->value + at, gd_head_row_stride(s), s->tokens, s->head_channels, values);
    const gd_right key = gd_f32_head_panels(s, t->key + at, copy);
    for (int64_t row = first; row < end; row += gd_score_rows(s)) {
        const int64_t rows = gd_min(gd_score_rows(s), end - row), place = at + row * gd_head_row_stride(s);
        float *p = probabilities + row * columns, *d = d_scores + row * columns;
        multiply_transposed(s, simd, t->query + place, rows, keys, p);
        gd_f32_softmax_rows(p, rows, s->tokens, columns, s->scale);
        multiply_transposed(s, simd, t->d_output + place, rows, values, d);
        gd_f32_softmax_rows_backward(p, d, rows, s->tokens, columns, s->scale);
        const gd_product product = gd_head_product(s, t->d_query + place, block);
        simd->multiply(
            (gd_extents){rows, s->tokens, gd_head_columns(s) / gd_block}, (gd_left){d, columns, gd_block}, key, product, 0);
        gd_f32_store_head_rows(s, product, rows, t->d_query + place);
    }
}

// to = scores^T * from for `rows` key rows, the columns of the scores.
static void combine_queries(
    const gd_attention *s, const gd_product_kernels *simd, const float *scores, int64_t rows, gd_right from, float *block,
    float *to) {
    const gd_product product = gd_head_product(s, to, block);
    simd->multiply_columns(
        (gd_extents){rows, s->tokens, gd_head_columns(s) / gd_block},
        (gd_left_columns){scores, gd_score_columns(s), gd_block}, from, product, 0);
    gd_f32_store_head_rows(s, product, rows, to);
}

// Key rows first ..< end of one head.
static void backward_keys(
    const gd_attention *s, const gd_product_kernels *simd, const tensors *t, int64_t head, int64_t first, int64_t end,
    const float *probabilities, const float *d_scores, float *scratch) {
    const int64_t at = gd_head_offset(s, head);
    float *block = scratch + 2 * gd_head_copy_floats(s);
    const gd_right d_output = gd_f32_head_panels(s, t->d_output + at, scratch);
    const gd_right query = gd_f32_head_panels(s, t->query + at, scratch + gd_head_copy_floats(s));
    for (int64_t row = first; row < end; row += gd_score_rows(s)) {
        const int64_t rows = gd_min(gd_score_rows(s), end - row), place = at + row * gd_head_row_stride(s);
        combine_queries(s, simd, probabilities + row, rows, d_output, block, t->d_value + place);
        combine_queries(s, simd, d_scores + row, rows, query, block, t->d_key + place);
    }
}

typedef struct {
    const gd_attention *shape;
    tensors tensors;
    // The heads group ..< group + heads.
    int64_t group, heads;
    float *scores, *scratch;
} pass;

// Row steps of the group's heads, one head after another: the rows of one head.
static gd_share rows_of_head(const pass *p, gd_share share, int64_t slot) {
    const int64_t first = slot * p->shape->tokens, step = gd_attention_blocks.row_step;
    return (gd_share){
        gd_max(share.first * step, first) - first, gd_min(share.end * step, first + p->shape->tokens) - first};
}

static void query_rows(gd_share share, int thread, void *context) {
    const pass *p = context;
    const gd_attention *s = p->shape;
    for (int64_t slot = 0; slot < p->heads; slot++) {
        const gd_share rows = rows_of_head(p, share, slot);
        float *probabilities = p->scores + 2 * slot * score_floats(s);
        if (rows.first < rows.end)
            backward_queries(
                s, gd_simd_selected()->product, &p->tensors, p->group + slot, rows.first, rows.end, probabilities,
                probabilities + score_floats(s), p->scratch + thread * thread_floats(s));
    }
}

static void key_rows(gd_share share, int thread, void *context) {
    const pass *p = context;
    const gd_attention *s = p->shape;
    for (int64_t slot = 0; slot < p->heads; slot++) {
        const gd_share rows = rows_of_head(p, share, slot);
        const float *probabilities = p->scores + 2 * slot * score_floats(s);
        if (rows.first < rows.end)
            backward_keys(
                s, gd_simd_selected()->product, &p->tensors, p->group + slot, rows.first, rows.end, probabilities,
                probabilities + score_floats(s), p->scratch + thread * thread_floats(s));
    }
}

static void whole_heads(gd_share share, int thread, void *context) {
    const pass *p = context;
    const gd_attention *s = p->shape;
    const gd_product_kernels *simd = gd_simd_selected()->product;
    float *probabilities = p->scores + 2 * thread * score_floats(s), *d_scores = probabilities + score_floats(s);
    float *own = p->scratch + thread * thread_floats(s);
    for (int64_t head = share.first; head < share.end; head++) {
        backward_queries(s, simd, &p->tensors, head, 0, s->tokens, probabilities, d_scores, own);
        backward_keys(s, simd, &p->tensors, head, 0, s->tokens, probabilities, d_scores, own);
    }
}

gd_status gd_f32_attention_backward__blocked(
    const gd_attention *s, const float *query, const float *key, const float *value, const float *d_output,
    float *d_query, float *d_key, float *d_value, float *scratch, int threads) {
    pass p = {
        .shape = s, .tensors = {query, key, value, d_output, d_query, d_key, d_value}, .scratch = scratch,
        .scores = scratch + threads * thread_floats(s)};
    if (gd_head_count(s) >= 2 * threads) {
        gd_parallel_for(gd_head_count(s), 1, threads, whole_heads, &p);
        return GD_OK;
    }
    for (; p.group < gd_head_count(s); p.group += threads) {
        p.heads = gd_min(threads, gd_head_count(s) - p.group);
        const int64_t steps = gd_ceil_div(p.heads * s->tokens, gd_attention_blocks.row_step);
        gd_parallel_for(steps, gd_attention_blocks.grain, threads, query_rows, &p);
        gd_parallel_for(steps, gd_attention_blocks.grain, threads, key_rows, &p);
    }
    return GD_OK;
}
