#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"
#include "cases.h"

// Units that every architecture has give the same bytes everywhere; an instruction of one architecture is compared with the others' sums.

static gd_bf16 *rounded(int64_t count, uint64_t seed, float scale) {
    gd_bf16 *values = aligned_alloc(64, (size_t)(count * 2 + 127) / 64 * 64);
    gd_bf16_from_f32__plain(count, numbers(count, seed, scale), values, 1);
    return values;
}

static float *widened(const gd_bf16 *values, int64_t count) {
    float *wide = malloc(4 * count);
    gd_f32_from_bf16__plain(count, values, wide, 1);
    return wide;
}

static int is_everywhere(const gd_bf16_unit *unit) { return unit->emulated || strcmp(unit->name, "multiply-adds of floats") == 0; }

static void report_unit(const gd_bf16_unit *unit, const char *name, const void *bytes, int64_t count, double error, double bound) {
    if (is_everywhere(unit)) {
        report(name, bytes, count, error, bound);
        return;
    }
    fprintf(stderr, "%-34s %s\n", name, error <= bound ? "right" : "WRONG");
    failures += !(error <= bound);
}

static void product(const gd_bf16_unit *unit, int rows, int pieces, int depth, int panels, int accumulate) {
    const int64_t stride = depth + 32, sums = 16 * panels;
    const gd_bf16 *a = rounded((rows + pieces) * stride, 21, 1), *b = rounded((int64_t)pieces * depth * sums, 22, 1);
    float *c = numbers(rows * sums, 23, 1), *expected = malloc(4 * rows * sums);
    int64_t places[8];
    for (int p = 0; p < pieces; p++) places[p] = p * stride;
    for (int r = 0; r < rows; r++)
        for (int column = 0; column < sums; column++) {
            double sum = accumulate ? c[r * sums + column] : 0;
            for (int p = 0; p < pieces; p++)
                for (int k = 0; k < depth; k++)
                    sum += (double)gd_bf16_value(a[places[p] + r * stride + k])
                        * gd_bf16_value(
                               b[(int64_t)column / 16 * pieces * depth * 16 + (p * depth + k) / 2 * 32 + column % 16 * 2 + k % 2]);
            expected[r * sums + column] = (float)sum;
        }
    unit->multiply(
        (gd_extents){rows, depth, panels}, (gd_bf16_left){a, places, pieces, stride},
        (gd_bf16_right){b, 32, (int64_t)pieces * depth * 16}, (gd_product){c, sums, 16}, accumulate);
    char name[80];
    snprintf(name, sizeof name, "%s %dx%dx%dx%d", unit->name, rows, pieces, depth, panels);
    report_unit(unit, name, c, 4 * rows * sums, distance(c, expected, rows * sums), 2e-6);
}

typedef struct {
    const char *name;
    gd_bf16_conv2d_forward *forward;
    gd_bf16_conv2d_backward_data *data;
    gd_bf16_conv2d_backward_weight *weight;
    int64_t (*scratch[3])(const gd_conv2d *, int);
    int (*accepts)(const gd_conv2d *);
} kernel;

static const kernel kernels[] = {
    {"patches", gd_bf16_conv2d_forward__patches, gd_bf16_conv2d_backward_data__patches, gd_bf16_conv2d_backward_weight__patches,
     {gd_bf16_conv2d_forward_scratch__patches, gd_bf16_conv2d_backward_data_scratch__patches,
      gd_bf16_conv2d_backward_weight_scratch__patches}, gd_bf16_conv2d_accepts__patches},
    {"band", gd_bf16_conv2d_forward__band, gd_bf16_conv2d_backward_data__band, gd_bf16_conv2d_backward_weight__band,
     {gd_bf16_conv2d_forward_scratch__band, gd_bf16_conv2d_backward_data_scratch__band,
      gd_bf16_conv2d_backward_weight_scratch__band}, gd_bf16_conv2d_accepts__band},
    {"winograd4", gd_bf16_conv2d_forward__winograd4, gd_bf16_conv2d_backward_data__winograd4,
     gd_bf16_conv2d_backward_weight__winograd4,
     {gd_conv2d_forward_scratch__winograd4, gd_conv2d_backward_data_scratch__winograd4,
      gd_conv2d_backward_weight_scratch__winograd4}, gd_conv2d_accepts__winograd},
};

