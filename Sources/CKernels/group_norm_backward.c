#include "group_norm_slices.h"
#include "vector_math.h"

#include <string.h>

// One slice of one image: its place in the activations, and rows of scratch with one value a channel.
typedef struct {
    int64_t channels;
    const float *input, *d_output, *scale, *shift, *statistics;
    float *d_input;
    float *d_scale, *d_shift, *block_scale, *block_shift, *centre, *inverse_deviation;
} slice_view;

// d_input (as a buffer) = gradient by the affine output; d_scale, d_shift = this image's sums.
static void affine_gradients(const gd_group_norm *s, const slice_view *v) {
    const float *restrict centre = v->centre, *restrict inverse = v->inverse_deviation;
    const float *restrict scale = v->scale, *restrict shift = v->shift;
    float *restrict by_scale = v->block_scale, *restrict by_shift = v->block_shift;
    const size_t bytes = (size_t)v->channels * sizeof(float);
    memset(v->d_scale, 0, bytes);
    memset(v->d_shift, 0, bytes);
    for (int64_t first = 0; first < s->pixels; first += gd_norm_pixel_block) {
        const int64_t end = first + gd_norm_pixel_block < s->pixels ? first + gd_norm_pixel_block : s->pixels;
        memset(by_scale, 0, bytes);
        memset(by_shift, 0, bytes);
        for (int64_t p = first; p < end; p++) {
            const float *x = v->input + p * s->channels, *d_y = v->d_output + p * s->channels;
            float *d_affine = v->d_input + p * s->channels;
#pragma omp simd
            for (int64_t c = 0; c < v->channels; c++) {
                const float normalized = (x[c] - centre[c]) * inverse[c];
                const float slope = s->silu ? gd_silu_slope(normalized * scale[c] + shift[c]) : 1;
                const float gradient = d_y[c] * slope;
                d_affine[c] = gradient;
                by_scale[c] += gradient * normalized;
                by_shift[c] += gradient;
            }
        }
        for (int64_t c = 0; c < v->channels; c++) {
            v->d_scale[c] += by_scale[c];
            v->d_shift[c] += by_shift[c];
        }
    }
}

// d_input = inverse * (d_affine * scale - (sum + normalized * correlation) / count), linear in d_affine and x - centre.
static void input_gradients(const gd_group_norm *s, const slice_view *v) {
    const int64_t width = s->channels / s->groups;
    float *restrict slope = v->block_scale, *restrict offset = v->block_shift;
    for (int64_t first = 0; first < v->channels; first += width) {
        double sum = 0, correlation = 0;
        for (int64_t c = first; c < first + width; c++) {
            sum += (double)v->d_shift[c] * v->scale[c];
            correlation += (double)v->d_scale[c] * v->scale[c];
        }
        const double inverse = v->inverse_deviation[first], count = (double)(s->pixels * width);
        for (int64_t c = first; c < first + width; c++) {
            slope[c] = (float)(inverse * inverse * correlation / count);
            offset[c] = (float)(inverse * sum / count);
        }
    }
    const float *restrict centre = v->centre, *restrict inverse = v->inverse_deviation, *restrict scale = v->scale;
    for (int64_t p = 0; p < s->pixels; p++) {
        const float *x = v->input + p * s->channels;
        float *d_x = v->d_input + p * s->channels;
#pragma omp simd
        for (int64_t c = 0; c < v->channels; c++)
            d_x[c] = d_x[c] * (inverse[c] * scale[c]) - (x[c] - centre[c]) * slope[c] - offset[c];
    }
}

static void spread_statistics(const gd_group_norm *s, const slice_view *v) {
    const int64_t width = s->channels / s->groups;
    for (int64_t c = 0; c < v->channels; c++) {
        v->centre[c] = v->statistics[c / width * 2];
        v->inverse_deviation[c] = v->statistics[c / width * 2 + 1];
    }
}

gd_status gd_f32_group_norm_backward__vector(
    const gd_group_norm *s, const float *input, const float *statistics, const float *scale, const float *shift,
    const float *d_output, float *d_input, float *d_scale, float *d_shift, float *scratch, int threads) {
    if (s->groups <= 0 || s->channels % s->groups) return GD_UNSUPPORTED;
    const gd_norm_slices slices = gd_norm_slices_of(s);
    const int64_t width = s->channels / s->groups, all = s->batch * s->channels;
#pragma omp parallel for collapse(2) num_threads(threads) schedule(static)
    for (int64_t n = 0; n < s->batch; n++)
        for (int64_t slice = 0; slice < slices.count; slice++) {
            const int64_t first = slice * slices.channels, left = s->channels - first;
            const int64_t values = n * s->pixels * s->channels + first;
            float *rows = scratch + n * s->channels + first;
            const slice_view view = {
                .channels = left < slices.channels ? left : slices.channels,
                .input = input + values, .d_output = d_output + values, .d_input = d_input + values,
                .scale = scale + first, .shift = shift + first,
                .statistics = statistics + (n * s->groups + first / width) * 2,
                .d_scale = rows, .d_shift = rows + all, .block_scale = rows + 2 * all, .block_shift = rows + 3 * all,
                .centre = rows + 4 * all, .inverse_deviation = rows + 5 * all};
            spread_statistics(s, &view);
            affine_gradients(s, &view);
            input_gradients(s, &view);
        }
    for (int64_t n = 0; n < s->batch; n++)
        for (int64_t c = 0; c < s->channels; c++) {
            d_scale[c] += scratch[n * s->channels + c];
            d_shift[c] += scratch[all + n * s->channels + c];
        }
    return GD_OK;
}
