#pragma once

#include <stdint.h>

// Sizes of blocks: what keeps a driver's operands in which cache, in one place for a build (docs/adr/0007-kernel-tables.md). They are
// for a second-level cache of 1 MB and a last-level cache of 16 MB; `gd_norm_blocks.moment_pixels`, `gd_norm_blocks.pixels` and the
// tiles, groups and parts of `gd_winograd_weight_blocks` also set the order of sums: other values there change the results' last digits.

/// Direct products. A block of patches is a few rows of the kernel deep and stays in the second-level cache with its sums.
static const struct {
    /// Pixels of a block, and floats of its patches; the depth that is gathered at once.
    int64_t most_pixels, least_pixels, patch_floats, most_depth;
    /// Threads share pixels in multiples of `pixel_step`, channels where a thread has fewer than `few_pixels`.
    int64_t pixel_step, few_pixels;
} gd_direct_blocks = {
    .most_pixels = 96, .least_pixels = 12, .patch_floats = 96 << 10, .most_depth = 1024, .pixel_step = 4, .few_pixels = 24};

/// The direct weight gradient: the same of the pixels that are summed over, and the input channels that are worth a part of their own.
static const struct {
    int64_t most_pixels, least_pixels, patch_floats, most_depth, part_inputs;
} gd_direct_weight_blocks = {
    .most_pixels = 256, .least_pixels = 64, .patch_floats = 128 << 10, .most_depth = 1024, .part_inputs = 64};

/// Few output channels: output pixels of a block.
static const struct {
    int64_t pixels;
} gd_col2im_blocks = {.pixels = 512};

/// Winograd's forward pass and data gradient. None of these numbers changes the result's bytes: each output is one sum in one order.
static const struct {
    /// Floats of the transformed tiles of a group, which all threads share in the last-level cache; tiles of a block.
    int64_t group_floats, most_tiles;
    /// Floats of the tiles that a thread keeps in its own cache, and the most channels for which that pays.
    int64_t kept_floats, most_kept_channels;
    /// Blocks are multiples of so many tiles: of the product's rows on every instruction set.
    int64_t rows;
    /// Tiles whose transform is worth another thread's time, here and in the weight gradient.
    int64_t tile_grain;
} gd_winograd_blocks = {
    .group_floats = 2 << 20, .most_tiles = 48, .kept_floats = 120 << 10, .most_kept_channels = 384, .rows = 12, .tile_grain = 4};

/// Winograd's weight gradient: the same, the most input channels whose sums stay in a thread's own cache, and the strips that threads
/// should have to share.
static const struct {
    int64_t group_floats, most_tiles, strip_inputs, strips;
    /// Floats of all sums that a thread keeps in its own cache, and of the tiles beside them; the most parts that tiles are cut into, and the
    /// fewest tiles of one.
    int64_t kept_sums, kept_tiles, parts, part_tiles;
} gd_winograd_weight_blocks = {
    .group_floats = 2 << 20, .most_tiles = 64, .strip_inputs = 128, .strips = 8, .kept_sums = 224 << 10, .kept_tiles = 80 << 10,
    .parts = 16, .part_tiles = 64};

/// Products of bfloat16: bytes of the weights that stay in the second-level cache while pixels go by, and of a block's patches or band; the
/// most pixels of a block; floats of the sums that wait for their epilogue; columns from which rows with their padding are worth it.
static const struct {
    int64_t weight_bytes, patch_bytes, most_pixels, sum_floats;
} gd_bf16_blocks = {.weight_bytes = 768 << 10, .patch_bytes = 192 << 10, .most_pixels = 256, .sum_floats = 12 << 10};

/// The weight gradient of bfloat16: pixels of a block, whose output gradients stay in the first-level cache in strips of 32 outputs, and
/// the strips that threads should have to share.
static const struct {
    int64_t pixels, strips;
} gd_bf16_weight_blocks = {.pixels = 320, .strips = 8};

/// Attention: rows of a block and floats of its scores, which stay in the second-level cache; threads share rows in multiples of
/// `row_step`, at least `grain` of them: a head is packed for every share that has rows of it.
static const struct {
    int64_t most_rows, least_rows, score_floats, row_step, grain;
} gd_attention_blocks = {.most_rows = 96, .least_rows = 12, .score_floats = 32 << 10, .row_step = 4, .grain = 12};

/// Group normalisation.
static const struct {
    /// Values of a slice, which stays in the second-level cache with its gradient; its channels; floats of a cache line.
    int64_t slice_values, most_channels, line;
    /// Pixels whose moments are taken about one mean: they fit the first-level cache, for two passes.
    int64_t moment_pixels;
    /// Pixels that go through the other loops together, few enough to be read as so many streams.
    int64_t pixels;
} gd_norm_blocks = {.slice_values = 1 << 16, .most_channels = 128, .line = 16, .moment_pixels = 64, .pixels = 8};

/// AdamW: elements a task updates; six streams of them fit the second-level cache.
static const struct {
    int64_t elements;
} gd_adamw_blocks = {.elements = 8192};

/// Loops over elements: the fewest that are worth another thread's time.
static const struct {
    int64_t grain;
} gd_element_blocks = {.grain = 8192};
