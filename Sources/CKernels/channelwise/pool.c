#include "convolution/conv2d_blocks.h"
#include "gd_channelwise.h"
#include "gd_parallel.h"
#include "simd/blocking.h"

#include <string.h>

typedef struct {
    const gd_window *window;
    gd_pooling kind;
    const float *input;
    float *output;
} pass;

static void add_pixel(const float *restrict pixel, int64_t channels, float *restrict output) {
    for (int64_t c = 0; c < channels; c++) output[c] += pixel[c];
}

// NaN is the largest number of all, as in PyTorch.
static void take_larger(const float *restrict pixel, int64_t channels, float *restrict output) {
    for (int64_t c = 0; c < channels; c++) output[c] = pixel[c] > output[c] || pixel[c] != pixel[c] ? pixel[c] : output[c];
}

static void output_pixel(const pass *p, int64_t n, int64_t oy, int64_t ox, float *output) {
    const gd_window *w = p->window;
    const int64_t top = oy * w->stride - w->pad_top, left = ox * w->stride - w->pad_left;
    const int64_t first_y = gd_max(0, top), end_y = gd_min(w->height, top + w->kernel);
    const int64_t first_x = gd_max(0, left), end_x = gd_min(w->width, left + w->kernel);
    for (int64_t y = first_y; y < end_y; y++)
        for (int64_t x = first_x; x < end_x; x++) {
            const float *pixel = p->input + ((n * w->height + y) * w->width + x) * w->channels;
            if (y == first_y && x == first_x)
                memcpy(output, pixel, (size_t)w->channels * sizeof(float));
            else if (p->kind == GD_MAX_POOL)
                take_larger(pixel, w->channels, output);
            else
                add_pixel(pixel, w->channels, output);
        }
    if (p->kind == GD_MAX_POOL) return;
    const float count = (float)((end_y - first_y) * (end_x - first_x));
    for (int64_t c = 0; c < w->channels; c++) output[c] /= count;
}

static void output_pixels(gd_share share, int thread, void *context) {
    (void)thread;
    const pass *p = context;
    const gd_window *w = p->window;
    for (int64_t pixel = share.first; pixel < share.end; pixel++) {
        const int64_t x = pixel % w->output_width, row = pixel / w->output_width;
        output_pixel(p, row / w->output_height, row % w->output_height, x, p->output + pixel * w->channels);
    }
}

gd_status gd_f32_pool_forward__plain(
    const gd_window *w, gd_pooling kind, const float *input, float *output, int threads) {
    pass p = {w, kind, input, output};
    const int64_t grain = gd_element_blocks.grain / (w->kernel * w->kernel * w->channels) + 1;
    gd_parallel_for(w->batch * w->output_height * w->output_width, grain, threads, output_pixels, &p);
    return GD_OK;
}
