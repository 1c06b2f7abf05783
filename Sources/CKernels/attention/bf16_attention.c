#include "attention_heads.h"
#include "gd_bf16_product.h"
#include "gd_parallel.h"
#include "product/bf16_rows.h"

// Attention of bfloat16: scores and their gradients are floats, and are rounded as they become factors. Tokens and channels are padded to
// whole steps of the depth with zeros.

// Rows of a block, in whole blocks of a transpose.
static int64_t block_rows(const gd_attention *s) { return gd_max(gd_block, gd_score_rows(s) / gd_block * gd_block); }

static int64_t padded(int64_t count) { return gd_round_up(count, gd_bf16_step); }
static int64_t floats_of(int64_t halves) { return gd_round_up(gd_ceil_div(halves, 2), gd_block); }

// What a thread works with, from its scratch memory on.
typedef struct {
    const gd_attention *s;
    const gd_bf16_unit *unit;
    // Rows of heads that are no whole steps wide, twice (rows, channels); two heads as words by token and two as pairs of tokens.
    gd_bf16 *rows[2], *words[2], *pairs[2];
    // A block of probabilities or gradients, rounded (rows, tokens), and all of a head's, transposed (tokens, tokens).
    gd_bf16 *rounded, *probabilities, *d_scores;
    // Floats of a block: scores, their gradients, and products (rows, channels).
    float *scores, *d_block, *product;
} workspace;

static int64_t row_halves(const gd_attention *s) {
    return s->head_channels % gd_bf16_step == 0 ? 0 : s->tokens * padded(s->head_channels);
}
static int64_t word_halves(const gd_attention *s) { return padded(s->head_channels) * gd_score_columns(s); }
static int64_t pair_halves(const gd_attention *s) { return padded(s->tokens) * gd_head_columns(s); }
static int64_t transposed_halves(const gd_attention *s) { return gd_score_columns(s) * padded(s->tokens); }

static int64_t forward_floats(const gd_attention *s) {
    const int64_t block = block_rows(s) * (gd_score_columns(s) + gd_head_columns(s));
    return floats_of(row_halves(s)) + floats_of(word_halves(s)) + floats_of(pair_halves(s))
        + floats_of(block_rows(s) * padded(s->tokens)) + block;
}

static int64_t backward_floats(const gd_attention *s) {
    return forward_floats(s) + floats_of(row_halves(s)) + floats_of(word_halves(s)) + floats_of(pair_halves(s))
        + 2 * floats_of(transposed_halves(s)) + block_rows(s) * gd_score_columns(s);
}

static gd_bf16 *take(float **scratch, int64_t halves) {
    gd_bf16 *taken = (gd_bf16 *)*scratch;
    *scratch += floats_of(halves);
    return taken;
}

static workspace workspace_of(const gd_attention *s, const gd_bf16_unit *unit, float *scratch, int backward) {
    workspace b = {.s = s, .unit = unit};
    for (int i = 0; i <= backward; i++) {
        b.rows[i] = take(&scratch, row_halves(s));
        b.words[i] = take(&scratch, word_halves(s));
        b.pairs[i] = take(&scratch, pair_halves(s));
    }
    b.rounded = take(&scratch, block_rows(s) * padded(s->tokens));
    if (backward) b.probabilities = take(&scratch, transposed_halves(s)), b.d_scores = take(&scratch, transposed_halves(s));
    b.scores = scratch, b.product = b.scores + block_rows(s) * gd_score_columns(s);
    b.d_block = b.product + block_rows(s) * gd_head_columns(s);
    return b;
}

static const int64_t start = 0;

// The head at `from` as a left factor (tokens, channels).
static gd_bf16_left head_rows(const gd_attention *s, const gd_bf16 *from, gd_bf16 *copy) {
    const int64_t width = padded(s->head_channels);
    if (row_halves(s) == 0) return (gd_bf16_left){from, &start, 1, gd_head_row_stride(s)};
    for (int64_t t = 0; t < s->tokens; t++)
        for (int64_t c = 0; c < width; c++)
            copy[t * width + c] = c < s->head_channels ? from[t * gd_head_row_stride(s) + c] : 0;
    return (gd_bf16_left){copy, &start, 1, width};
}

// The head, transposed, as a right factor (channels, panels of tokens): pairs of channels stay together.
static gd_bf16_right head_words(const gd_attention *s, const gd_bf16 *from, gd_bf16 *copy) {
    const int64_t depth = padded(s->head_channels), channels = s->head_channels;
    uint32_t *to = (uint32_t *)copy;
    memset(to, 0, (size_t)word_halves(s) * sizeof(gd_bf16));
    for (int64_t t = 0; t < s->tokens; t++) {
        const gd_bf16 *row = from + t * gd_head_row_stride(s);
        uint32_t *column = to + t / gd_block * gd_block * (depth / 2) + t % gd_block;
        for (int64_t c = 0; c + 2 <= channels; c += 2, column += gd_block) *column = gd_bf16_pair(row[c], row[c + 1]);
        if (channels % 2 == 1) *column = row[channels - 1];
    }
    return (gd_bf16_right){copy, 2 * gd_block, depth * gd_block};
}

