#include "convolution/conv2d_blocks.h"
#include "gd_channelwise.h"
#include "gd_parallel.h"
#include "simd/blocking.h"

typedef struct {
    const gd_resize *extents;
    const float *input, *scale, *shift;
    float *output;
} pass;

// Where a pixel lies along an axis of the input: between two pixels, so much towards the second.
typedef struct {
    int64_t first, second;
    float fraction;
} place;

static place place_of(int64_t pixel, int64_t extent, int64_t output_extent) {
    const float centre = ((float)pixel + 0.5f) * ((float)extent / (float)output_extent) - 0.5f, inside = centre < 0 ? 0 : centre;
    const int64_t first = gd_min((int64_t)inside, extent - 1);
    return (place){first, gd_min(first + 1, extent - 1), inside - (float)first};
}

static void output_rows(gd_share share, int thread, void *context) {
    (void)thread;
    const pass *p = context;
    const gd_resize *e = p->extents;
    for (int64_t row = share.first; row < share.end; row++) {
        const place y = place_of(row % e->output_height, e->height, e->output_height);
        const float *image = p->input + row / e->output_height * e->height * e->width * e->channels;
        const float *above = image + y.first * e->width * e->channels, *below = image + y.second * e->width * e->channels;
        float *output = p->output + row * e->output_width * e->channels;
        for (int64_t column = 0; column < e->output_width; column++) {
            const place x = place_of(column, e->width, e->output_width);
            const int64_t left = x.first * e->channels, right = x.second * e->channels;
            for (int64_t c = 0; c < e->channels; c++) {
                const float upper = (1 - x.fraction) * above[left + c] + x.fraction * above[right + c];
                const float lower = (1 - x.fraction) * below[left + c] + x.fraction * below[right + c];
                *output++ = p->scale[c] * ((1 - y.fraction) * upper + y.fraction * lower) + p->shift[c];
            }
        }
    }
}

gd_status gd_f32_resize_forward__bilinear(
    const gd_resize *e, const float *input, const float *scale, const float *shift, float *output, int threads) {
    pass p = {e, input, scale, shift, output};
    const int64_t grain = gd_element_blocks.grain / (e->output_width * e->channels) + 1;
    gd_parallel_for(e->batch * e->output_height, grain, threads, output_rows, &p);
    return GD_OK;
}
