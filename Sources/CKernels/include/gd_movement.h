#pragma once

#include "gd_bf16.h"

/// Asks for the cache line at an address, which need not be valid, before it is needed.
static inline void gd_prefetch(const void *address) { __builtin_prefetch(address); }
/// The same for a line that will be written.
static inline void gd_prefetch_to_write(const void *address) { __builtin_prefetch(address, 1); }

// Operations that move values without arithmetic, and their transposes. No output may be an input.

/// output (P, A + B), overwritten: channels of a (P, A), then of b (P, B).
gd_status gd_f32_concatenate_forward__plain(
    int64_t pixels, int64_t channels_a, int64_t channels_b, const float *a, const float *b, float *output, int threads);
/// d_a (P, A) and d_b (P, B), overwritten: the two parts of d_output (P, A + B).
gd_status gd_f32_concatenate_backward__plain(
    int64_t pixels, int64_t channels_a, int64_t channels_b, const float *d_output, float *d_a, float *d_b, int threads);

gd_status gd_bf16_concatenate_forward__plain(
    int64_t pixels, int64_t channels_a, int64_t channels_b, const gd_bf16 *a, const gd_bf16 *b, gd_bf16 *output, int threads);
gd_status gd_bf16_concatenate_backward__plain(
    int64_t pixels, int64_t channels_a, int64_t channels_b, const gd_bf16 *d_output, gd_bf16 *d_a, gd_bf16 *d_b, int threads);

/// Where dropout draws its words: a Philox4x32-10 key and the counter's upper three words. Element `i` uses word `i % 4`
/// of block `i / 4`.
typedef struct {
    uint32_t key[2];
    uint32_t counter[3];
} gd_random;

/// output = input / (1 - p) where the element's word is at least `threshold` = p * 2^32, else 0. Its own transpose.
gd_status gd_f32_dropout__plain(
    int64_t count, const gd_random *random, uint32_t threshold, float keep_scale, const float *input, float *output,
    int threads);
gd_status gd_bf16_dropout__plain(
    int64_t count, const gd_random *random, uint32_t threshold, float keep_scale, const gd_bf16 *input, gd_bf16 *output,
    int threads);