static void convolution(const gd_bf16_unit *unit, const char *shape, gd_conv2d g) {
    const int64_t in = g.batch * g.height * g.width * g.input_channels;
    const int64_t out = g.batch * g.output_height * g.output_width * g.output_channels;
    const int64_t weights = g.output_channels * g.input_channels * g.kernel_rows * g.kernel_columns;
    const gd_bf16 *x = rounded(in, 31, 1), *dy = rounded(out, 33, 1), *residual = rounded(out, 36, 1), *before = rounded(in, 37, 1);
    float *w = numbers(weights, 32, 0.1f), *bias = numbers(g.output_channels, 34, 1);
    float *image_bias = numbers(g.batch * g.output_channels, 35, 1), *scratch = malloc(4 * gd_bf16_conv2d_scratch__reference(&g, 1));
    gd_bf16 *y = malloc(2 * out), *dx = malloc(2 * in), *ry = malloc(2 * out), *rdx = malloc(2 * in);
    float *dw = malloc(4 * weights), *rdw = calloc(weights, 4), db[512] = {0}, rdb[512] = {0};
    const gd_bf16_epilogue epilogue = {bias, image_bias, residual, GD_RELU};
    memcpy(rdx, before, 2 * in);
    gd_bf16_conv2d_forward__reference(&g, x, w, &epilogue, ry, scratch, 1);
    gd_bf16_conv2d_backward_data__reference(&g, dy, w, rdx, 1, scratch, 1);
    gd_bf16_conv2d_backward_weight__reference(&g, x, dy, rdw, rdb, scratch, 1);
    for (int i = 0; i < 3; i++) {
        char name[80];
        const kernel *k = &kernels[i];
        // Winograd's weights are not rounded, and its own rounding errors are larger.
        const int rounds_weights = i < 2;
        if (!k->accepts(&g)) continue;
        memset(dw, 0, 4 * weights), memset(db, 0, sizeof db), memcpy(dx, before, 2 * in);
        float *own[3];
        for (int pass = 0; pass < 3; pass++) {
            const int64_t floats = k->scratch[pass](&g, 1);
            own[pass] = malloc(4 * floats);
            memset(own[pass], 0xff, 4 * floats);
        }
        k->forward(&g, x, w, &epilogue, y, own[0], 1);
        k->data(&g, dy, w, dx, 1, own[1], 1);
        k->weight(&g, x, dy, dw, db, own[2], 1);
        snprintf(name, sizeof name, "%s %s %s forward", unit->name, k->name, shape);
        report_unit(unit, name, y, 2 * out, distance(widened(y, out), widened(ry, out), out), rounds_weights ? 4e-4 : 4e-3);
        snprintf(name, sizeof name, "%s %s %s data", unit->name, k->name, shape);
        report_unit(unit, name, dx, 2 * in, distance(widened(dx, in), widened(rdx, in), in), rounds_weights && g.upsample == 1 ? 4e-4 : 4e-3);
        snprintf(name, sizeof name, "%s %s %s weight", unit->name, k->name, shape);
        report_unit(unit, name, dw, 4 * weights, distance(dw, rdw, weights), rounds_weights ? 2e-6 : 5e-6);
        snprintf(name, sizeof name, "%s %s %s bias", unit->name, k->name, shape);
        report_unit(unit, name, db, 4 * g.output_channels, distance(db, rdb, g.output_channels), 2e-6);
    }
}

static void attention(const gd_bf16_unit *unit, const char *shape, gd_attention s) {
    const int64_t count = s.batch * s.tokens * s.heads * s.head_channels;
    gd_bf16 *in[4], *out[4];
    float *wide[4], *expected[4];
    for (int i = 0; i < 4; i++) {
        in[i] = rounded(count, 41 + i, 1), out[i] = malloc(2 * count);
        wide[i] = widened(in[i], count), expected[i] = malloc(4 * count);
    }
    float *scratch = malloc(64 << 20);
    memset(scratch, 0xff, 64 << 20);
    gd_bf16_attention_forward__blocked(&s, in[0], in[1], in[2], out[0], scratch, 1);
    memset(scratch, 0xff, 64 << 20);
    gd_bf16_attention_backward__blocked(&s, in[0], in[1], in[2], in[3], out[1], out[2], out[3], scratch, 1);
    gd_f32_attention_forward__reference(&s, wide[0], wide[1], wide[2], expected[0], scratch, 1);
    gd_f32_attention_backward__reference(
        &s, wide[0], wide[1], wide[2], wide[3], expected[1], expected[2], expected[3], scratch, 1);
    for (int i = 0; i < 4; i++) {
        const char *what[] = {"output", "d_query", "d_key", "d_value"};
        char name[80];
        snprintf(name, sizeof name, "%s attention %s %s", unit->name, shape, what[i]);
        report_unit(unit, name, out[i], 2 * count, distance(widened(out[i], count), expected[i], count), 4e-3);
    }
}

