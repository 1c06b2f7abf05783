#pragma once

#include "gd_rans.h"
#include "gd_rounding.h"
#include "gd_status.h"

// The inner kernels are written once and compiled once per instruction set; the best set that the CPU has runs. All sets compute
// each element as the same chain of fused multiply-adds: the choice does not change a byte of the results.
//
// Drivers (blocking, threads, scratch) are compiled once, ask for the table once a call and reach the inner kernels through it: an
// outlined OpenMP region would not inherit a function's instruction set. Layouts are in blocks of 16 channels, whatever the width
// of the vectors.

/// Channels of a block; columns of a panel.
enum { gd_block = 16 };

/// The left factor, (rows, depth): element (r, k) at values[r * row_stride + k / 16 * block_stride + k % 16]. Rows of a plain
/// matrix have block_stride 16.
typedef struct {
    const float *values;
    int64_t row_stride, block_stride;
} gd_left;

/// The left factor given by columns, (depth, rows): element (r, k) at values[k * depth_stride + r / 16 * block_stride + r % 16].
typedef struct {
    const float *values;
    int64_t depth_stride, block_stride;
} gd_left_columns;

/// The right factor, panels of (depth, 16): element (k, c) at values[c / 16 * panel_stride + k * depth_stride + c % 16]. Packed
/// panels have depth_stride 16; a plain matrix has panel_stride 16.
typedef struct {
    const float *values;
    int64_t depth_stride, panel_stride;
} gd_right;

/// The product, (rows, 16 * panels): element (r, c) at values[c / 16 * panel_stride + r * row_stride + c % 16].
typedef struct {
    float *values;
    int64_t row_stride, panel_stride;
} gd_product;

/// Extents of a product: any number of rows and any depth, whole panels of 16 columns.
typedef struct {
    int64_t rows, depth, panels;
} gd_extents;

/// A block of pixels of a channels-last activation: channel c of pixel p at [p * stride + c].
typedef struct {
    int64_t pixels, stride, channels;
} gd_norm_block;

/// What a normalisation does to each channel: ((x - centre) * inverse) * scale + shift.
typedef struct {
    const float *centre, *inverse, *scale, *shift;
} gd_norm_rows;

/// Sums by channel, accumulated: of the gradient by the affine output times the normalised value, and of that gradient.
typedef struct {
    float *by_scale, *by_shift;
} gd_norm_sums;

/// The gradient of a normalisation's input by channel: d_affine * factor - ((x - centre) * slope + offset).
typedef struct {
    const float *centre, *factor, *slope, *offset;
} gd_norm_slopes;

/// The transforms of a Winograd convolution (winograd.h).
struct gd_winograd;

