#pragma once

#include "gd_movement.h"

// Rounding of values to levels, 64 elements (a chunk) at a time. Element i of a tensor takes 16 random bits from the Philox block
// 8 * (i / 64) + i % 8 of the tensor's sequence: word (i / 16) % 4, the low half where (i / 8) % 2 is 0, else the high half.
// This is part of the update frame's specification.

enum { gd_chunk = 64 };

/// A tensor's sequence, prepared for drawing: the keys of the ten rounds, each eight times, and the counter's upper words.
typedef struct {
    uint64_t key0[10][8], key1[10][8];
    uint64_t counter[3];
} gd_sequence;

void gd_prepare_sequence(const gd_random *random, gd_sequence *sequence);

/// A tensor's random bits from chunk `chunk` on.
typedef struct {
    const gd_sequence *sequence;
    int64_t chunk;
} gd_draw;

/// The levels of one scope: level l has the magnitude offset + l * step. For rounding to a scope of one level the step is 1, not 0.
typedef struct {
    float offset, step;
} gd_levels;

/// How the levels of a chunk's elements are given.
typedef struct {
    /// One for all elements, or one for each element of the only chunk.
    const gd_levels *levels;
    int each;
    /// Code +-c stands for level c - shift.
    int shift;
} gd_level_codes;

/// How values are rounded to multiples of `step`: with `dither`, code = round(x / step + u) stands for (code - u) * step, u the same
/// for both in -1/2 ... 1/2; without, stochastically, and code stands for code * step.
typedef struct {
    float step;
    int dither;
} gd_step_lattice;
