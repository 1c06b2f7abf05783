// Inner loops of group normalisation, once for each type of elements: a block of pixels, channel by channel. The values of a run of channels
// stay in registers while the loop goes down the pixels, so a block should fit the first-level cache.

simd_inline void named(norm_moments_of)(
    int vectors, int64_t count, gd_norm_block b, const element *x, float *sums, float *deviations) {
    simd_vector sum[norm_sums] = {0}, deviation[norm_sums] = {0}, mean[norm_sums];
    for (int64_t p = 0; p < b.pixels; p++)
        for (int v = 0; v < vectors; v++) sum[v] += load_some(x + p * b.stride + v * simd_lanes, count);
    for (int v = 0; v < vectors; v++) mean[v] = sum[v] * simd_splat(1 / (float)b.pixels);
    for (int64_t p = 0; p < b.pixels; p++)
        for (int v = 0; v < vectors; v++) {
            const simd_vector difference = load_some(x + p * b.stride + v * simd_lanes, count) - mean[v];
            deviation[v] += difference * difference;
        }
    for (int v = 0; v < vectors; v++) {
        store_some_f32(sums + v * simd_lanes, sum[v], count);
        store_some_f32(deviations + v * simd_lanes, deviation[v], count);
    }
}

static void named(norm_moments)(gd_norm_block b, const element *x, float *sums, float *deviations) {
    enum { wide = norm_sums * simd_lanes };
    int64_t c = 0;
    for (; c + wide <= b.channels; c += wide) named(norm_moments_of)(norm_sums, simd_lanes, b, x + c, sums + c, deviations + c);
    for (; c + simd_lanes <= b.channels; c += simd_lanes) named(norm_moments_of)(1, simd_lanes, b, x + c, sums + c, deviations + c);
    if (c < b.channels) named(norm_moments_of)(1, b.channels - c, b, x + c, sums + c, deviations + c);
}

simd_inline void named(norm_apply_to)(int silu, int64_t count, gd_norm_block b, const element *x, gd_norm_rows rows, int64_t c, element *y) {
    const simd_vector centre = load_some_f32(rows.centre + c, count), shift = load_some_f32(rows.shift + c, count);
    const simd_vector factor = load_some_f32(rows.inverse + c, count) * load_some_f32(rows.scale + c, count);
    for (int64_t p = 0; p < b.pixels; p++) {
        simd_vector value = (load_some(x + p * b.stride + c, count) - centre) * factor + shift;
        if (silu) value = value / (simd_splat(1) + simd_exp_of_minus(value));
        store_some(y + p * b.stride + c, value, count);
    }
}

simd_inline void named(norm_apply_with)(int silu, gd_norm_block b, const element *x, gd_norm_rows rows, element *y) {
    int64_t c = 0;
    for (; c + simd_lanes <= b.channels; c += simd_lanes) named(norm_apply_to)(silu, simd_lanes, b, x, rows, c, y);
    if (c < b.channels) named(norm_apply_to)(silu, b.channels - c, b, x, rows, c, y);
}

static void named(norm_apply)(gd_norm_block b, const element *x, gd_norm_rows rows, int silu, element *y) {
    if (silu)
        named(norm_apply_with)(1, b, x, rows, y);
    else
        named(norm_apply_with)(0, b, x, rows, y);
}

// The derivative of SiLU is gate * (1 + x * (1 - gate)); the difference is taken as exp(-x) * gate: nothing cancels for large x.
simd_inline void named(norm_affine_gradients_of)(
    int silu, int64_t count, gd_norm_block b, const element *x, const element *d_y, gd_norm_rows rows, int64_t c,
    element *d_affine, element *y, gd_norm_sums sums) {
    const simd_vector centre = load_some_f32(rows.centre + c, count), inverse = load_some_f32(rows.inverse + c, count);
    const simd_vector scale = load_some_f32(rows.scale + c, count), shift = load_some_f32(rows.shift + c, count);
    const simd_vector one = simd_splat(1);
    simd_vector by_scale = {0}, by_shift = {0};
    for (int64_t p = 0; p < b.pixels; p++) {
        const int64_t place = p * b.stride + c;
        const simd_vector normalized = (load_some(x + place, count) - centre) * inverse;
        const simd_vector affine = normalized * scale + shift;
        simd_vector gradient = load_some(d_y + place, count), output = affine;
        if (silu) {
            const simd_vector decay = simd_exp_of_minus(affine), gate = one / (one + decay);
            gradient *= gate * (one + affine * (decay * gate));
            output = affine * gate;
        }
        store_some(d_affine + place, gradient, count);
        if (y) store_some(y + place, output, count);
        by_scale += gradient * normalized;
        by_shift += gradient;
    }
    store_some_f32(sums.by_scale + c, load_some_f32(sums.by_scale + c, count) + by_scale, count);
    store_some_f32(sums.by_shift + c, load_some_f32(sums.by_shift + c, count) + by_shift, count);
}

simd_inline void named(norm_affine_gradients_with)(
    int silu, gd_norm_block b, const element *x, const element *d_y, gd_norm_rows rows, element *d_affine, element *y,
    gd_norm_sums sums) {
    int64_t c = 0;
    for (; c + simd_lanes <= b.channels; c += simd_lanes)
        named(norm_affine_gradients_of)(silu, simd_lanes, b, x, d_y, rows, c, d_affine, y, sums);
    if (c < b.channels) named(norm_affine_gradients_of)(silu, b.channels - c, b, x, d_y, rows, c, d_affine, y, sums);
}

static void named(norm_affine_gradients)(
    gd_norm_block b, const element *x, const element *d_y, gd_norm_rows rows, int silu, element *d_affine, element *y,
    gd_norm_sums sums) {
    if (silu)
        named(norm_affine_gradients_with)(1, b, x, d_y, rows, d_affine, y, sums);
    else
        named(norm_affine_gradients_with)(0, b, x, d_y, rows, d_affine, y, sums);
}

simd_inline void named(norm_input_gradients_of)(
    int64_t count, gd_norm_block b, const element *x, const element *addend, gd_norm_slopes s, int64_t c, element *d_x,
    float *sums) {
    const simd_vector centre = load_some_f32(s.centre + c, count), factor = load_some_f32(s.factor + c, count);
    const simd_vector slope = load_some_f32(s.slope + c, count), offset = load_some_f32(s.offset + c, count);
    simd_vector sum = {0};
    for (int64_t p = 0; p < b.pixels; p++) {
        const int64_t place = p * b.stride + c;
        const simd_vector bend = (load_some(x + place, count) - centre) * slope + offset;
        simd_vector gradient = load_some(d_x + place, count) * factor - bend;
        if (addend) gradient += load_some(addend + place, count);
        store_some(d_x + place, gradient, count);
        sum += gradient;
    }
    store_some_f32(sums + c, load_some_f32(sums + c, count) + sum, count);
}

static void named(norm_input_gradients)(
    gd_norm_block b, const element *x, const element *addend, gd_norm_slopes slopes, element *d_x, float *sums) {
    int64_t c = 0;
    for (; c + simd_lanes <= b.channels; c += simd_lanes)
        named(norm_input_gradients_of)(simd_lanes, b, x, addend, slopes, c, d_x, sums);
    if (c < b.channels) named(norm_input_gradients_of)(b.channels - c, b, x, addend, slopes, c, d_x, sums);
}