/// What an instruction set provides.
typedef struct {
    const char *name;
    /// Rows that go through the registers at once: blocks of a multiple of them run fastest.
    int rows;
    /// c = a * b, or c += a * b where `accumulate`: each element is one chain of fused multiply-adds in the order of the depth,
    /// from zero or from what c holds, so cutting the depth in pieces does not change a byte.
    void (*multiply)(gd_extents extents, gd_left a, gd_right b, gd_product c, int accumulate);
    /// The same with the left factor given by columns: sums over pixels or tiles.
    void (*multiply_columns)(gd_extents extents, gd_left_columns a, gd_right b, gd_product c, int accumulate);

    /// sums (channels) = sum of x over the pixels; deviations = sum of squares about the mean that follows from it.
    void (*norm_moments)(gd_norm_block block, const float *x, float *sums, float *deviations);
    /// y = the normalised x, through SiLU if asked for; may be x.
    void (*norm_apply)(gd_norm_block block, const float *x, gd_norm_rows rows, int silu, float *y);
    /// d_affine (may be d_y) = d_y times the slope of SiLU if there is one; y, unless NULL, as `norm_apply` gives it.
    void (*norm_affine_gradients)(
        gd_norm_block block, const float *x, const float *d_y, gd_norm_rows rows, int silu, float *d_affine, float *y,
        gd_norm_sums sums);
    /// d_x: in, the gradient by the affine output; out, that by x, plus `addend` unless NULL. sums (channels) += d_x.
    void (*norm_input_gradients)(
        gd_norm_block block, const float *x, const float *addend, gd_norm_slopes slopes, float *d_x, float *sums);

    const struct gd_winograd *winograd4, *winograd2;

    /// The elements' codes, packed: the values rounded stochastically to the levels of their scopes. `values` and `packed` are a whole
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
    void (*round_to_lattice)(const float *values, int64_t chunks, const gd_draw *draw, gd_step_lattice to, int32_t *codes);
    /// values (64 * chunks), overwritten: what the codes stand for. Codes must stay below 2^24 in magnitude.
    void (*restore_from_lattice)(const int32_t *codes, int64_t chunks, const gd_draw *draw, gd_step_lattice from, float *values);
    /// Surveys values (count), which need no alignment.
    gd_survey (*survey_magnitudes)(const void *values, int64_t count);
    /// counts[2 * (c + largest)] and the one behind it (2 * (2 * largest + 1) in all) += how often c, |c| <= largest < 2^22, is the nearest
    /// multiple of `step` to values with even and with odd indices; larger multiples count as `largest`.
    void (*count_codes)(const float *values, int64_t count, float step, int largest, uint32_t *counts);
    /// sums[i] = the expected squared error of stochastic rounding in format i < formats (at most `gd_most_formats`): a step's square
    /// times p (1 - p), p an element's probability of the upper code, as `quantize` draws it. Scopes of `scope_size` elements have the
    /// levels levels[formats * scope + i]; codes have the shift shifts[i]. A scope adds nothing where its step is 0.
    ///
    /// Of runs of 2048 elements of a scope (p - 1/2)^2 is summed in float32 in 64 lanes, element i in lane i % 64. The upper half of the
    /// lanes is added to the lower until eight are left, the last time in double. Runs, then the same halves of the eight, in double.
    void (*rounding_errors)(
        const float *values, int64_t count, int64_t scope_size, const gd_levels *levels, const int *shifts, int formats, double *sums);
    /// sums[i] = the same for stochastic rounding to the multiples of steps[i], i < lattices: f (1 - f), f the fraction of value / step,
    /// in place of p (1 - p), summed alike.
    void (*lattice_errors)(const float *values, int64_t count, const float *steps, int lattices, double *sums);

    /// As `gd_rans_encode`, of whole groups of 16 symbols, from states (16) on.
    uint16_t *(*rans_encode_groups)(
        const uint8_t *symbols, int64_t count, const gd_rans_symbol *table, uint32_t *states, uint16_t *end);
    /// As `gd_rans_decode`, as long as a word for every lane is left: whole groups of 16 symbols. Moves *words and the states (16) on.
    ///
    /// Returns how many symbols it restored.
    int64_t (*rans_decode_groups)(
        const uint8_t **words, const uint8_t *end, uint32_t *states, const gd_rans_slots *slots, int64_t count, uint8_t *symbols);

    /// `rounds` rounds of multiply-adds in registers; returns a number that depends on all of them.
    float (*multiply_add_rounds)(int64_t rounds, float start);
    int peak_flops_per_round;
} gd_simd;

/// The instruction sets that this build has kernels for, best first; NULL from the end on.
const gd_simd *gd_simd_at(int index);

/// Whether this CPU (and its operating system) runs that set's kernels.
int gd_simd_runs(const gd_simd *set);

/// The set that runs: the best, or the one selected.
const gd_simd *gd_simd_selected(void);

/// Runs the set of that name from now on; NULL goes back to the best. GD_UNSUPPORTED, and no change, if there is none that the CPU
/// runs. For tests and benchmarks.
gd_status gd_simd_select(const char *name);
