#include "conv2d_direct.h"
#include "simd/blocking.h"

// Few output channels: one product gives each input pixel's share in every tap of every output, a matrix (pixels, O * KH * KW), from
// which each output gathers its KH * KW shares: col2im. Panels of outputs alone would be mostly empty.

static int64_t columns_of(const gd_conv2d *g) { return gd_round_up(g->output_channels * gd_conv2d_taps(g), gd_block); }

int gd_conv2d_uses_col2im(const gd_conv2d *g) {
    const int64_t panels = gd_round_up(g->output_channels, gd_block) * gd_conv2d_taps(g);
    return g->stride == 1 && g->upsample == 1 && 2 * columns_of(g) <= panels;
}

// Output rows at once.
static int64_t block_rows(const gd_conv2d *g) {
    return gd_max(1, gd_min(g->output_height, gd_col2im_blocks.pixels / g->output_width));
}

static int64_t thread_floats(const gd_conv2d *g) {
    return gd_min(g->height, block_rows(g) + g->kernel_rows - 1) * g->width * columns_of(g);
}

int64_t gd_conv2d_col2im_scratch(const gd_conv2d *g, int threads) {
    return columns_of(g) * g->input_channels + threads * thread_floats(g);
}

// packed (panel, I, 16): column o * KH * KW + tap of the panels.
static void pack(const gd_conv2d *g, const float *weight, float *packed) {
    const int64_t taps = gd_conv2d_taps(g), depth = g->input_channels, columns = columns_of(g);
    for (int64_t column = 0; column < columns; column++)
        for (int64_t i = 0; i < depth; i++) {
            const int64_t o = column / taps, tap = column % taps;
            packed[column / gd_block * gd_block * depth + i * gd_block + column % gd_block] =
                o < g->output_channels ? weight[(o * depth + i) * taps + tap] : 0;
        }
}

// The sum of what the pixels under the kernel have for one output; `shares` starts at image row `first_row`.
static float gather_shares(
    const gd_conv2d *g, const float *shares, int64_t first_row, int64_t y, int64_t x, int64_t o, float sum) {
    const int64_t columns = columns_of(g);
    for (int64_t ky = 0; ky < g->kernel_rows; ky++) {
        const int64_t row = y + ky - g->pad_top;
        if (row < 0 || row >= g->height) continue;
        for (int64_t kx = 0; kx < g->kernel_columns; kx++) {
            const int64_t column = x + kx - g->pad_left;
            if (column < 0 || column >= g->width) continue;
            sum += shares[((row - first_row) * g->width + column) * columns + (o * g->kernel_rows + ky) * g->kernel_columns + kx];
        }
    }
    return sum;
}

// Output rows y ..< end of image n.
static void col2im_rows(
    const gd_conv2d *g, const float *input, const gd_epilogue *epilogue, int64_t n, int64_t y, int64_t end,
    const float *packed, float *shares, float *output) {
    const int64_t first_row = gd_max(0, y - g->pad_top), depth = g->input_channels, columns = columns_of(g);
    const int64_t rows = gd_min(g->height, end - g->pad_top + g->kernel_rows - 1) - first_row;
    gd_simd_selected()->product->multiply(
        (gd_extents){rows * g->width, depth, columns / gd_block},
        (gd_left){input + (n * g->height + first_row) * g->width * depth, depth, gd_block},
        (gd_right){packed, gd_block, depth * gd_block}, (gd_product){shares, columns, gd_block}, 0);
    for (int64_t pixel = (n * g->output_height + y) * g->output_width; y < end; y++)
        for (int64_t x = 0; x < g->output_width; x++, pixel++)
            for (int64_t o = 0; o < g->output_channels; o++)
                output[pixel * g->output_channels + o] = gd_activate(
                    epilogue->activation,
                    gather_shares(g, shares, first_row, y, x, o, gd_epilogue_value(g, epilogue, pixel, o)));
}

typedef struct {
    const gd_conv2d *geometry;
    const float *input;
    const gd_epilogue *epilogue;
    const float *packed;
    float *output, *scratch;
} pass;

// Output rows, numbered through all images.
static void share_rows(gd_share share, int thread, void *context) {
    const pass *p = context;
    const gd_conv2d *g = p->geometry;
    for (int64_t row = share.first; row < share.end;) {
        const int64_t n = row / g->output_height, y = row % g->output_height;
        const int64_t end = gd_min(gd_min(y + block_rows(g), g->output_height), y + share.end - row);
        col2im_rows(g, p->input, p->epilogue, n, y, end, p->packed, p->scratch + thread * thread_floats(g), p->output);
        row += end - y;
    }
}

void gd_f32_conv2d_col2im(
    const gd_conv2d *g, const float *input, const float *weight, const gd_epilogue *epilogue, float *output,
    float *scratch, int threads) {
    pack(g, weight, scratch);
    pass p = {g, input, epilogue, scratch, output, scratch + columns_of(g) * g->input_channels};
    gd_parallel_for(g->batch * g->output_height, block_rows(g), threads, share_rows, &p);
}
