#pragma once

#include "gd_group_norm.h"
#include "gd_simd.h"
#include "gd_norm_kernels.h"
#include "simd/blocking.h"

// A task is one image's slice of whole groups: as many channels as leave the slice and its gradient in the second-level cache,
// whole cache lines where the groups allow it. Sums run over blocks of pixels first, so that float32 sums stay short. Each is one
// sum over the pixels of a channel: neither threads nor slices change its order.

/// The slices of one image.
typedef struct {
    int64_t channels, count;
} gd_norm_slices;

static inline gd_norm_slices gd_norm_slices_of(const gd_group_norm *s) {
    const int64_t width = s->channels / s->groups;
    int64_t step = width;
    while (step % gd_norm_blocks.line && step < s->channels) step += width;
    const int64_t fitting = gd_norm_blocks.slice_values / s->pixels;
    const int64_t wanted = fitting < gd_norm_blocks.most_channels ? fitting : gd_norm_blocks.most_channels;
    const int64_t channels = step * (wanted > step ? wanted / step : 1);
    return (gd_norm_slices){channels, (s->channels + channels - 1) / channels};
}

/// The block of at most `size` pixels from `first` on, `channels` of them side by side.
static inline gd_norm_block gd_norm_block_at(const gd_group_norm *s, int64_t first, int64_t size, int64_t channels) {
    const int64_t left = s->pixels - first;
    return (gd_norm_block){left < size ? left : size, s->channels, channels};
}
