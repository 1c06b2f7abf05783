#include "group_norm_slices.h"

#include <math.h>
#include <string.h>

int64_t gd_group_norm_scratch(const gd_group_norm *s) { return 8 * s->batch * s->channels; }

// One slice of one image: its place in the activations, and rows of scratch with one value a channel.
typedef struct {
    int64_t channels;
    const float *input, *scale, *shift;
    float *output, *statistics;
    double *totals, *squares;
    float *block_sums, *block_deviations, *centre, *inverse;
} slice_view;

// totals and squares = sums of x and x^2 over the pixels. Within a block squares are taken about the block's mean, in float32;
// what the means add is summed in Double, where a mean far from zero takes no digits from the variance.
static void sum_moments(const gd_group_norm *s, const slice_view *v, const gd_norm_kernels *simd) {
    memset(v->totals, 0, (size_t)v->channels * sizeof(double));
    memset(v->squares, 0, (size_t)v->channels * sizeof(double));
    const float *restrict sums = v->block_sums, *restrict deviations = v->block_deviations;
    double *restrict totals = v->totals, *restrict squares = v->squares;
    for (int64_t first = 0; first < s->pixels; first += gd_norm_blocks.moment_pixels) {
        const gd_norm_block block = gd_norm_block_at(s, first, gd_norm_blocks.moment_pixels, v->channels);
        simd->moments(block, v->input + first * s->channels, v->block_sums, v->block_deviations);
        const float share = 1 / (float)block.pixels;
        for (int64_t c = 0; c < v->channels; c++) {
            const double sum = sums[c], mean = sums[c] * share;
            totals[c] += sum;
            squares[c] += deviations[c] + mean * (2 * sum - (double)block.pixels * mean);
        }
    }
}

// Mean and 1/deviation of every group, for each of its channels.
static void find_statistics(const gd_group_norm *s, const slice_view *v) {
    const int64_t width = s->channels / s->groups;
    const double count = (double)(s->pixels * width);
    for (int64_t first = 0; first < v->channels; first += width) {
        double sum = 0, squares = 0;
        for (int64_t c = first; c < first + width; c++) sum += v->totals[c], squares += v->squares[c];
        const double mean = sum / count, variance = squares / count - mean * mean;
        const float inverse = (float)(1 / sqrt((variance < 0 ? 0 : variance) + s->epsilon));
        v->statistics[first / width * 2] = (float)mean;
        v->statistics[first / width * 2 + 1] = inverse;
        for (int64_t c = first; c < first + width; c++) v->centre[c] = (float)mean, v->inverse[c] = inverse;
    }
}

static void normalize_slice(const gd_group_norm *s, const slice_view *v, const gd_norm_kernels *simd) {
    sum_moments(s, v, simd);
    find_statistics(s, v);
    const gd_norm_rows rows = {v->centre, v->inverse, v->scale, v->shift};
    for (int64_t first = 0; first < s->pixels; first += gd_norm_blocks.pixels)
        simd->apply(
            gd_norm_block_at(s, first, gd_norm_blocks.pixels, v->channels), v->input + first * s->channels, rows, s->silu,
            v->output + first * s->channels);
}

gd_status gd_f32_group_norm_forward__vector(
    const gd_group_norm *s, const float *input, const float *scale, const float *shift, float *output,
    float *statistics, float *scratch, int threads) {
    if (s->groups <= 0 || s->channels % s->groups) return GD_UNSUPPORTED;
    const gd_norm_kernels *simd = gd_simd_selected()->norm;
    const gd_norm_slices slices = gd_norm_slices_of(s);
    const int64_t width = s->channels / s->groups, all = s->batch * s->channels;
    double *doubles = (double *)scratch;
#pragma omp parallel for collapse(2) num_threads(threads) schedule(static)
    for (int64_t n = 0; n < s->batch; n++)
        for (int64_t slice = 0; slice < slices.count; slice++) {
            const int64_t first = slice * slices.channels, left = s->channels - first;
            const int64_t values = n * s->pixels * s->channels + first, row = n * s->channels + first;
            const slice_view view = {
                .channels = left < slices.channels ? left : slices.channels,
                .input = input + values, .output = output + values, .scale = scale + first, .shift = shift + first,
                .statistics = statistics + (n * s->groups + first / width) * 2,
                .totals = doubles + row, .squares = doubles + all + row,
                .block_sums = scratch + 4 * all + row, .block_deviations = scratch + 5 * all + row,
                .centre = scratch + 6 * all + row, .inverse = scratch + 7 * all + row};
            normalize_slice(s, &view, simd);
        }
    return GD_OK;
}
