#pragma once

#include "gd_rounding.h"
#include "gd_status.h"

/// Values to codes and back, on an instruction set.
typedef struct gd_code_kernels {
    /// The elements' codes, packed: the values rounded stochastically to the levels of their groups. `values` and `packed` are a whole
    /// tensor's; the bytes of those elements are overwritten.
    void (*quantize)(
        const float *values, gd_elements elements, const gd_sequence *sequence, gd_level_codes to, uint8_t *packed);
    /// What the elements' codes stand for; `packed` and `values` (overwritten) are a whole tensor's.
    void (*dequantize)(const uint8_t *packed, gd_elements elements, gd_level_codes from, float *values);
    /// The same, added to the elements' sums.
    void (*dequantize_add)(
        const uint8_t *packed, gd_elements elements, gd_level_codes from, gd_fixed_point fixed, int64_t *sums);
    /// sums (count) += values (count), which need no alignment.
    void (*add_fixed)(const void *values, int64_t count, gd_fixed_point fixed, int64_t *sums);
    /// Packs `count` codes, a byte each, to `bits` bits (2 ... 8) a code: code i takes the bits i * bits ... of `packed`, least significant
    /// first; bits behind the last code are zero. Touches (count * bits + 7) / 8 bytes.
    void (*pack_codes)(const int8_t *codes, int64_t count, int bits, uint8_t *packed);
    /// codes (64 * chunks), overwritten: the values rounded to a lattice; their magnitudes must stay below 2^23 steps.
    void (*round_to_lattice)(const float *values, int64_t chunks, const gd_random_bits *random, gd_step_lattice to, int32_t *codes);
    /// values (64 * chunks), overwritten: what the codes stand for. Codes must stay below 2^24 in magnitude.
    void (*restore_from_lattice)(const int32_t *codes, int64_t chunks, const gd_random_bits *random, gd_step_lattice from, float *values);
} gd_code_kernels;

/// What is found out about values before they are coded, on an instruction set.
typedef struct gd_statistics_kernels {
    /// Of values (count), which need no alignment.
    gd_magnitude_statistics (*magnitude_statistics)(const void *values, int64_t count);
    /// counts[2 * (c + largest)] and the one behind it (2 * (2 * largest + 1) in all) += how often c, |c| <= largest < 2^22, is the nearest
    /// multiple of `step` to values with even and with odd indices; larger multiples count as `largest`.
    void (*count_codes)(const float *values, int64_t count, float step, int largest, uint32_t *counts);
    /// sums[i] = the expected squared error of stochastic rounding in format i < formats (at most `gd_most_formats`): a step's square
    /// times p (1 - p), p an element's probability of the upper code, as `quantize` draws it. Groups of `group_size` elements have the
    /// levels levels[formats * group + i]; codes have the shift shifts[i]. A group adds nothing where its step is 0.
    ///
    /// Of runs of 2048 elements of a group (p - 1/2)^2 is summed in float32 in 64 lanes, element i in lane i % 64. The upper half of the
    /// lanes is added to the lower until eight are left, the last time in double. Runs, then the same halves of the eight, in double.
    void (*rounding_errors)(
        const float *values, int64_t count, int64_t group_size, const gd_levels *levels, const int *shifts, int formats, double *sums);
    /// sums[i] = the same for stochastic rounding to the multiples of steps[i], i < lattices: f (1 - f), f the fraction of value / step,
    /// in place of p (1 - p), summed alike.
    void (*lattice_errors)(const float *values, int64_t count, const float *steps, int lattices, double *sums);
} gd_statistics_kernels;
