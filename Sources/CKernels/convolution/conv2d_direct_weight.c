#include "conv2d_direct.h"
#include "simd/blocking.h"

// Each part of the work is a rectangle of the weight gradient, (output channels, input channels) for all taps, and sums over all
// pixels alone. Where the sums cannot form in the gradient itself they form in scratch, (output channels, kernel rows, taps and
// channels of those rows), and are added at the end.

typedef struct {
    gd_share outputs, inputs;
    /// Kernel rows that are gathered at once, and the floats of their patches: whole panels.
    int64_t kernel_rows, part_stride;
    /// Floats between the sums of output channels.
    int64_t sum_stride;
} rectangle;

static int forms_in_place(const gd_conv2d *g) { return gd_conv2d_taps(g) == 1 && g->input_channels % gd_block == 0; }

static rectangle rectangle_of(const gd_conv2d *g, int part, int parts) {
    rectangle r = {.outputs = {0, g->output_channels}, .inputs = {0, g->input_channels}};
    const int cut_inputs = g->input_channels >= parts * gd_block;
    if (cut_inputs)
        r.inputs = gd_share_of(g->input_channels, gd_block, part, parts);
    else
        r.outputs = gd_share_of(g->output_channels, gd_block, part, parts);
    // The same for all parts, the first of which is the largest.
    const int64_t row_depth = g->kernel_columns * gd_share_of(g->input_channels, gd_block, 0, cut_inputs ? parts : 1).end;
    r.kernel_rows = gd_max(1, gd_min(g->kernel_rows, gd_direct_weight_blocks.most_depth / row_depth));
    r.part_stride = gd_round_up(r.kernel_rows * row_depth, gd_block);
    r.sum_stride = forms_in_place(g) ? g->input_channels : gd_ceil_div(g->kernel_rows, r.kernel_rows) * r.part_stride;
    return r;
}

static int64_t block_pixels(const rectangle *r) {
    const int64_t fitting = gd_direct_weight_blocks.patch_floats / r->part_stride;
    return gd_max(gd_direct_weight_blocks.least_pixels, gd_min(gd_direct_weight_blocks.most_pixels, fitting));
}

static int64_t sum_floats(const gd_conv2d *g, const rectangle *r) {
    return forms_in_place(g) ? 0 : (r->outputs.end - r->outputs.first) * r->sum_stride;
}

static int64_t part_floats(const gd_conv2d *g, int parts) {
    const rectangle largest = rectangle_of(g, 0, parts);
    return sum_floats(g, &largest) + block_pixels(&largest) * largest.part_stride;
}

// Two parts a thread where each still has enough input channels: one to take over when the other is held up.
static int part_count(const gd_conv2d *g, int threads) {
    return g->input_channels >= 2 * threads * gd_direct_weight_blocks.part_inputs ? 2 * threads : threads;
}

int64_t gd_conv2d_backward_weight_scratch__direct(const gd_conv2d *g, int threads) {
    return threads * part_floats(g, part_count(g, threads));
}

// sums = (or +=) d_output^T * patches of `count` pixels from `first` on.
static void add_block(
    const gd_conv2d *g, const gd_product_kernels *simd, const rectangle *r, const float *input, const float *d_output,
    int64_t first, int64_t count, float *sums, int accumulate, float *patches) {
    const gd_conv_grid grid = gd_conv_grid_of(g);
    const int64_t inputs = r->inputs.end - r->inputs.first;
    const gd_left_columns a = {d_output + first * g->output_channels + r->outputs.first, g->output_channels, gd_block};
    for (int64_t row = 0; row < g->kernel_rows; row += r->kernel_rows, sums += r->part_stride) {
        const gd_patch_part part = {row, gd_min(r->kernel_rows, g->kernel_rows - row), r->inputs.first, inputs};
        const int64_t panels = gd_ceil_div(part.kernel_rows * g->kernel_columns * inputs, gd_block);
        gd_right b = {input + first * g->input_channels + r->inputs.first, g->input_channels, gd_block};
        if (!gd_conv_grid_is_pointwise(&grid) || inputs % gd_block != 0) {
            gd_f32_gather_patches(&grid, input, first, count, part, patches, panels * gd_block);
            b = (gd_right){patches, panels * gd_block, gd_block};
        }
        simd->multiply_columns(
            (gd_extents){r->outputs.end - r->outputs.first, count, panels}, a, b,
            (gd_product){sums, r->sum_stride, gd_block}, accumulate);
    }
}