// The head as a right factor (tokens, panels of channels): pairs of tokens side by side.
static gd_bf16_right head_pairs(const gd_attention *s, const gd_bf16 *from, gd_bf16 *copy) {
    const int64_t columns = gd_head_columns(s), stride = gd_head_row_stride(s);
    if (columns > s->head_channels) memset(copy, 0, (size_t)pair_halves(s) * sizeof(gd_bf16));
    for (int64_t t = 0; t < padded(s->tokens); t += 2)
        gd_bf16_pair_pixels(
            s->head_channels, t < s->tokens ? from + t * stride : NULL, t + 1 < s->tokens ? from + (t + 1) * stride : NULL,
            (uint32_t *)(copy + t * columns));
    return (gd_bf16_right){copy, 2 * columns, 2 * gd_block};
}

// scores (rows, tokens) = `count` rows of a head from `row` on, times a head's words.
static void multiply_words(const workspace *b, gd_bf16_left rows, int64_t row, int64_t count, gd_bf16_right words, float *scores) {
    const gd_attention *s = b->s;
    rows.values += row * rows.row_stride;
    b->unit->multiply(
        (gd_extents){count, padded(s->head_channels), gd_score_columns(s) / gd_block}, rows, words,
        (gd_product){scores, gd_score_columns(s), gd_block}, 0);
}

// to (rows, channels) of a head = factors (rows, padded tokens) times a head's pairs.
static void multiply_pairs(const workspace *b, const gd_bf16 *factors, int64_t count, gd_bf16_right pairs, gd_bf16 *to) {
    const gd_attention *s = b->s;
    const int64_t columns = gd_head_columns(s);
    b->unit->multiply(
        (gd_extents){count, padded(s->tokens), columns / gd_block}, (gd_bf16_left){factors, &start, 1, padded(s->tokens)}, pairs,
        (gd_product){b->product, columns, gd_block}, 0);
    for (int64_t t = 0; t < count; t++)
        for (int64_t c = 0; c < s->head_channels; c++)
            to[t * gd_head_row_stride(s) + c] = gd_bf16_nearest(b->product[t * columns + c]);
}

// rounded (rows, padded tokens) = a block of scores, zero beyond the tokens.
static void round_scores(const workspace *b, const float *scores, int64_t count) {
    const gd_attention *s = b->s;
    const int64_t width = padded(s->tokens);
    for (int64_t t = 0; t < count; t++) {
        for (int64_t u = 0; u < s->tokens; u++) b->rounded[t * width + u] = gd_bf16_nearest(scores[t * gd_score_columns(s) + u]);
        memset(b->rounded + t * width + s->tokens, 0, (size_t)(width - s->tokens) * sizeof(gd_bf16));
    }
}

// to (tokens, padded tokens): the columns from `row` on = the transpose of the rounded block.
static void transpose_rounded(const workspace *b, int64_t row, int64_t count, gd_bf16 *to) {
    const gd_attention *s = b->s;
    const int64_t width = padded(s->tokens);
    for (int64_t t = 0; t < count; t += gd_block) {
        const gd_bf16 *rows[gd_block];
        for (int i = 0; i < gd_block; i++) rows[i] = t + i < count ? b->rounded + (t + i) * width : NULL;
        gd_bf16_transpose_pixels(rows, s->tokens, to + row + t, width);
    }
}

typedef struct {
    const gd_attention *shape;
    const gd_bf16_unit *unit;
    const gd_bf16 *query, *key, *value, *d_output;
    gd_bf16 *output, *d_query, *d_key, *d_value;
    float *scratch;
    int64_t thread_floats;
} pass;

// Blocks of rows of all heads, numbered head by head.
static int64_t head_blocks(const gd_attention *s) { return gd_ceil_div(s->tokens, block_rows(s)); }

static void forward_blocks(gd_share share, int thread, void *context) {
    const pass *p = context;
    const gd_attention *s = p->shape;
    const workspace b = workspace_of(s, p->unit, p->scratch + thread * p->thread_floats, 0);
    gd_bf16_left query = {0};
    gd_bf16_right key = {0}, value = {0};
    for (int64_t block = share.first; block < share.end; block++) {
        const int64_t at = gd_head_offset(s, block / head_blocks(s)), row = block % head_blocks(s) * block_rows(s);
        const int64_t count = gd_min(block_rows(s), s->tokens - row);
        if (row == 0 || block == share.first) {
            query = head_rows(s, p->query + at, b.rows[0]);
            key = head_words(s, p->key + at, b.words[0]);
            value = head_pairs(s, p->value + at, b.pairs[0]);
        }
        multiply_words(&b, query, row, count, key, b.scores);
        gd_f32_softmax_rows(b.scores, count, s->tokens, gd_score_columns(s), s->scale);
        round_scores(&b, b.scores, count);
        multiply_pairs(&b, b.rounded, count, value, p->output + at + row * gd_head_row_stride(s));
    }
}

