#include "conv2d_blocks.h"

#include <cblas.h>
#include <omp.h>
#include <string.h>

// Pixels are cut into chunks, each with its own partial gradients; the partials are added in chunk order.
typedef struct {
    int64_t block_pixels, chunks, chunk_pixels;
} chunking;

static chunking chunks_of(const gd_conv2d *g) {
    enum { block_pixels = 256, most_chunks = 16, least_chunks = 4, partial_floats = 1 << 22 };
    const int64_t weights = gd_conv2d_depth(g) * g->output_channels;
    const int64_t blocks = gd_ceil_div(gd_conv2d_pixels(g), block_pixels);
    const int64_t wanted = gd_max(least_chunks, gd_min(most_chunks, partial_floats / weights));
    const int64_t blocks_per_chunk = gd_ceil_div(blocks, wanted);
    return (chunking){block_pixels, gd_ceil_div(blocks, blocks_per_chunk), blocks_per_chunk * block_pixels};
}

// Floats of one chunk's partial sums: weight gradient (O, taps, I), then bias gradient (O).
static int64_t partial_count(const gd_conv2d *g) { return (gd_conv2d_depth(g) + 1) * g->output_channels; }

int64_t gd_conv2d_backward_weight_scratch__gemm(const gd_conv2d *g, int threads) {
    const chunking c = chunks_of(g);
    const int64_t gathered = gd_conv2d_is_pointwise(g) ? 0 : c.block_pixels * gd_conv2d_depth(g);
    return c.chunks * partial_count(g) + threads * gathered;
}

static void add_columns(const float *rows, int64_t count, int64_t columns, float *restrict sums) {
    for (int64_t r = 0; r < count; r++)
        for (int64_t c = 0; c < columns; c++) sums[c] += rows[r * columns + c];
}

// partial = patches^T * d_output over the chunk's pixels.
static void accumulate_chunk(
    const gd_conv2d *g, const float *input, const float *d_output, int64_t first, int64_t end, int64_t block_pixels,
    float *partial, float *gathered) {
    const int64_t depth = gd_conv2d_depth(g), outputs = g->output_channels;
    const int pointwise = gd_conv2d_is_pointwise(g);
    float *bias_sums = partial + depth * outputs;
    memset(bias_sums, 0, (size_t)outputs * sizeof(float));
    for (int64_t block = first; block < end; block += block_pixels) {
        const int64_t count = gd_min(block_pixels, end - block);
        if (!pointwise) gd_f32_gather_patches(g, input, block, count, gathered);
        cblas_sgemm(
            CblasRowMajor, CblasTrans, CblasNoTrans, (int)outputs, (int)depth, (int)count, 1, d_output + block * outputs,
            (int)outputs, pointwise ? input + block * depth : gathered, (int)depth, block == first ? 0 : 1, partial,
            (int)depth);
        add_columns(d_output + block * outputs, count, outputs, bias_sums);
    }
}

// d_weight (O, I, taps) += sum of the partials (O, taps, I), in chunk order.
static void add_partials(const gd_conv2d *g, const float *partials, int64_t chunks, float *d_weight, int threads) {
    const int64_t taps = g->kernel * g->kernel, inputs = g->input_channels, stride = partial_count(g);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t o = 0; o < g->output_channels; o++)
        for (int64_t tap = 0; tap < taps; tap++)
            for (int64_t i = 0; i < inputs; i++) {
                const float *partial = partials + (o * taps + tap) * inputs + i;
                float sum = 0;
                for (int64_t chunk = 0; chunk < chunks; chunk++) sum += partial[chunk * stride];
                d_weight[(o * inputs + i) * taps + tap] += sum;
            }
}

gd_status gd_f32_conv2d_backward_weight__gemm(
    const gd_conv2d *g, const float *input, const float *d_output, float *d_weight, float *d_bias, float *scratch,
    int threads) {
    const chunking c = chunks_of(g);
    const int64_t pixels = gd_conv2d_pixels(g), stride = partial_count(g);
    float *gathered = scratch + c.chunks * stride;
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t chunk = 0; chunk < c.chunks; chunk++) {
        const int64_t first = chunk * c.chunk_pixels;
        accumulate_chunk(
            g, input, d_output, first, gd_min(first + c.chunk_pixels, pixels), c.block_pixels, scratch + chunk * stride,
            gathered + omp_get_thread_num() * c.block_pixels * gd_conv2d_depth(g));
    }
    add_partials(g, scratch, c.chunks, d_weight, threads);
    if (!d_bias) return GD_OK;
    for (int64_t chunk = 0; chunk < c.chunks; chunk++) {
        const float *sums = scratch + chunk * stride + gd_conv2d_depth(g) * g->output_channels;
        for (int64_t o = 0; o < g->output_channels; o++) d_bias[o] += sums[o];
    }
    return GD_OK;
}
