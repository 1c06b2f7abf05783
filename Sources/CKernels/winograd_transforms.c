#include "winograd_tiles.h"

#include <string.h>

static const float root_half = 0.70710678118654752f, root_two = 1.41421356237309505f;

// The one-dimensional transforms; `step` and `to_step` are the distances between elements, in vectors.

// to = B^T from: 6 values to 6.
static inline void input_transform(const wino_vector *from, int step, wino_vector *to, int to_step) {
    const wino_vector d0 = from[0], d1 = from[step], d2 = from[2 * step], d3 = from[3 * step], d4 = from[4 * step],
                      d5 = from[5 * step];
    const wino_vector even_a = d4 - 2 * d2, odd_a = root_half * (d3 - 2 * d1);
    const wino_vector even_b = d4 - 0.5f * d2, odd_b = root_two * (d3 - 0.5f * d1);
    to[0] = d0 - 2.5f * d2 + d4;
    to[to_step] = even_a + odd_a;
    to[2 * to_step] = even_a - odd_a;
    to[3 * to_step] = even_b + odd_b;
    to[4 * to_step] = even_b - odd_b;
    to[5 * to_step] = d1 - 2.5f * d3 + d5;
}

// to = A^T from: 6 values to 4.
static inline void output_transform(const wino_vector *from, int step, wino_vector *to, int to_step) {
    const wino_vector sum_a = from[step] + from[2 * step], difference_a = root_half * (from[step] - from[2 * step]);
    const wino_vector sum_b = from[3 * step] + from[4 * step], difference_b = root_two * (from[3 * step] - from[4 * step]);
    to[0] = from[0] + sum_a + sum_b;
    to[to_step] = difference_a + difference_b;
    to[2 * to_step] = 0.5f * sum_a + 2 * sum_b;
    to[3 * to_step] = 0.5f * difference_a + 2 * difference_b + from[5 * step];
}

// to = A from: 4 values to 6.
static inline void gradient_transform(const wino_vector *from, int step, wino_vector *to, int to_step) {
    const wino_vector y0 = from[0], y1 = from[step], y2 = from[2 * step], y3 = from[3 * step];
    const wino_vector even_a = y0 + 0.5f * y2, odd_a = root_half * (y1 + 0.5f * y3);
    const wino_vector even_b = y0 + 2 * y2, odd_b = root_two * (y1 + 2 * y3);
    to[0] = y0;
    to[to_step] = even_a + odd_a;
    to[2 * to_step] = even_a - odd_a;
    to[3 * to_step] = even_b + odd_b;
    to[4 * to_step] = even_b - odd_b;
    to[5 * to_step] = y3;
}

static inline float *tile_place(float *transformed, int64_t channel, int64_t slots, int64_t slot) {
    return transformed + (channel / wino_block * slots + slot) * wino_block + channel % wino_block;
}

// Channels that one pass over a tile's pixels covers; pixels outside the image are read from as many zeros.
enum { channel_chunk = 256 };
static const float zeros[channel_chunk];

// Pointers to the pixels of a tile's square of side `side` from (y, x), at channel `channel`; `zeros` outside the image.
static inline void pixel_pointers(
    const wino_grid *grid, const float *activation, int64_t tile, int margin, int side, int64_t channel,
    const float **pixels) {
    const wino_place place = wino_place_of(grid, tile);
    for (int row = 0; row < side; row++)
        for (int column = 0; column < side; column++) {
            const int64_t y = place.y + row - margin, x = place.x + column - margin;
            const int inside = y >= 0 && y < grid->height && x >= 0 && x < grid->width;
            pixels[row * side + column] = inside ? activation + wino_pixel(grid, place.image, y, x) + channel : zeros;
        }
}

static inline void transform_input_vector(const float *const *pixels, int64_t channel, int64_t stride, float *to) {
    wino_vector half[36];
    for (int column = 0; column < 6; column++) {
        wino_vector d[6];
        for (int row = 0; row < 6; row++) d[row] = wino_load(pixels[row * 6 + column] + channel);
        input_transform(d, 1, half + column, 6);
    }
    for (int row = 0; row < 6; row++) {
        wino_vector full[6];
        input_transform(half + 6 * row, 1, full, 1);
        for (int column = 0; column < 6; column++) wino_store(to + (row * 6 + column) * stride, full[column]);
    }
}