// Gradients of the queries, block by block, and what the others' need: probabilities and gradients of the scores, transposed.
static void backward_queries(const workspace *b, const pass *p, int64_t at) {
    const gd_attention *s = b->s;
    const gd_bf16_left query = head_rows(s, p->query + at, b->rows[0]), d_output = head_rows(s, p->d_output + at, b->rows[1]);
    const gd_bf16_right key = head_words(s, p->key + at, b->words[0]), value = head_words(s, p->value + at, b->words[1]);
    const gd_bf16_right key_pairs = head_pairs(s, p->key + at, b->pairs[0]);
    for (int64_t row = 0; row < s->tokens; row += block_rows(s)) {
        const int64_t count = gd_min(block_rows(s), s->tokens - row);
        multiply_words(b, query, row, count, key, b->scores);
        gd_f32_softmax_rows(b->scores, count, s->tokens, gd_score_columns(s), s->scale);
        round_scores(b, b->scores, count);
        transpose_rounded(b, row, count, b->probabilities);
        multiply_words(b, d_output, row, count, value, b->d_block);
        gd_f32_softmax_rows_backward(b->scores, b->d_block, count, s->tokens, gd_score_columns(s), s->scale);
        round_scores(b, b->d_block, count);
        transpose_rounded(b, row, count, b->d_scores);
        multiply_pairs(b, b->rounded, count, key_pairs, p->d_query + at + row * gd_head_row_stride(s));
    }
}

static void backward_keys(const workspace *b, const pass *p, int64_t at) {
    const gd_attention *s = b->s;
    const gd_bf16_right query = head_pairs(s, p->query + at, b->pairs[0]);
    const gd_bf16_right d_output = head_pairs(s, p->d_output + at, b->pairs[1]);
    for (int64_t row = 0; row < s->tokens; row += block_rows(s)) {
        const int64_t count = gd_min(block_rows(s), s->tokens - row), place = at + row * gd_head_row_stride(s);
        multiply_pairs(b, b->d_scores + row * padded(s->tokens), count, query, p->d_key + place);
        multiply_pairs(b, b->probabilities + row * padded(s->tokens), count, d_output, p->d_value + place);
    }
}

static void backward_heads(gd_share share, int thread, void *context) {
    const pass *p = context;
    const workspace b = workspace_of(p->shape, p->unit, p->scratch + thread * p->thread_floats, 1);
    // Columns beyond the last query that the transposes do not reach.
    memset(b.probabilities, 0, (size_t)transposed_halves(p->shape) * sizeof(gd_bf16));
    memset(b.d_scores, 0, (size_t)transposed_halves(p->shape) * sizeof(gd_bf16));
    for (int64_t head = share.first; head < share.end; head++) {
        const int64_t at = gd_head_offset(p->shape, head);
        backward_queries(&b, p, at);
        backward_keys(&b, p, at);
    }
}

int64_t gd_bf16_attention_forward_scratch__blocked(const gd_attention *s, int threads) { return threads * forward_floats(s); }
int64_t gd_bf16_attention_backward_scratch__blocked(const gd_attention *s, int threads) { return threads * backward_floats(s); }

gd_status gd_bf16_attention_forward__blocked(
    const gd_attention *s, const gd_bf16 *query, const gd_bf16 *key, const gd_bf16 *value, gd_bf16 *output, float *scratch,
    int threads) {
    pass p = {
        .shape = s, .unit = gd_bf16_unit_selected(), .query = query, .key = key, .value = value, .output = output,
        .scratch = scratch, .thread_floats = forward_floats(s)};
    gd_parallel_for(gd_head_count(s) * head_blocks(s), 1, threads, forward_blocks, &p);
    return GD_OK;
}

gd_status gd_bf16_attention_backward__blocked(
    const gd_attention *s, const gd_bf16 *query, const gd_bf16 *key, const gd_bf16 *value, const gd_bf16 *d_output,
    gd_bf16 *d_query, gd_bf16 *d_key, gd_bf16 *d_value, float *scratch, int threads) {
    pass p = {
        .shape = s, .unit = gd_bf16_unit_selected(), .query = query, .key = key, .value = value, .d_output = d_output,
        .d_query = d_query, .d_key = d_key, .d_value = d_value, .scratch = scratch, .thread_floats = backward_floats(s)};
    gd_parallel_for(gd_head_count(s), 1, threads, backward_heads, &p);
    return GD_OK;
}
