#include "group_norm_slices.h"
#include "vector_math.h"

#include <math.h>
#include <string.h>

// totals (channels) = sum over the pixels of (x - centre)^power, power 1 or 2. `block` holds the sums of one block of pixels.
static void sum_over_pixels(
    const gd_group_norm *s, const float *input, int64_t channels, const float *centre, int power, float *restrict block,
    float *restrict totals) {
    memset(totals, 0, (size_t)channels * sizeof(float));
    for (int64_t first = 0; first < s->pixels; first += gd_norm_pixel_block) {
        const int64_t end = first + gd_norm_pixel_block < s->pixels ? first + gd_norm_pixel_block : s->pixels;
        memset(block, 0, (size_t)channels * sizeof(float));
        for (int64_t p = first; p < end; p++) {
            const float *pixel = input + p * s->channels;
            if (power == 1)
                for (int64_t c = 0; c < channels; c++) block[c] += pixel[c];
            else
                for (int64_t c = 0; c < channels; c++) block[c] += (pixel[c] - centre[c]) * (pixel[c] - centre[c]);
        }
        for (int64_t c = 0; c < channels; c++) totals[c] += block[c];
    }
}

// The mean of one group's `width` totals over pixels and channels.
static double group_mean(const gd_group_norm *s, const float *totals, int64_t width) {
    double sum = 0;
    for (int64_t c = 0; c < width; c++) sum += totals[c];
    return sum / (double)(s->pixels * width);
}

// output = activation((input - centre) * factor + shift), channel by channel.
static void apply(
    const gd_group_norm *s, const float *input, int64_t channels, const float *restrict centre,
    const float *restrict factor, const float *restrict shift, float *output) {
    for (int64_t p = 0; p < s->pixels; p++) {
        const float *pixel = input + p * s->channels;
        float *result = output + p * s->channels;
        if (s->silu) {
#pragma omp simd
            for (int64_t c = 0; c < channels; c++) result[c] = gd_silu((pixel[c] - centre[c]) * factor[c] + shift[c]);
        } else {
#pragma omp simd
            for (int64_t c = 0; c < channels; c++) result[c] = (pixel[c] - centre[c]) * factor[c] + shift[c];
        }
    }
}

static void normalize_slice(
    const gd_group_norm *s, const float *input, const float *scale, const float *shift, int64_t channels, float *output,
    float *statistics, float *centre, float *totals, float *block) {
    const int64_t width = s->channels / s->groups;
    sum_over_pixels(s, input, channels, NULL, 1, block, totals);
    for (int64_t c = 0; c < channels; c += width) {
        const float mean = (float)group_mean(s, totals + c, width);
        for (int64_t i = c; i < c + width; i++) centre[i] = mean;
    }
    sum_over_pixels(s, input, channels, centre, 2, block, totals);
    for (int64_t c = 0; c < channels; c += width) {
        const float inverse_deviation = (float)(1 / sqrt(group_mean(s, totals + c, width) + s->epsilon));
        statistics[c / width * 2] = centre[c];
        statistics[c / width * 2 + 1] = inverse_deviation;
        for (int64_t i = c; i < c + width; i++) totals[i] = inverse_deviation * scale[i];
    }
    apply(s, input, channels, centre, totals, shift, output);
}

gd_status gd_f32_group_norm_forward__vector(
    const gd_group_norm *s, const float *input, const float *scale, const float *shift, float *output,
    float *statistics, float *scratch, int threads) {
    if (s->groups <= 0 || s->channels % s->groups) return GD_UNSUPPORTED;
    const gd_norm_slices slices = gd_norm_slices_of(s);
    const int64_t width = s->channels / s->groups, all = s->batch * s->channels;
#pragma omp parallel for collapse(2) num_threads(threads) schedule(static)
    for (int64_t n = 0; n < s->batch; n++)
        for (int64_t slice = 0; slice < slices.count; slice++) {
            const int64_t first = slice * slices.channels, left = s->channels - first;
            const int64_t values = n * s->pixels * s->channels + first;
            float *rows = scratch + n * s->channels + first;
            normalize_slice(
                s, input + values, scale + first, shift + first, left < slices.channels ? left : slices.channels,
                output + values, statistics + (n * s->groups + first / width) * 2, rows, rows + all, rows + 2 * all);
        }
    return GD_OK;
}