void gd_wino_transform_inputs(
    const wino_grid *grid, const float *input, int64_t first, int64_t count, int64_t slot, int64_t slots,
    float *transformed) {
    const int64_t stride = wino_frequency_stride(slots, grid->channels);
    for (int64_t chunk = 0; chunk < grid->channels; chunk += channel_chunk) {
        const int64_t channels = gd_min(channel_chunk, grid->channels - chunk);
        const float *pixels[36], *next[36];
        pixel_pointers(grid, input, first, 1, 6, chunk, next);
        for (int64_t tile = 0; tile < count; tile++) {
            memcpy(pixels, next, sizeof pixels);
            if (tile + 1 < count) pixel_pointers(grid, input, first + tile + 1, 1, 6, chunk, next);
            for (int64_t channel = 0; channel < channels; channel += wino_lanes) {
                if (channel % wino_block == 0)
                    for (int i = 0; i < 36; i++) __builtin_prefetch(next[i] + channel);
                transform_input_vector(
                    pixels, channel, stride, tile_place(transformed, chunk + channel, slots, slot + tile));
            }
        }
    }
}

static inline void transform_gradient_vector(const float *const *pixels, int64_t channel, int64_t stride, float *to) {
    wino_vector half[24];
    for (int column = 0; column < 4; column++) {
        wino_vector d[4];
        for (int row = 0; row < 4; row++) d[row] = wino_load(pixels[row * 4 + column] + channel);
        gradient_transform(d, 1, half + column, 4);
    }
    for (int row = 0; row < 6; row++) {
        wino_vector full[6];
        gradient_transform(half + 4 * row, 1, full, 1);
        for (int column = 0; column < 6; column++) wino_store(to + (row * 6 + column) * stride, full[column]);
    }
}

void gd_wino_transform_gradients(
    const wino_grid *grid, const float *d_output, int64_t first, int64_t count, int64_t slot, int64_t slots,
    float *transformed) {
    const int64_t stride = wino_frequency_stride(slots, grid->channels);
    for (int64_t chunk = 0; chunk < grid->channels; chunk += channel_chunk) {
        const int64_t channels = gd_min(channel_chunk, grid->channels - chunk);
        for (int64_t tile = 0; tile < count; tile++) {
            const float *pixels[16];
            pixel_pointers(grid, d_output, first + tile, 0, 4, chunk, pixels);
            for (int64_t channel = 0; channel < channels; channel += wino_lanes)
                transform_gradient_vector(
                    pixels, channel, stride, tile_place(transformed, chunk + channel, slots, slot + tile));
        }
    }
}

// Stores a tile's vectors with what the epilogue adds; 2x2 of them are one pixel of an output that is stored small.
static inline void store_outputs(
    const wino_grid *grid, wino_place place, const wino_vector *y, int64_t channel, const gd_epilogue *e, float *output) {
    const int up = (int)grid->upsample;
    const int rows = (int)gd_min(4, grid->height - place.y), columns = (int)gd_min(4, grid->width - place.x);
    wino_vector offset = {0};
    if (e->bias) offset += wino_load(e->bias + channel);
    if (e->image_bias) offset += wino_load(e->image_bias + place.image * grid->channels + channel);
    for (int row = 0; row < rows; row += up)
        for (int column = 0; column < columns; column += up) {
            const int64_t at = wino_pixel(grid, place.image, place.y + row, place.x + column) + channel;
            const wino_vector *from = y + 4 * row + column;
            wino_vector value = up == 1 ? *from : (from[0] + from[1]) + (from[4] + from[5]);
            value += offset;
            if (e->residual) value += wino_load(e->residual + at);
            wino_store(output + at, value);
        }
}

void gd_wino_transform_outputs(
    const wino_grid *grid, const float *products, int64_t slots, int64_t first, int64_t count, int64_t channel,
    int64_t width, const gd_epilogue *epilogue, float *output) {
    const int64_t stride = wino_frequency_stride(slots, width);
    for (int64_t tile = 0; tile < count; tile++) {
        const wino_place place = wino_place_of(grid, first + tile);
        for (int64_t c = 0; c < width; c += wino_lanes) {
            const float *from = products + (c / wino_block * slots + tile) * wino_block + c % wino_block;
            wino_vector m[36], half[24], y[16];
            for (int f = 0; f < wino_frequencies; f++) m[f] = wino_load(from + f * stride);
            for (int column = 0; column < 6; column++) output_transform(m + column, 6, half + column, 6);
            for (int row = 0; row < 4; row++) output_transform(half + 6 * row, 1, y + 4 * row, 1);
            store_outputs(grid, place, y, channel + c, epilogue, output);
        }
    }
}
