// Runs the kernels of one architecture on fixed inputs: a line a case with its error to the plain reference and a hash of its bytes. Ends
// with status 1 where an error exceeds its bound. All instruction sets add in the same order, so hashes agree between architectures.

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"
#include "cases.h"

int failures;

float *numbers(int64_t count, uint64_t seed, float scale) {
    float *values = aligned_alloc(64, (size_t)(count * 4 + 127) / 64 * 64);
    for (int64_t i = 0; i < count; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        values[i] = scale * ((float)(seed >> 40) * 0x1p-23f - 1);
    }
    return values;
}

void report(const char *name, const void *bytes, int64_t count, double error, double bound) {
    const int bad = !(error <= bound);
    failures += bad;
    printf("%-34s %s %016llx\n", name, bad ? "WRONG" : "right", (unsigned long long)gd_xxh3_64(bytes, count));
    if (bad) fprintf(stderr, "%s: error %g exceeds %g\n", name, error, bound);
}

double distance(const float *a, const float *b, int64_t count) {
    double difference = 0, norm = 0;
    for (int64_t i = 0; i < count; i++) difference += ((double)a[i] - b[i]) * ((double)a[i] - b[i]), norm += (double)b[i] * b[i];
    return sqrt(difference / norm);
}

typedef struct {
    const char *name;
    gd_f32_conv2d_forward *forward;
    gd_f32_conv2d_backward_data *data;
    gd_f32_conv2d_backward_weight *weight;
    int winograd;
} kernel;

static const kernel kernels[] = {
    {"winograd4", gd_f32_conv2d_forward__winograd4, gd_f32_conv2d_backward_data__winograd4,
     gd_f32_conv2d_backward_weight__winograd4, 1},
    {"winograd2", gd_f32_conv2d_forward__winograd2, gd_f32_conv2d_backward_data__winograd2,
     gd_f32_conv2d_backward_weight__winograd2, 1},
    {"direct", gd_f32_conv2d_forward__direct, gd_f32_conv2d_backward_data__direct, gd_f32_conv2d_backward_weight__direct, 0},
};

static void convolution(const char *shape, gd_conv2d g) {
    const int64_t in = g.batch * g.height * g.width * g.input_channels;
    const int64_t out = g.batch * g.output_height * g.output_width * g.output_channels;
    const int64_t weights = g.output_channels * g.input_channels * g.kernel_rows * g.kernel_columns;
    float *x = numbers(in, 1, 1), *w = numbers(weights, 2, 0.1f), *dy = numbers(out, 3, 1), *bias = numbers(g.output_channels, 4, 1);
    float *scratch = malloc(64 << 20), *y = malloc(4 * out), *dx = malloc(4 * in), *dw = malloc(4 * weights);
    float *ry = malloc(4 * out), *rdx = malloc(4 * in), *rdw = calloc(weights, 4);
    const gd_epilogue epilogue = {.bias = bias};
    gd_f32_conv2d_forward__reference(&g, x, w, &epilogue, ry, NULL, 1);
    gd_f32_conv2d_backward_data__reference(&g, dy, w, rdx, 0, NULL, 1);
    gd_f32_conv2d_backward_weight__reference(&g, x, dy, rdw, NULL, NULL, 1);
    for (int i = 0; i < 3; i++) {
        char name[80];
        if (kernels[i].winograd && !gd_conv2d_accepts__winograd(&g)) continue;
        memset(dw, 0, 4 * weights);
        kernels[i].forward(&g, x, w, &epilogue, y, scratch, 1);
        kernels[i].data(&g, dy, w, dx, 0, scratch, 1);
        kernels[i].weight(&g, x, dy, dw, NULL, scratch, 1);
        snprintf(name, sizeof name, "%s %s forward", kernels[i].name, shape), report(name, y, 4 * out, distance(y, ry, out), 4e-6);
        snprintf(name, sizeof name, "%s %s data", kernels[i].name, shape), report(name, dx, 4 * in, distance(dx, rdx, in), 4e-6);
        snprintf(name, sizeof name, "%s %s weight", kernels[i].name, shape);
        report(name, dw, 4 * weights, distance(dw, rdw, weights), 5e-6);
    }
}

static void depthwise(const char *shape, gd_window w, gd_activation activation) {
    const int64_t in = w.batch * w.height * w.width * w.channels;
    const int64_t out = w.batch * w.output_height * w.output_width * w.channels;
    float *x = numbers(in, 9, 2), *weight = numbers(w.channels * w.kernel * w.kernel, 10, 2), *bias = numbers(w.channels, 11, 1);
    float *scratch = malloc(4 * gd_depthwise_scratch__vector(&w)), *y = malloc(4 * out), *ry = malloc(4 * out);
    gd_f32_depthwise_forward__vector(&w, x, weight, bias, activation, y, scratch, 1);
    gd_f32_depthwise_forward__reference(&w, x, weight, bias, activation, ry, NULL, 1);
    report(shape, y, 4 * out, distance(y, ry, out), 1e-6);
}

