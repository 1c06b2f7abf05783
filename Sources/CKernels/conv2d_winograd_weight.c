#include "winograd_product.h"

#include <string.h>

// Blocks of tiles are transformed by all threads, then each thread adds the products of its own frequencies and channels: every
// sum runs over the tiles in one order, whatever the threads.
enum { cache_floats = 600000, most_tiles = 128, least_tiles = 32 };

static int64_t block_tiles(const gd_conv2d *g, int64_t tiles) {
    const int64_t fitting = cache_floats / (wino_frequencies * (g->input_channels + g->output_channels));
    return gd_min(tiles, gd_max(least_tiles, gd_min(most_tiles, fitting)));
}

// Floats between the frequencies of the sums; not a power of two apart, as those of the tiles.
static int64_t sum_stride(const gd_conv2d *g) { return g->input_channels * g->output_channels + wino_block; }

static int64_t sum_floats(const gd_conv2d *g) { return wino_frequencies * sum_stride(g); }

int64_t gd_conv2d_backward_weight_scratch__winograd4(const gd_conv2d *g, int threads) {
    (void)threads;
    const wino_grid grid = wino_inputs(g);
    const int64_t tiles = block_tiles(g, grid.count);
    return sum_floats(g) + wino_tiles_floats(tiles, g->input_channels) + wino_tiles_floats(tiles, g->output_channels);
}

// to = G^T from: 6 values to 3, the transpose of the weight transform.
static inline void kernel_transform(const wino_vector *from, int step, wino_vector *to, int to_step) {
    const float root_half = 0.70710678118654752f, root_two = 1.41421356237309505f;
    const wino_vector sum_a = (from[step] + from[2 * step]) * (-1 / 1.5f);
    const wino_vector difference_a = (from[step] - from[2 * step]) * (-root_half / 1.5f);
    const wino_vector sum_b = (from[3 * step] + from[4 * step]) * (1 / 6.0f);
    const wino_vector difference_b = (from[3 * step] - from[4 * step]) * (root_two / 6);
    to[0] = from[0] + sum_a + sum_b;
    to[to_step] = difference_a + difference_b;
    to[2 * to_step] = 0.5f * sum_a + 2 * sum_b + from[5 * step];
}

// d_weight (O, I, 3, 3) += G^T u G of the sums u (frequency, I / 16, O / 16, 16, 16).
static void add_kernels(const gd_conv2d *g, const float *sums, float *d_weight) {
    const int64_t inputs = g->input_channels, outputs = g->output_channels;
#pragma omp for collapse(2) schedule(static)
    for (int64_t o = 0; o < outputs; o += wino_lanes)
        for (int64_t i = 0; i < inputs; i++) {
            const int64_t block = (i / wino_block) * (outputs / wino_block) + o / wino_block;
            const float *from = sums + (block * wino_block + i % wino_block) * wino_block + o % wino_block;
            wino_vector u[36], half[18], kernel[9];
            for (int f = 0; f < wino_frequencies; f++) u[f] = wino_load(from + f * sum_stride(g));
            for (int column = 0; column < 6; column++) kernel_transform(u + column, 6, half + column, 6);
            for (int row = 0; row < 3; row++) kernel_transform(half + 6 * row, 1, kernel + 3 * row, 1);
            for (int lane = 0; lane < wino_lanes; lane++)
                for (int tap = 0; tap < 9; tap++) d_weight[((o + lane) * inputs + i) * 9 + tap] += kernel[tap][lane];
        }
}

// sums += x^T y over the block's tiles, one frequency and block of 16 input channels a task.
static void add_products(const gd_conv2d *g, const float *x, const float *y, int64_t slots, int64_t count, float *sums) {
    const int64_t inputs = g->input_channels, outputs = g->output_channels;
    const int64_t x_stride = wino_frequency_stride(slots, inputs), y_stride = wino_frequency_stride(slots, outputs);
#pragma omp for collapse(2) schedule(static)
    for (int64_t f = 0; f < wino_frequencies; f++)
        for (int64_t i = 0; i < inputs; i += wino_block)
            for (int64_t o = 0; o < outputs; o += wino_block)
                wino_accumulate(
                    x + f * x_stride + i * slots, y + f * y_stride + o * slots, count,
                    sums + f * sum_stride(g) + i * outputs + o * wino_block);
}

static void add_bias(const gd_conv2d *g, const float *d_output, float *d_bias) {
    const int64_t pixels = gd_conv2d_pixels(g), outputs = g->output_channels;
#pragma omp for schedule(static)
    for (int64_t o = 0; o < outputs; o += wino_block) {
        float sums[wino_block] = {0};
        for (int64_t p = 0; p < pixels; p++)
            for (int c = 0; c < wino_block; c++) sums[c] += d_output[p * outputs + o + c];
        for (int c = 0; c < wino_block; c++) d_bias[o + c] += sums[c];
    }
}

gd_status gd_f32_conv2d_backward_weight__winograd4(
    const gd_conv2d *g, const float *input, const float *d_output, float *d_weight, float *d_bias, float *scratch,
    int threads) {
    if (!gd_conv2d_accepts__winograd4(g)) return GD_UNSUPPORTED;
    const wino_grid in = wino_inputs(g), out = wino_outputs(g);
    const int64_t slots = block_tiles(g, in.count);
    float *x = scratch + sum_floats(g), *y = x + wino_tiles_floats(slots, in.channels);
#pragma omp parallel num_threads(threads)
    {
#pragma omp for schedule(static)
        for (int64_t f = 0; f < wino_frequencies; f++)
            memset(scratch + f * sum_stride(g), 0, (size_t)sum_stride(g) * sizeof(float));
        for (int64_t first = 0; first < in.count; first += slots) {
            const int64_t count = gd_min(slots, in.count - first);
#pragma omp for schedule(static)
            for (int64_t tile = 0; tile < count; tile++) {
                gd_wino_transform_inputs(&in, input, first + tile, 1, tile, slots, x);
                gd_wino_transform_gradients(&out, d_output, first + tile, 1, tile, slots, y);
            }
            add_products(g, x, y, slots, count, scratch);
        }
        add_kernels(g, scratch, d_weight);
        if (d_bias) add_bias(g, d_output, d_bias);
    }
    return GD_OK;
}