static void normalisation(void) {
    gd_group_norm s = {.batch = 2, .pixels = 49, .channels = 40, .groups = 8, .epsilon = 1e-6f, .silu = 1};
    const int64_t count = s.batch * s.pixels * s.channels;
    gd_bf16 *x = rounded(count, 51, 3), *dy = rounded(count, 52, 1), *addend = rounded(count, 53, 1);
    gd_bf16 *y = malloc(2 * count), *again = malloc(2 * count), *dx = malloc(2 * count);
    float *scale = numbers(40, 54, 1), *shift = numbers(40, 55, 1), *scratch = malloc(4 << 20), statistics[32], wanted[32];
    float sums[80], wanted_sums[80], d_scale[40] = {0}, d_shift[40] = {0}, wd_scale[40] = {0}, wd_shift[40] = {0};
    float *ry = malloc(4 * count), *rdx = malloc(4 * count), *wide = widened(x, count), *wide_dy = widened(dy, count);
    gd_bf16_group_norm_forward__vector(&s, x, scale, shift, y, statistics, scratch, 1);
    gd_bf16_group_norm_backward__vector(
        &s, x, statistics, scale, shift, dy, dx, d_scale, d_shift, (gd_bf16_group_norm_extras){addend, again, sums}, scratch, 1);
    gd_f32_group_norm_forward__reference(&s, wide, scale, shift, ry, wanted, scratch, 1);
    gd_f32_group_norm_backward__reference(
        &s, wide, wanted, scale, shift, wide_dy, rdx, wd_scale, wd_shift,
        (gd_group_norm_extras){widened(addend, count), NULL, wanted_sums}, scratch, 1);
    report("bf16 group norm", y, 2 * count, distance(widened(y, count), ry, count), 3e-3);
    report("bf16 group norm again", again, 2 * count, distance(widened(again, count), ry, count), 3e-3);
    report("bf16 group norm gradient", dx, 2 * count, distance(widened(dx, count), rdx, count), 4e-3);
    report("bf16 group norm scale", d_scale, sizeof d_scale, distance(d_scale, wd_scale, 40), 1e-5);
    report("bf16 group norm shift", d_shift, sizeof d_shift, distance(d_shift, wd_shift, 40), 1e-5);
    report("bf16 group norm sums", sums, sizeof sums, distance(sums, wanted_sums, 80), 3e-3);
}

void bf16_cases(void) {
    normalisation();
    for (int i = 0; gd_bf16_unit_at(i); i++) {
        const gd_bf16_unit *unit = gd_bf16_unit_at(i);
        if (!unit->runs()) continue;
        gd_bf16_unit_select(unit->name);
        for (int rows = 1; rows <= 37; rows++) product(unit, rows, 1, 32, 3, rows % 2);
        for (int pieces = 2; pieces <= 5; pieces++) product(unit, 33, pieces, 64, pieces, 1);
        attention(unit, "2x20x1x24", (gd_attention){2, 20, 1, 24, 0.2f});
        attention(unit, "1x256x1x32", (gd_attention){1, 256, 1, 32, 0.18f});
        attention(unit, "1x113x2x33", (gd_attention){1, 113, 2, 33, 0.17f});
        convolution(unit, "3x3 32-32 9x7", (gd_conv2d){2, 9, 7, 32, 9, 7, 32, 3, 3, 1, 1, 1, 1});
        convolution(unit, "3x3 64-96 16x16", (gd_conv2d){1, 16, 16, 64, 16, 16, 96, 3, 3, 1, 1, 1, 1});
        convolution(unit, "3x3 320-64 4x4", (gd_conv2d){3, 4, 4, 320, 4, 4, 64, 3, 3, 1, 1, 1, 1});
        convolution(unit, "3x3 up 32-64 5x3", (gd_conv2d){1, 5, 3, 32, 10, 6, 64, 3, 3, 1, 1, 1, 2});
        convolution(unit, "3x3s2 16-32 8x8", (gd_conv2d){2, 8, 8, 16, 4, 4, 32, 3, 3, 2, 1, 1, 1});
        convolution(unit, "3x3s2 48-32 9x9", (gd_conv2d){2, 9, 9, 48, 4, 4, 32, 3, 3, 2, 0, 0, 1});
        convolution(unit, "1x1 40-24 5x5", (gd_conv2d){1, 5, 5, 40, 5, 5, 24, 1, 1, 1, 0, 0, 1});
        convolution(unit, "1x1 64-33 5x5", (gd_conv2d){1, 5, 5, 64, 5, 5, 33, 1, 1, 1, 0, 0, 1});
        convolution(unit, "3x3 3-16 6x6", (gd_conv2d){1, 6, 6, 3, 6, 6, 16, 3, 3, 1, 1, 1, 1});
        convolution(unit, "3x3 32-3 12x40", (gd_conv2d){1, 12, 40, 32, 12, 40, 3, 3, 3, 1, 1, 1, 1});
        convolution(unit, "5x5 32-32 6x9", (gd_conv2d){1, 6, 9, 32, 6, 9, 32, 5, 5, 1, 2, 2, 1});
        convolution(unit, "1x7 32-32 6x9", (gd_conv2d){1, 6, 9, 32, 6, 9, 32, 1, 7, 1, 0, 3, 1});
        convolution(unit, "3x3s3 16-7 10x10", (gd_conv2d){1, 10, 10, 16, 4, 4, 7, 3, 3, 3, 1, 1, 1});
        convolution(unit, "2x2 8-8 2x2", (gd_conv2d){1, 2, 2, 8, 1, 1, 8, 2, 2, 1, 0, 0, 1});
    }
    gd_bf16_unit_select(NULL);
}
