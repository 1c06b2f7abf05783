#pragma once

#include "gd_group_norm.h"
#include "gd_simd.h"

// A task is one image's slice of whole groups: as many channels as leave the slice and its gradient in the second-level cache,
// whole cache lines where the groups allow it. Sums run over blocks of pixels first, so that float32 sums stay short. Each is one
// sum over the pixels of a channel: neither threads nor slices change its order.

enum {
    /// Pixels whose moments are taken about one mean: they fit the first-level cache, for two passes.
    gd_norm_moment_pixels = 64,
    /// Pixels that go through the other loops together, few enough to be read as so many streams.
    gd_norm_pixel_block = 8,
};

/// The slices of one image.
typedef struct {
    int64_t channels, count;
} gd_norm_slices;

static inline gd_norm_slices gd_norm_slices_of(const gd_group_norm *s) {
    enum { slice_values = 1 << 16, most_channels = 128, line = 16 };
    const int64_t width = s->channels / s->groups;
    int64_t step = width;
    while (step % line && step < s->channels) step += width;
    const int64_t fitting = slice_values / s->pixels;
    const int64_t wanted = fitting < most_channels ? fitting : most_channels;
    const int64_t channels = step * (wanted > step ? wanted / step : 1);
    return (gd_norm_slices){channels, (s->channels + channels - 1) / channels};
}

/// The block of at most `size` pixels from `first` on, `channels` of them side by side.
static inline gd_norm_block gd_norm_block_at(const gd_group_norm *s, int64_t first, int64_t size, int64_t channels) {
    const int64_t left = s->pixels - first;
    return (gd_norm_block){left < size ? left : size, s->channels, channels};
}
