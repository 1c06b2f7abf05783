#include "gd_group_norm.h"

#include <math.h>

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

static void group_statistics(
    const gd_group_norm *s, const float *input, int64_t n, int64_t group, double *mean, double *inverse_deviation) {
    const int64_t width = s->channels / s->groups;
    const float *first = input + n * s->pixels * s->channels + group * width;
    const double count = (double)(s->pixels * width);
    double sum = 0, squares = 0;
    for (int64_t p = 0; p < s->pixels; p++)
        for (int64_t c = 0; c < width; c++) sum += first[p * s->channels + c];
    *mean = sum / count;
    for (int64_t p = 0; p < s->pixels; p++)
        for (int64_t c = 0; c < width; c++) {
            double deviation = first[p * s->channels + c] - *mean;
            squares += deviation * deviation;
        }
    *inverse_deviation = 1 / sqrt(squares / count + s->epsilon);
}

gd_status gd_f32_group_norm_forward__reference(
    const gd_group_norm *s, const float *input, const float *scale, const float *shift, float *output,
    float *statistics, float *scratch, int threads) {
    (void)scratch, (void)threads;
    if (s->groups <= 0 || s->channels % s->groups) return GD_UNSUPPORTED;
    const int64_t width = s->channels / s->groups;
    for (int64_t n = 0; n < s->batch; n++)
        for (int64_t group = 0; group < s->groups; group++) {
            double mean, inverse_deviation;
            group_statistics(s, input, n, group, &mean, &inverse_deviation);
            for (int64_t p = 0; p < s->pixels; p++)
                for (int64_t c = group * width; c < (group + 1) * width; c++) {
                    const int64_t index = (n * s->pixels + p) * s->channels + c;
                    double y = (input[index] - mean) * inverse_deviation * scale[c] + shift[c];
                    output[index] = (float)(s->silu ? y * sigmoid(y) : y);
                }
            statistics[(n * s->groups + group) * 2] = (float)mean;
            statistics[(n * s->groups + group) * 2 + 1] = (float)inverse_deviation;
        }
    return GD_OK;
}

// Derivative of the loss by the affine output: through SiLU where it is fused.
static double affine_gradient(const gd_group_norm *s, double normalized, double scale, double shift, double d_output) {
    if (!s->silu) return d_output;
    double y = normalized * scale + shift;
    double gate = sigmoid(y);
    return d_output * gate * (1 + y * (1 - gate));
}

static void backward_group(
    const gd_group_norm *s, const float *input, const float *statistics, const float *scale, const float *shift,
    const float *d_output, float *d_input, gd_group_norm_extras extras, float *partial_scale, float *partial_shift,
    int64_t n, int64_t group) {
    const int64_t width = s->channels / s->groups;
    const double mean = statistics[(n * s->groups + group) * 2];
    const double inverse_deviation = statistics[(n * s->groups + group) * 2 + 1];
    const double count = (double)(s->pixels * width);
    double sum = 0, correlation = 0;
    for (int64_t c = group * width; c < (group + 1) * width; c++) {
        double d_scale = 0, d_shift = 0;
        for (int64_t p = 0; p < s->pixels; p++) {
            const int64_t index = (n * s->pixels + p) * s->channels + c;
            double normalized = (input[index] - mean) * inverse_deviation;
            double d_affine = affine_gradient(s, normalized, scale[c], shift[c], d_output[index]);
            d_scale += d_affine * normalized;
            d_shift += d_affine;
        }
        partial_scale[n * s->channels + c] = (float)d_scale;
        partial_shift[n * s->channels + c] = (float)d_shift;
        sum += d_shift * scale[c];
        correlation += d_scale * scale[c];
    }
    for (int64_t c = group * width; c < (group + 1) * width; c++) {
        double total = 0;
        for (int64_t p = 0; p < s->pixels; p++) {
            const int64_t index = (n * s->pixels + p) * s->channels + c;
            double normalized = (input[index] - mean) * inverse_deviation, y = normalized * scale[c] + shift[c];
            double d_affine = affine_gradient(s, normalized, scale[c], shift[c], d_output[index]);
            double gradient = inverse_deviation * (d_affine * scale[c] - (sum + normalized * correlation) / count);
            if (extras.addend) gradient += extras.addend[index];
            if (extras.output) extras.output[index] = (float)(s->silu ? y * sigmoid(y) : y);
            d_input[index] = (float)gradient;
            total += gradient;
        }
        if (extras.sums) extras.sums[n * s->channels + c] = (float)total;
    }
}

gd_status gd_f32_group_norm_backward__reference(
    const gd_group_norm *s, const float *input, const float *statistics, const float *scale, const float *shift,
    const float *d_output, float *d_input, float *d_scale, float *d_shift, gd_group_norm_extras extras, float *scratch,
    int threads) {
    (void)threads;
    if (s->groups <= 0 || s->channels % s->groups) return GD_UNSUPPORTED;
    float *partial_scale = scratch, *partial_shift = scratch + s->batch * s->channels;
    for (int64_t n = 0; n < s->batch; n++)
        for (int64_t group = 0; group < s->groups; group++)
            backward_group(
                s, input, statistics, scale, shift, d_output, d_input, extras, partial_scale, partial_shift, n, group);
    for (int64_t n = 0; n < s->batch; n++)
        for (int64_t c = 0; c < s->channels; c++) {
            d_scale[c] += partial_scale[n * s->channels + c];
            d_shift[c] += partial_shift[n * s->channels + c];
        }
    return GD_OK;
}
