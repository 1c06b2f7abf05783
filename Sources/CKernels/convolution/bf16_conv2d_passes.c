#include "bf16_conv2d.h"
#include "conv2d_classes.h"

// The forward pass is one product over the output pixels. The data gradient is one over the input pixels of each class that the stride
// makes; of an upsampled convolution it is one whose kernel has a row and a column more: each input pixel is seen as 2x2, whose shares
// in the taps are added up in the weights.

int gd_bf16_conv2d_accepts__band(const gd_conv2d *g) {
    return g->stride == 1 && g->input_channels % gd_bf16_step == 0 && g->output_channels % gd_bf16_step == 0
        && gd_conv2d_taps(g) > 1;
}

int gd_bf16_conv2d_accepts__patches(const gd_conv2d *g) { return g->stride == 1 || g->upsample == 1; }

static gd_bf16_grid_product forward_product(
    const gd_conv2d *g, const gd_bf16 *input, const float *weight, const gd_bf16_epilogue *epilogue, gd_bf16 *output) {
    const int64_t taps = gd_conv2d_taps(g);
    return (gd_bf16_grid_product){
        .grid = gd_conv_grid_of(g), .source = input,
        .weights = {
            .values = weight, .columns = g->output_channels, .column_stride = g->input_channels * taps,
            .kernel_rows = g->kernel_rows, .row_stride = g->kernel_columns, .kernel_columns = g->kernel_columns, .tap_stride = 1,
            .channels = g->input_channels, .channel_stride = taps},
        .values = output, .height = g->output_height, .width = g->output_width, .channels = g->output_channels, .step = 1,
        .epilogue = *epilogue};
}

static gd_bf16_grid_product class_product(
    const gd_conv2d *g, int64_t index, const gd_bf16 *d_output, const float *weight, gd_bf16 *d_input, int accumulate) {
    const gd_pixel_class y = gd_row_class(g, index / g->stride), x = gd_column_class(g, index % g->stride);
    return (gd_bf16_grid_product){
        .grid = gd_class_grid(g, &y, &x), .source = d_output, .weights = gd_class_weights(g, &y, &x, weight), .values = d_input,
        .height = g->height, .width = g->width, .channels = g->input_channels, .step = y.step, .first_y = y.first,
        .first_x = x.first, .epilogue.residual = accumulate ? d_input : NULL};
}

static int64_t combined_taps(const gd_conv2d *g) {
    return (g->kernel_rows + g->upsample - 1) * (g->kernel_columns + g->upsample - 1);
}

static int64_t combined_floats(const gd_conv2d *g) { return g->output_channels * g->input_channels * combined_taps(g); }

// combined (O, I, KH + u - 1, KW + u - 1), flipped: element (a, b) takes every tap whose output lies a rows below and b columns right of
// the first that one of the u x u seen pixels reaches.
static void combine_weights(const gd_conv2d *g, const float *weight, float *combined) {
    const int64_t rows = g->kernel_rows + g->upsample - 1, columns = g->kernel_columns + g->upsample - 1;
    for (int64_t pair = 0; pair < g->output_channels * g->input_channels; pair++, combined += rows * columns) {
        const float *kernel = weight + pair * gd_conv2d_taps(g);
        for (int64_t i = 0; i < rows * columns; i++) combined[i] = 0;
        for (int64_t ky = 0; ky < g->kernel_rows; ky++)
            for (int64_t kx = 0; kx < g->kernel_columns; kx++)
                for (int64_t j = 0; j < g->upsample; j++)
                    for (int64_t i = 0; i < g->upsample; i++)
                        combined[(j + g->kernel_rows - 1 - ky) * columns + i + g->kernel_columns - 1 - kx] +=
                            kernel[ky * g->kernel_columns + kx];
    }
}

static gd_bf16_grid_product upsampled_product(
    const gd_conv2d *g, const gd_bf16 *d_output, const float *combined, gd_bf16 *d_input, int accumulate) {
    const int64_t rows = g->kernel_rows + g->upsample - 1, columns = g->kernel_columns + g->upsample - 1;
    return (gd_bf16_grid_product){
        .grid = {
            .batch = g->batch, .rows = g->height, .columns = g->width, .height = g->output_height, .width = g->output_width,
            .channels = g->output_channels, .kernel_rows = rows, .kernel_columns = columns, .upsample = 1, .step = g->upsample,
            .first_y = g->pad_top - (g->kernel_rows - 1), .first_x = g->pad_left - (g->kernel_columns - 1)},
        .source = d_output,
        .weights = {
            .values = combined, .columns = g->input_channels, .column_stride = rows * columns, .kernel_rows = rows,
            .row_stride = columns, .kernel_columns = columns, .tap_stride = 1, .channels = g->output_channels,
            .channel_stride = g->input_channels * rows * columns},
        .values = d_input, .height = g->height, .width = g->width, .channels = g->input_channels, .step = 1,
        .epilogue.residual = accumulate ? d_input : NULL};
}

