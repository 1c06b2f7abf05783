#pragma once

#include "gd_attention.h"
#include "product/gemm_panels.h"
#include "simd/blocking.h"

// What both passes of the blocked attention share. A head of an image is a matrix (tokens, channels) whose rows lie
// heads * channels apart; heads are numbered image by image.

/// The head's matrix as a right factor, or as a place for products: whole panels of 16 columns.
typedef struct {
    float *values;
    int64_t row_stride;
} gd_head;

static inline int64_t gd_head_count(const gd_attention *s) { return s->batch * s->heads; }
static inline int64_t gd_head_row_stride(const gd_attention *s) { return s->heads * s->head_channels; }

static inline int64_t gd_head_offset(const gd_attention *s, int64_t head) {
    return (head / s->heads * s->tokens * s->heads + head % s->heads) * s->head_channels;
}

/// Columns of a row of scores, and of a head, in whole panels.
static inline int64_t gd_score_columns(const gd_attention *s) { return gd_round_up(s->tokens, gd_block); }
static inline int64_t gd_head_columns(const gd_attention *s) { return gd_round_up(s->head_channels, gd_block); }

/// Rows of scores that are worked on at once: they stay in the second-level cache.
static inline int64_t gd_score_rows(const gd_attention *s) {
    const int64_t least = gd_attention_blocks.least_rows;
    const int64_t fitting = gd_attention_blocks.score_floats / gd_score_columns(s) / least * least;
    return gd_max(least, gd_min(gd_attention_blocks.most_rows, fitting));
}

/// Floats of a copy of a head in whole panels; 0 where heads are whole panels as they lie.
static inline int64_t gd_head_copy_floats(const gd_attention *s) {
    return s->head_channels % gd_block == 0 ? 0 : s->tokens * gd_head_columns(s);
}

/// The head at `from` as a right factor; copied to `copy`, padded with zeros, where its rows are not whole panels.
gd_right gd_f32_head_panels(const gd_attention *s, const float *from, float *copy);

/// to (rows, channels) of a head = a product: `multiply` writes to the place that it is given, whole panels wide. Where heads are
/// not whole panels that is `block`, from which `gd_f32_store_head_rows` copies.
static inline gd_product gd_head_product(const gd_attention *s, float *to, float *block) {
    if (s->head_channels % gd_block == 0) return (gd_product){to, gd_head_row_stride(s), gd_block};
    return (gd_product){block, gd_head_columns(s), gd_block};
}

void gd_f32_store_head_rows(const gd_attention *s, gd_product from, int64_t rows, float *to);

/// In place: each of `rows` rows of `count` scores, `stride` floats apart, becomes softmax(scale * scores).
void gd_f32_softmax_rows(float *scores, int64_t rows, int64_t count, int64_t stride, float scale);

/// In place: gradients of the probabilities become those of the scores, scale * p * (d - the mean of d under p).
void gd_f32_softmax_rows_backward(
    const float *probabilities, float *gradients, int64_t rows, int64_t count, int64_t stride, float scale);