static void normalisation(void) {
    gd_group_norm s = {.batch = 2, .pixels = 49, .channels = 64, .groups = 32, .epsilon = 1e-6f, .silu = 1};
    const int64_t count = s.batch * s.pixels * s.channels;
    float *x = numbers(count, 5, 3), *scale = numbers(64, 6, 1), *shift = numbers(64, 7, 1), *scratch = malloc(4 << 20);
    float *y = malloc(4 * count), *ry = malloc(4 * count), statistics[128], reference[128];
    gd_f32_group_norm_forward__vector(&s, x, scale, shift, y, statistics, scratch, 1);
    gd_f32_group_norm_forward__reference(&s, x, scale, shift, ry, reference, scratch, 1);
    report("group norm and SiLU", y, 4 * count, distance(y, ry, count), 2e-6);
}

static void rounding(void) {
    enum { chunks = 5, count = chunks * gd_chunk };
    float *x = numbers(count, 8, 1), restored[count];
    const gd_random random = {{1, 2}, {3, 4, 5}};
    gd_sequence sequence;
    gd_prepare_sequence(&random, &sequence);
    const gd_random_bits random_bits = {&sequence, 3};
    const gd_code_kernels *coder = gd_simd_selected()->codes;
    const gd_statistics_kernels *statistics = gd_simd_selected()->statistics;
    int32_t wide[count];
    const gd_levels levels[4] = {{0.001f, 0.016f}, {0, 0.01f}, {0.002f, 0.02f}, {0.001f, 0}};
    const gd_elements all = {0, count - 3};
    const gd_fixed_point fixed = {0x1p30, 77};
    for (int bits = 2; bits <= 8; bits++) {
        char name[40];
        uint8_t packed[count] = {0};
        int8_t codes[count];
        int64_t sums[count] = {0};
        const gd_level_codes to = {levels, 100, bits > 2, bits};
        float clamped[count];
        const float top = 0.01f * (float)((1 << (bits - 1)) - 2);
        for (int i = 0; i < count; i++) clamped[i] = fmaxf(-top, fminf(top, x[i]));
        coder->quantize(clamped, all, &sequence, to, packed);
        snprintf(name, sizeof name, "levels of %d bits", bits), report(name, packed, (all.count * bits + 7) / 8, 0, 0);
        coder->dequantize(packed, all, to, restored);
        snprintf(name, sizeof name, "values of %d bits", bits), report(name, restored, 4 * all.count, 0, 0);
        coder->dequantize_add(packed, all, to, fixed, sums);
        coder->add_fixed(x, all.count, fixed, sums);
        snprintf(name, sizeof name, "sums of %d bits", bits), report(name, sums, 8 * all.count, 0, 0);
        for (int i = 0; i < count; i++) codes[i] = (int8_t)(i * 37);
        coder->pack_codes(codes, count - 3, bits, packed);
        snprintf(name, sizeof name, "packing to %d bits", bits), report(name, packed, ((count - 3) * bits + 7) / 8, 0, 0);
    }
    for (int dither = 0; dither < 2; dither++) {
        const gd_step_lattice lattice = {0.01f, dither};
        coder->round_to_lattice(x, chunks, &random_bits, lattice, wide);
        coder->restore_from_lattice(wide, chunks, &random_bits, lattice, restored);
        double largest = 0;
        for (int i = 0; i < count; i++) largest = fmax(largest, fabs((double)x[i] - restored[i]));
        report(dither ? "dithered lattice" : "stochastic lattice", restored, sizeof restored, largest, dither ? 0.005001 : 0.01);
    }
    const int shift = 1;
    double sums[2] = {0};
    const gd_magnitude_statistics magnitudes = statistics->magnitude_statistics(x, count);
    report("magnitudes", &magnitudes, sizeof magnitudes, 0, 0);
    statistics->rounding_errors(x, count, count, levels, &shift, 1, sums);
    statistics->lattice_errors(x, count, &levels->step, 1, sums + 1);
    report("expected errors", sums, sizeof sums, 0, 0);
}

int main(void) {
    fprintf(stderr, "instruction set %s\n", gd_simd_selected()->name);
    convolution("3x3 32-48 9x7", (gd_conv2d){2, 9, 7, 32, 9, 7, 48, 3, 3, 1, 1, 1, 1});
    convolution("3x3 16-32 4x4 up", (gd_conv2d){1, 4, 4, 16, 8, 8, 32, 3, 3, 1, 1, 1, 2});
    convolution("3x3s2 16-32 8x8", (gd_conv2d){2, 8, 8, 16, 4, 4, 32, 3, 3, 2, 1, 1, 1});
    convolution("1x1 40-24 5x5", (gd_conv2d){1, 5, 5, 40, 5, 5, 24, 1, 1, 1, 0, 0, 1});
    convolution("3x3 3-16 6x6", (gd_conv2d){1, 6, 6, 3, 6, 6, 16, 3, 3, 1, 1, 1, 1});
    convolution("1x7 20-24 6x9", (gd_conv2d){1, 6, 9, 20, 6, 9, 24, 1, 7, 1, 0, 3, 1});
    depthwise("depthwise 3x3 40 9x7", (gd_window){2, 9, 7, 40, 9, 7, 3, 1, 1, 1}, GD_LINEAR);
    depthwise("depthwise 5x5s2 19 8x8 ReLU6", (gd_window){1, 8, 8, 19, 4, 4, 5, 2, 1, 1}, GD_RELU6);
    normalisation();
    rounding();
    bf16_cases();
    return failures > 0;
}
