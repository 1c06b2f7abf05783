#include "conv2d_blocks.h"

#include <cblas.h>
#include <omp.h>
#include <string.h>

// A task is a block of pixels times a block of output channels. Channels are split only where there are few pixels.
typedef struct {
    int64_t pixels, channels, pixel_blocks, channel_blocks;
} blocking;

static blocking blocks_of(const gd_conv2d *g) {
    enum { most_pixels = 256, few_blocks = 8, least_channels = 64 };
    blocking b = {.pixels = gd_min(most_pixels, gd_conv2d_pixels(g))};
    b.pixel_blocks = gd_ceil_div(gd_conv2d_pixels(g), b.pixels);
    b.channel_blocks = gd_max(
        1, gd_min(gd_ceil_div(few_blocks, b.pixel_blocks), g->output_channels / least_channels));
    b.channels = gd_ceil_div(g->output_channels, b.channel_blocks);
    return b;
}

static int64_t gather_scratch(const gd_conv2d *g, int threads) {
    return gd_conv2d_is_pointwise(g) ? 0 : threads * blocks_of(g).pixels * gd_conv2d_depth(g);
}

// output = patches(input) * matrix + epilogue, or output += the product where `accumulate`. The matrix is (depth, O), or its transpose (O, depth).
static void multiply_blocks(
    const gd_conv2d *g, const float *input, const float *matrix, int transposed, const gd_epilogue *epilogue,
    int accumulate, float *output, float *scratch, int threads) {
    const blocking b = blocks_of(g);
    const int64_t pixels = gd_conv2d_pixels(g), depth = gd_conv2d_depth(g), row = g->output_channels;
    const int pointwise = gd_conv2d_is_pointwise(g);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t task = 0; task < b.pixel_blocks * b.channel_blocks; task++) {
        const int64_t first = task / b.channel_blocks * b.pixels, count = gd_min(b.pixels, pixels - first);
        const int64_t o = task % b.channel_blocks * b.channels, channels = gd_min(b.channels, row - o);
        if (channels <= 0) continue;
        const float *patches = input + first * depth;
        if (!pointwise) {
            float *gathered = scratch + omp_get_thread_num() * b.pixels * depth;
            gd_f32_gather_patches(g, input, first, count, gathered);
            patches = gathered;
        }
        float *block = output + first * row + o;
        for (int64_t p = 0; epilogue && p < count; p++)
            for (int64_t c = 0; c < channels; c++) block[p * row + c] = gd_epilogue_value(g, epilogue, first + p, o + c);
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, transposed ? CblasTrans : CblasNoTrans, (int)count, (int)channels, (int)depth, 1,
            patches, (int)depth, transposed ? matrix + o * depth : matrix + o, transposed ? (int)depth : (int)row,
            epilogue || accumulate ? 1 : 0, block, (int)row);
    }
}

int64_t gd_conv2d_forward_scratch__gemm(const gd_conv2d *g, int threads) {
    return gather_scratch(g, threads) + (g->kernel == 1 ? 0 : gd_conv2d_depth(g) * g->output_channels);
}

gd_status gd_f32_conv2d_forward__gemm(
    const gd_conv2d *g, const float *input, const float *weight, const gd_epilogue *epilogue, float *output,
    float *scratch, int threads) {
    if (g->kernel == 1) {
        multiply_blocks(g, input, weight, 1, epilogue, 0, output, scratch, threads);
        return GD_OK;
    }
    const int64_t taps = g->kernel * g->kernel, outputs = g->output_channels, inputs = g->input_channels;
    float *packed = scratch + gather_scratch(g, threads);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t tap = 0; tap < taps; tap++)
        for (int64_t i = 0; i < inputs; i++)
            for (int64_t o = 0; o < outputs; o++)
                packed[(tap * inputs + i) * outputs + o] = weight[(o * inputs + i) * taps + tap];
    multiply_blocks(g, input, packed, 0, epilogue, 0, output, scratch, threads);
    return GD_OK;
}

static int is_plain(const gd_conv2d *g) { return g->stride == 1 && g->upsample == 1; }

// The data gradient of a plain convolution is a convolution of the output gradient.
static gd_conv2d transposed_geometry(const gd_conv2d *g) {
    gd_conv2d t = *g;
    t.height = g->output_height, t.width = g->output_width, t.input_channels = g->output_channels;
    t.output_height = g->height, t.output_width = g->width, t.output_channels = g->input_channels;
    t.pad_top = g->kernel - 1 - g->pad_top, t.pad_left = g->kernel - 1 - g->pad_left;
    return t;
}

static void backward_data_plain(
    const gd_conv2d *g, const float *d_output, const float *weight, float *d_input, int accumulate, float *scratch,
    int threads) {
    const gd_conv2d t = transposed_geometry(g);
    if (g->kernel == 1) {
        multiply_blocks(&t, d_output, weight, 0, NULL, accumulate, d_input, scratch, threads);
        return;
    }
    const int64_t taps = g->kernel * g->kernel, outputs = g->output_channels, inputs = g->input_channels;
    float *packed = scratch + gather_scratch(&t, threads);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t tap = 0; tap < taps; tap++)
        for (int64_t o = 0; o < outputs; o++)
            for (int64_t i = 0; i < inputs; i++)
                packed[(tap * outputs + o) * inputs + i] = weight[(o * inputs + i) * taps + (taps - 1 - tap)];
    multiply_blocks(&t, d_output, packed, 0, NULL, accumulate, d_input, scratch, threads);
}

// Any stride and upsampling: per image, gradients of the patches (OH * OW, depth), then added where the patches came from.
static void backward_data_by_image(
    const gd_conv2d *g, const float *d_output, const float *weight, float *d_input, int accumulate, float *scratch,
    int threads) {
    const int64_t taps = g->kernel * g->kernel, outputs = g->output_channels, inputs = g->input_channels;
    const int64_t pixels = g->output_height * g->output_width, depth = gd_conv2d_depth(g);
    const int64_t image = g->height * g->width * inputs;
    float *packed = scratch + threads * pixels * depth;
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t o = 0; o < outputs; o++)
        for (int64_t tap = 0; tap < taps; tap++)
            for (int64_t i = 0; i < inputs; i++)
                packed[(o * taps + tap) * inputs + i] = weight[(o * inputs + i) * taps + tap];
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t n = 0; n < g->batch; n++) {
        float *patches = scratch + omp_get_thread_num() * pixels * depth;
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)pixels, (int)depth, (int)outputs, 1,
            d_output + n * pixels * outputs, (int)outputs, packed, (int)depth, 0, patches, (int)depth);
        if (!accumulate) memset(d_input + n * image, 0, (size_t)image * sizeof(float));
        gd_f32_scatter_patches(g, patches, d_input + n * image);
    }
}

int64_t gd_conv2d_backward_data_scratch__gemm(const gd_conv2d *g, int threads) {
    const int64_t weights = gd_conv2d_depth(g) * g->output_channels;
    if (!is_plain(g)) return threads * g->output_height * g->output_width * gd_conv2d_depth(g) + weights;
    const gd_conv2d t = transposed_geometry(g);
    return gather_scratch(&t, threads) + weights;
}

gd_status gd_f32_conv2d_backward_data__gemm(
    const gd_conv2d *g, const float *d_output, const float *weight, float *d_input, int accumulate, float *scratch,
    int threads) {
    if (is_plain(g))
        backward_data_plain(g, d_output, weight, d_input, accumulate, scratch, threads);
    else
        backward_data_by_image(g, d_output, weight, d_input, accumulate, scratch, threads);
    return GD_OK;
}
