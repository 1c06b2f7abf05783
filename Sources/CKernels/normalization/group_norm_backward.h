// The backward pass, once for each type of elements.

// One slice of one image: its place in the activations, and rows of scratch with one value a channel.
typedef struct {
    int64_t channels;
    const element *input, *d_output, *addend;
    const float *scale, *shift, *statistics;
    element *d_input, *output;
    float *d_scale, *d_shift, *sums, *centre, *inverse, *factor, *slope, *offset;
} named(backward_slice);

static void named(broadcast_statistics)(const gd_group_norm *s, const named(backward_slice) *v) {
    const int64_t width = s->channels / s->groups;
    for (int64_t c = 0; c < v->channels; c++) {
        v->centre[c] = v->statistics[c / width * 2];
        v->inverse[c] = v->statistics[c / width * 2 + 1];
    }
}

// d_input (as a buffer) = gradient by the affine output; d_scale, d_shift = this image's sums.
static void named(affine_gradients)(const gd_group_norm *s, const named(backward_slice) *v, const norm_kernels *simd) {
    memset(v->d_scale, 0, (size_t)v->channels * sizeof(float));
    memset(v->d_shift, 0, (size_t)v->channels * sizeof(float));
    const gd_norm_rows rows = {v->centre, v->inverse, v->scale, v->shift};
    const gd_norm_sums sums = {v->d_scale, v->d_shift};
    for (int64_t first = 0; first < s->pixels; first += gd_norm_blocks.pixels) {
        const int64_t place = first * s->channels;
        simd->affine_gradients(
            gd_norm_block_at(s, first, gd_norm_blocks.pixels, v->channels), v->input + place, v->d_output + place, rows, s->silu,
            v->d_input + place, v->output ? v->output + place : NULL, sums);
    }
}

// d_input = inverse * (d_affine * scale - (sum + normalized * correlation) / count), linear in d_affine and x - centre.
static void named(find_slopes)(const gd_group_norm *s, const named(backward_slice) *v) {
    const int64_t width = s->channels / s->groups;
    for (int64_t first = 0; first < v->channels; first += width) {
        double sum = 0, correlation = 0;
        for (int64_t c = first; c < first + width; c++) {
            sum += (double)v->d_shift[c] * v->scale[c];
            correlation += (double)v->d_scale[c] * v->scale[c];
        }
        const double inverse = v->inverse[first], count = (double)(s->pixels * width);
        for (int64_t c = first; c < first + width; c++) {
            v->factor[c] = v->inverse[c] * v->scale[c];
            v->slope[c] = (float)(inverse * inverse * correlation / count);
            v->offset[c] = (float)(inverse * sum / count);
        }
    }
}

static void named(input_gradients)(const gd_group_norm *s, const named(backward_slice) *v, const norm_kernels *simd) {
    memset(v->sums, 0, (size_t)v->channels * sizeof(float));
    const gd_norm_slopes slopes = {v->centre, v->factor, v->slope, v->offset};
    for (int64_t first = 0; first < s->pixels; first += gd_norm_blocks.pixels) {
        const int64_t place = first * s->channels;
        simd->input_gradients(
            gd_norm_block_at(s, first, gd_norm_blocks.pixels, v->channels), v->input + place,
            v->addend ? v->addend + place : NULL, slopes,
            v->d_input + place, v->sums);
    }
}

typedef struct {
    const gd_group_norm *shape;
    gd_norm_slices slices;
    const element *input, *d_output;
    const float *statistics, *scale, *shift;
    element *d_input;
    norm_extras extras;
    float *rows;
} named(backward_pass);

// Slices of all images, numbered image by image.
static void named(backward_slices)(gd_share share, int thread, void *context) {
    (void)thread;
    const named(backward_pass) *t = context;
    const gd_group_norm *s = t->shape;
    const int64_t width = s->channels / s->groups, all = s->batch * s->channels;
    for (int64_t index = share.first; index < share.end; index++) {
        const int64_t n = index / t->slices.count, first = index % t->slices.count * t->slices.channels;
        const int64_t left = s->channels - first, values = n * s->pixels * s->channels + first;
        float *rows = t->rows + n * s->channels + first;
        const named(backward_slice) view = {
            .channels = left < t->slices.channels ? left : t->slices.channels,
            .input = t->input + values, .d_output = t->d_output + values, .d_input = t->d_input + values,
            .addend = t->extras.addend ? t->extras.addend + values : NULL,
            .output = t->extras.output ? t->extras.output + values : NULL,
            .scale = t->scale + first, .shift = t->shift + first,
            .statistics = t->statistics + (n * s->groups + first / width) * 2,
            .d_scale = rows, .d_shift = rows + all,
            .sums = t->extras.sums ? t->extras.sums + n * s->channels + first : rows + 2 * all,
            .centre = rows + 3 * all, .inverse = rows + 4 * all, .factor = rows + 5 * all, .slope = rows + 6 * all,
            .offset = rows + 7 * all};
        const norm_kernels *simd = selected_norm();
        named(broadcast_statistics)(s, &view);
        named(affine_gradients)(s, &view, simd);
        named(find_slopes)(s, &view);
        named(input_gradients)(s, &view, simd);
    }
}

gd_status symbol(group_norm_backward__vector)(
    const gd_group_norm *s, const element *input, const float *statistics, const float *scale, const float *shift,
    const element *d_output, element *d_input, float *d_scale, float *d_shift, norm_extras extras, float *scratch,
    int threads) {
    if (s->groups <= 0 || s->channels % s->groups) return GD_UNSUPPORTED;
    named(backward_pass) t = {s, gd_norm_slices_of(s), input, d_output, statistics, scale, shift, d_input, extras, scratch};
    gd_parallel_for(s->batch * t.slices.count, 1, threads, named(backward_slices), &t);
    const int64_t all = s->batch * s->channels;
    for (int64_t n = 0; n < s->batch; n++)
        for (int64_t c = 0; c < s->channels; c++) {
            d_scale[c] += scratch[n * s->channels + c];
            d_shift[c] += scratch[all + n * s->channels + c];
        }
    return GD_OK;
}
