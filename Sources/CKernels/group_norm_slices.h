#pragma once

#include "gd_group_norm.h"

// A task is one image's slice of whole groups, about 128 channels: narrower ones waste cache lines. Sums run over blocks of
// pixels first: float32 sums stay short, and the order does not depend on the threads.

enum { gd_norm_pixel_block = 32 };

/// The slices of one image.
typedef struct {
    int64_t channels, count;
} gd_norm_slices;

static inline gd_norm_slices gd_norm_slices_of(const gd_group_norm *s) {
    const int64_t width = s->channels / s->groups;
    enum { least_channels = 128 };
    int64_t step = width;
    while (step % 8) step += width;
    const int64_t channels = step * ((least_channels + step - 1) / step);
    return (gd_norm_slices){channels, (s->channels + channels - 1) / channels};
}