// d_weight (O, I, KH, KW) += the sums of the rectangle. The extents of the kernel are constants where this is inlined.
__attribute__((always_inline)) static inline void add_sums(
    const gd_conv2d *g, int kernel_rows, int kernel_columns, const rectangle *r, const float *sums, float *d_weight) {
    const int64_t inputs = r->inputs.end - r->inputs.first;
    for (int64_t o = r->outputs.first; o < r->outputs.end; o++, sums += r->sum_stride) {
        float *restrict to = d_weight + (o * g->input_channels + r->inputs.first) * kernel_rows * kernel_columns;
        for (int ky = 0; ky < kernel_rows; ky++) {
            const float *row = sums + ky / r->kernel_rows * r->part_stride + ky % r->kernel_rows * kernel_columns * inputs;
            for (int64_t i = 0; i < inputs; i++)
                for (int kx = 0; kx < kernel_columns; kx++)
                    to[(i * kernel_rows + ky) * kernel_columns + kx] += row[kx * inputs + i];
        }
    }
}

static void add_bias(const gd_conv2d *g, gd_share outputs, const float *d_output, int64_t count, float *d_bias) {
    for (int64_t pixel = 0; pixel < count; pixel++)
        for (int64_t o = outputs.first; o < outputs.end; o++) d_bias[o] += d_output[pixel * g->output_channels + o];
}

static void backward_part(
    const gd_conv2d *g, const float *input, const float *d_output, float *d_weight, float *d_bias, float *scratch,
    int part, int parts) {
    const gd_product_kernels *simd = gd_simd_selected()->product;
    const rectangle r = rectangle_of(g, part, parts);
    const gd_share bias_share = gd_share_of(g->output_channels, gd_block, part, parts);
    const int in_place = forms_in_place(g), empty = r.outputs.first == r.outputs.end || r.inputs.first == r.inputs.end;
    const int64_t pixels = gd_conv2d_pixels(g), block = block_pixels(&r);
    float *sums = in_place ? d_weight + r.outputs.first * g->input_channels + r.inputs.first : scratch;
    for (int64_t first = 0; first < pixels; first += block) {
        const int64_t count = gd_min(block, pixels - first);
        if (!empty)
            add_block(
                g, simd, &r, input, d_output, first, count, sums, in_place || first > 0, scratch + sum_floats(g, &r));
        if (d_bias) add_bias(g, bias_share, d_output + first * g->output_channels, count, d_bias);
    }
    if (in_place || empty) return;
    if (g->kernel_rows == 3 && g->kernel_columns == 3)
        add_sums(g, 3, 3, &r, sums, d_weight);
    else
        add_sums(g, (int)g->kernel_rows, (int)g->kernel_columns, &r, sums, d_weight);
}

typedef struct {
    const gd_conv2d *geometry;
    const float *input, *d_output;
    float *d_weight, *d_bias, *scratch;
    int parts;
} pass;

static void backward_parts(gd_share share, int thread, void *context) {
    const pass *p = context;
    for (int64_t part = share.first; part < share.end; part++)
        backward_part(
            p->geometry, p->input, p->d_output, p->d_weight, p->d_bias,
            p->scratch + thread * part_floats(p->geometry, p->parts), (int)part, p->parts);
}

gd_status gd_f32_conv2d_backward_weight__direct(
    const gd_conv2d *g, const float *input, const float *d_output, float *d_weight, float *d_bias, float *scratch,
    int threads) {
    const int parts = part_count(g, threads);
    pass p = {g, input, d_output, d_weight, d_bias, scratch, parts};
    gd_parallel_for(parts, 1, threads, backward_parts, &p);
    return GD_OK;
}
