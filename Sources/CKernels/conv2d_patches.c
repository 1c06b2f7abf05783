#include "conv2d_blocks.h"

#include <string.h>

static inline void copy(float *restrict to, const float *restrict from, int64_t count) {
    for (int64_t i = 0; i < count; i++) to[i] = from[i];
}

static inline void clear(float *to, int64_t count) {
    for (int64_t i = 0; i < count; i++) to[i] = 0;
}

// One kernel row of one patch: `kernel` neighbouring pixels from column x0 of an input row, NULL above and below the image.
static inline float *gather_kernel_row(const gd_conv2d *g, const float *row, int64_t x0, float *to) {
    const int64_t channels = g->input_channels, width = g->kernel * channels;
    if (!row) {
        clear(to, width);
    } else if (x0 >= 0 && x0 + g->kernel <= g->width && g->upsample == 1) {
        copy(to, row + x0 * channels, width);
    } else {
        for (int64_t kx = 0; kx < g->kernel; kx++) {
            const int64_t x = x0 + kx;
            if (x < 0 || x >= g->upsample * g->width)
                clear(to + kx * channels, channels);
            else
                copy(to + kx * channels, row + x / g->upsample * channels, channels);
        }
    }
    return to + width;
}

void gd_f32_gather_patches(const gd_conv2d *g, const float *input, int64_t first, int64_t count, float *rows) {
    const int64_t input_row = g->width * g->input_channels;
    for (int64_t pixel = first; pixel < first + count; pixel++) {
        const int64_t ox = pixel % g->output_width, line = pixel / g->output_width;
        const int64_t oy = line % g->output_height, n = line / g->output_height;
        const float *image = input + n * g->height * input_row;
        for (int64_t ky = 0; ky < g->kernel; ky++) {
            const int64_t y = oy * g->stride + ky - g->pad_top;
            const float *row = y >= 0 && y < g->upsample * g->height ? image + y / g->upsample * input_row : NULL;
            rows = gather_kernel_row(g, row, ox * g->stride - g->pad_left, rows);
        }
    }
}

void gd_f32_scatter_patches(const gd_conv2d *g, const float *rows, float *d_input) {
    const int64_t channels = g->input_channels, depth = gd_conv2d_depth(g);
    for (int64_t oy = 0; oy < g->output_height; oy++)
        for (int64_t ky = 0; ky < g->kernel; ky++) {
            const int64_t y = oy * g->stride + ky - g->pad_top;
            if (y < 0 || y >= g->upsample * g->height) continue;
            for (int64_t ox = 0; ox < g->output_width; ox++) {
                const float *patch = rows + (oy * g->output_width + ox) * depth + ky * g->kernel * channels;
                const int64_t x0 = ox * g->stride - g->pad_left;
                const int64_t begin = gd_max(0, -x0), end = gd_min(g->kernel, g->upsample * g->width - x0);
                for (int64_t kx = begin; kx < end; kx++) {
                    float *restrict pixel =
                        d_input + (y / g->upsample * g->width + (x0 + kx) / g->upsample) * channels;
                    for (int64_t i = 0; i < channels; i++) pixel[i] += patch[kx * channels + i];
                }
            }
        }
}