static int64_t forward_scratch(const gd_conv2d *g, gd_bf16_way way, int threads) {
    const gd_bf16_grid_product product = forward_product(g, NULL, NULL, &(gd_bf16_epilogue){0}, NULL);
    return gd_bf16_grid_product_scratch(&product, way, threads);
}

static int64_t data_scratch(const gd_conv2d *g, gd_bf16_way way, int threads) {
    if (g->upsample > 1) {
        const gd_bf16_grid_product product = upsampled_product(g, NULL, NULL, NULL, 0);
        return gd_round_up(combined_floats(g), gd_block) + gd_bf16_grid_product_scratch(&product, way, threads);
    }
    int64_t most = 0;
    for (int64_t index = 0; index < g->stride * g->stride; index++) {
        const gd_bf16_grid_product product = class_product(g, index, NULL, NULL, NULL, 0);
        most = gd_max(most, gd_bf16_grid_product_scratch(&product, way, threads));
    }
    return most;
}

static void backward_data(
    const gd_conv2d *g, gd_bf16_way way, const gd_bf16 *d_output, const float *weight, gd_bf16 *d_input, int accumulate,
    float *scratch, int threads) {
    if (g->upsample > 1) {
        combine_weights(g, weight, scratch);
        const gd_bf16_grid_product product = upsampled_product(g, d_output, scratch, d_input, accumulate);
        gd_bf16_multiply_grid(&product, way, scratch + gd_round_up(combined_floats(g), gd_block), threads);
        return;
    }
    for (int64_t index = 0; index < g->stride * g->stride; index++) {
        const gd_bf16_grid_product product = class_product(g, index, d_output, weight, d_input, accumulate);
        gd_bf16_multiply_grid(&product, way, scratch, threads);
    }
}

int64_t gd_bf16_conv2d_forward_scratch__patches(const gd_conv2d *g, int threads) {
    return forward_scratch(g, gd_bf16_patches, threads);
}

int64_t gd_bf16_conv2d_forward_scratch__band(const gd_conv2d *g, int threads) { return forward_scratch(g, gd_bf16_band, threads); }

int64_t gd_bf16_conv2d_backward_data_scratch__patches(const gd_conv2d *g, int threads) {
    return data_scratch(g, gd_bf16_patches, threads);
}

int64_t gd_bf16_conv2d_backward_data_scratch__band(const gd_conv2d *g, int threads) { return data_scratch(g, gd_bf16_band, threads); }

gd_status gd_bf16_conv2d_forward__patches(
    const gd_conv2d *g, const gd_bf16 *input, const float *weight, const gd_bf16_epilogue *epilogue, gd_bf16 *output,
    float *scratch, int threads) {
    const gd_bf16_grid_product product = forward_product(g, input, weight, epilogue, output);
    gd_bf16_multiply_grid(&product, gd_bf16_patches, scratch, threads);
    return GD_OK;
}

gd_status gd_bf16_conv2d_forward__band(
    const gd_conv2d *g, const gd_bf16 *input, const float *weight, const gd_bf16_epilogue *epilogue, gd_bf16 *output,
    float *scratch, int threads) {
    if (!gd_bf16_conv2d_accepts__band(g)) return GD_UNSUPPORTED;
    const gd_bf16_grid_product product = forward_product(g, input, weight, epilogue, output);
    gd_bf16_multiply_grid(&product, gd_bf16_band, scratch, threads);
    return GD_OK;
}

gd_status gd_bf16_conv2d_backward_data__patches(
    const gd_conv2d *g, const gd_bf16 *d_output, const float *weight, gd_bf16 *d_input, int accumulate, float *scratch,
    int threads) {
    if (!gd_bf16_conv2d_accepts__patches(g)) return GD_UNSUPPORTED;
    backward_data(g, gd_bf16_patches, d_output, weight, d_input, accumulate, scratch, threads);
    return GD_OK;
}

gd_status gd_bf16_conv2d_backward_data__band(
    const gd_conv2d *g, const gd_bf16 *d_output, const float *weight, gd_bf16 *d_input, int accumulate, float *scratch,
    int threads) {
    if (!gd_bf16_conv2d_accepts__band(g)) return GD_UNSUPPORTED;
    backward_data(g, gd_bf16_band, d_output, weight, d_input, accumulate, scratch, threads);
    return GD_OK;
}
