// The forward pass, once for each type of elements.

// One slice of one image: its place in the activations, and rows of scratch with one value a channel.
typedef struct {
    int64_t channels;
    const element *input;
    const float *scale, *shift;
    element *output;
    float *statistics;
    double *totals, *squares;
    float *block_sums, *block_deviations, *centre, *inverse;
} named(forward_slice);

// totals and squares = sums of x and x^2 over the pixels. Within a block squares are taken about the block's mean, in float32;
// what the means add is summed in Double, where a mean far from zero takes no digits from the variance.
static void named(sum_moments)(const gd_group_norm *s, const named(forward_slice) *v, const norm_kernels *simd) {
    memset(v->totals, 0, (size_t)v->channels * sizeof(double));
    memset(v->squares, 0, (size_t)v->channels * sizeof(double));
    const float *restrict sums = v->block_sums, *restrict deviations = v->block_deviations;
    double *restrict totals = v->totals, *restrict squares = v->squares;
    for (int64_t first = 0; first < s->pixels; first += gd_norm_blocks.moment_pixels) {
        const gd_norm_block block = gd_norm_block_at(s, first, gd_norm_blocks.moment_pixels, v->channels);
        simd->moments(block, v->input + first * s->channels, v->block_sums, v->block_deviations);
        const float share = 1 / (float)block.pixels;
        for (int64_t c = 0; c < v->channels; c++) {
            const double sum = sums[c], mean = sums[c] * share;
            totals[c] += sum;
            squares[c] += deviations[c] + mean * (2 * sum - (double)block.pixels * mean);
        }
    }
}

// Mean and 1/deviation of every group, for each of its channels.
static void named(find_statistics)(const gd_group_norm *s, const named(forward_slice) *v) {
    const int64_t width = s->channels / s->groups;
    const double count = (double)(s->pixels * width);
    for (int64_t first = 0; first < v->channels; first += width) {
        double sum = 0, squares = 0;
        for (int64_t c = first; c < first + width; c++) sum += v->totals[c], squares += v->squares[c];
        const double mean = sum / count, variance = squares / count - mean * mean;
        const float inverse = (float)(1 / sqrt((variance < 0 ? 0 : variance) + s->epsilon));
        v->statistics[first / width * 2] = (float)mean;
        v->statistics[first / width * 2 + 1] = inverse;
        for (int64_t c = first; c < first + width; c++) v->centre[c] = (float)mean, v->inverse[c] = inverse;
    }
}

static void named(normalize_slice)(const gd_group_norm *s, const named(forward_slice) *v, const norm_kernels *simd) {
    named(sum_moments)(s, v, simd);
    named(find_statistics)(s, v);
    const gd_norm_rows rows = {v->centre, v->inverse, v->scale, v->shift};
    for (int64_t first = 0; first < s->pixels; first += gd_norm_blocks.pixels)
        simd->apply(
            gd_norm_block_at(s, first, gd_norm_blocks.pixels, v->channels), v->input + first * s->channels, rows, s->silu,
            v->output + first * s->channels);
}

typedef struct {
    const gd_group_norm *shape;
    gd_norm_slices slices;
    const element *input;
    const float *scale, *shift;
    element *output;
    float *statistics, *scratch;
} named(forward_pass);

// Slices of all images, numbered image by image.
static void named(normalize_slices)(gd_share share, int thread, void *context) {
    (void)thread;
    const named(forward_pass) *t = context;
    const gd_group_norm *s = t->shape;
    const int64_t width = s->channels / s->groups, all = s->batch * s->channels;
    double *doubles = (double *)t->scratch;
    for (int64_t index = share.first; index < share.end; index++) {
        const int64_t n = index / t->slices.count, first = index % t->slices.count * t->slices.channels;
        const int64_t left = s->channels - first, values = n * s->pixels * s->channels + first, row = n * s->channels + first;
        const named(forward_slice) view = {
            .channels = left < t->slices.channels ? left : t->slices.channels,
            .input = t->input + values, .output = t->output + values, .scale = t->scale + first, .shift = t->shift + first,
            .statistics = t->statistics + (n * s->groups + first / width) * 2,
            .totals = doubles + row, .squares = doubles + all + row,
            .block_sums = t->scratch + 4 * all + row, .block_deviations = t->scratch + 5 * all + row,
            .centre = t->scratch + 6 * all + row, .inverse = t->scratch + 7 * all + row};
        named(normalize_slice)(s, &view, selected_norm());
    }
}

gd_status symbol(group_norm_forward__vector)(
    const gd_group_norm *s, const element *input, const float *scale, const float *shift, element *output,
    float *statistics, float *scratch, int threads) {
    if (s->groups <= 0 || s->channels % s->groups) return GD_UNSUPPORTED;
    named(forward_pass) t = {s, gd_norm_slices_of(s), input, scale, shift, output, statistics, scratch};
    gd_parallel_for(s->batch * t.slices.count, 1, threads, named(normalize_slices), &t);
    return GD_OK;
}
