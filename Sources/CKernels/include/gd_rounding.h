#pragma once

#include "gd_movement.h"

// Rounding of values to levels, 64 elements (a chunk) at a time. Element i of a tensor takes 16 random bits from the Philox block
// 8 * (i / 64) + i % 8 of the tensor's sequence: word (i / 16) % 4, the low half where (i / 8) % 2 is 0, else the high half.
// This is part of the update frame's specification.

enum { gd_chunk = 64 };

/// A tensor's sequence, prepared for drawing. Only the counter's lowest word differs from block to block, so what the first two rounds
/// make of the others is the same in all of them: `start` is what three exclusive ors add on the way (to the words c2, c0 and c2), and the
/// word c3 behind them. `keys` are those of the other eight rounds.
typedef struct {
    uint64_t start[4];
    uint64_t keys[8][2];
} gd_sequence;

void gd_prepare_sequence(const gd_random *random, gd_sequence *sequence);

/// A tensor's random bits from chunk `chunk` on.
typedef struct {
    const gd_sequence *sequence;
    int64_t chunk;
} gd_random_bits;

/// The levels of one group: level l has the magnitude offset + l * step, the product rounded before the sum. Step 0: all coincide.
typedef struct {
    float offset, step;
} gd_levels;

/// The smallest (less 1) and the largest of the bits that values have without their signs, zeros not counted as smallest: without other
/// values, 2^32 - 1 and 0. `squares` is the sum of the squares in double, in 32 lanes, element i in lane i % 32; then the upper half of the
/// lanes is added to the lower until one is left.
typedef struct {
    uint32_t smallest_less_one, largest;
    double squares;
} gd_magnitude_statistics;

/// Formats whose errors one pass finds.
enum { gd_most_formats = 16 };

/// How a tensor's codes stand for levels: `group_size` consecutive elements share theirs.
typedef struct {
    /// One for each group.
    const gd_levels *levels;
    int64_t group_size;
    /// Code +-c, c > 0, stands for level c - shift with that sign; code 0 for zero.
    int shift;
    /// Bits a packed code, 2 ... 8.
    int bits;
} gd_level_codes;

/// Some elements of a tensor; `first` is a multiple of 64.
typedef struct {
    int64_t first, count;
} gd_elements;

/// How values are rounded to multiples of `step`: with `dither`, code = round(x / step + u) stands for (code - u) * step, u the same
/// for both in -1/2 ... 1/2; without, stochastically, and code stands for code * step.
typedef struct {
    float step;
    int dither;
} gd_step_lattice;

/// How floats enter 64-bit sums: v as weight * round(v * factor), ties to even, modulo 2^64. `factor` is a power of two, and
/// |v * factor| at most 2^50.
typedef struct {
    double factor;
    uint32_t weight;
} gd_fixed_point;
