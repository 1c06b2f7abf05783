#include "convolution/conv2d_blocks.h"
#include "depthwise.h"
#include "gd_parallel.h"
#include "gd_simd.h"
#include "simd/blocking.h"

// Rows of outputs are shared by the threads, and computed 16 channels at a time: their input rows and weights stay in the first-level
// cache.

typedef struct {
    const gd_window *window;
    const float *input;
    // (channel block, 1 + K * K, 16).
    const float *parameters;
    gd_activation activation;
    float *output;
} pass;

// Floats of the parameters of 16 channels.
static int64_t block_floats(const gd_window *w) { return (1 + w->kernel * w->kernel) * gd_block; }

int64_t gd_depthwise_scratch__vector(const gd_window *w) { return gd_ceil_div(w->channels, gd_block) * block_floats(w); }

static void pack(const gd_window *w, const float *weight, const float *bias, float *packed) {
    const int64_t taps = w->kernel * w->kernel, channels = gd_ceil_div(w->channels, gd_block) * gd_block;
    for (int64_t c = 0; c < channels; c++) {
        float *to = packed + c / gd_block * block_floats(w) + c % gd_block;
        to[0] = bias && c < w->channels ? bias[c] : 0;
        for (int64_t tap = 0; tap < taps; tap++) to[(1 + tap) * gd_block] = c < w->channels ? weight[c * taps + tap] : 0;
    }
}

static void compute_rows(gd_share share, int thread, void *context) {
    (void)thread;
    const pass *p = context;
    const gd_window *w = p->window;
    const struct gd_depthwise_kernel *simd = gd_simd_selected()->depthwise;
    for (int64_t row = share.first; row < share.end; row++) {
        const int64_t n = row / w->output_height, y = row % w->output_height;
        for (int64_t channel = 0; channel < w->channels; channel += gd_block) {
            const gd_depthwise_row r = {
                .window = w, .image = p->input + n * w->height * w->width * w->channels + channel,
                .y = y * w->stride - w->pad_top, .parameters = p->parameters + channel / gd_block * block_floats(w),
                .activation = p->activation, .channels = gd_min(gd_block, w->channels - channel),
                .output = p->output + row * w->output_width * w->channels + channel};
            simd->compute_row(&r);
        }
    }
}

gd_status gd_f32_depthwise_forward__vector(
    const gd_window *w, const float *input, const float *weight, const float *bias, gd_activation activation,
    float *output, float *scratch, int threads) {
    pack(w, weight, bias, scratch);
    pass p = {w, input, scratch, activation, output};
    const int64_t grain = gd_element_blocks.grain / (w->output_width * w->channels) + 1;
    gd_parallel_for(w->batch * w->output_height, grain, threads, compute_rows, &p);
    return GD_OK;
}
