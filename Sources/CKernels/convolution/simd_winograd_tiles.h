// The transforms of tiles, once for each type of elements. A tile's pixels are found once for all channels of a pass over it; pixels outside the
// image are read from as many zeros.

static const element named(zeros)[channel_chunk];

// Pointers to the pixels of a tile's square of `extent` pixels a side from `margin` above and left of it, at channel `channel`.
simd_inline void named(pixel_pointers)(
    const wino_grid *grid, const element *activation, int64_t tile, int margin, int extent, int64_t channel,
    const element **pixels) {
    const wino_place place = wino_place_of(grid, tile);
    for (int row = 0; row < extent; row++) {
        const int64_t y = place.y + row - margin;
        for (int column = 0; column < extent; column++) {
            const int64_t x = place.x + column - margin;
            const int inside = y >= 0 && y < grid->height && x >= 0 && x < grid->width;
            pixels[row * extent + column] =
                inside ? activation + wino_pixel(grid, place.image, y, x) + channel : named(zeros);
        }
    }
}

simd_inline void named(transform_inputs)(
    int side, const wino_grid *grid, const element *input, int64_t first, int64_t end, const wino_tiles *to, int64_t place) {
    const int extent = side + 2;
    const int64_t stride = wino_stride(to);
    for (int64_t chunk = 0; chunk < grid->channels; chunk += channel_chunk) {
        const int64_t channels = gd_min(channel_chunk, grid->channels - chunk);
        for (int64_t tile = first; tile < end; tile++) {
            const element *pixels[36];
            named(pixel_pointers)(grid, input, tile, 1, extent, chunk, pixels);
            for (int64_t c = 0; c < channels; c += simd_lanes) {
                simd_vector frequencies[36];
                transform_square(side, line_inputs, (square){.named(pointers) = pixels, .offset = c}, frequencies);
                store_frequencies(
                    side, frequencies, wino_at(to, place + tile - first, (chunk + c) / gd_block * gd_block) + c % gd_block,
                    stride);
            }
        }
    }
}

simd_inline void named(transform_gradients)(
    int side, const wino_grid *grid, const element *d_output, int64_t first, int64_t end, const wino_tiles *to, int64_t place) {
    const int64_t stride = wino_stride(to);
    for (int64_t chunk = 0; chunk < grid->channels; chunk += channel_chunk) {
        const int64_t channels = gd_min(channel_chunk, grid->channels - chunk);
        for (int64_t tile = first; tile < end; tile++) {
            const element *pixels[16];
            named(pixel_pointers)(grid, d_output, tile, 0, side, chunk, pixels);
            for (int64_t c = 0; c < channels; c += simd_lanes) {
                simd_vector frequencies[36], sum = simd_splat(0);
                for (int i = 0; i < side * side; i++) sum += load(pixels[i] + c);
                transform_square(side, line_gradients, (square){.named(pointers) = pixels, .offset = c}, frequencies);
                float *at = wino_at(to, place + tile - first, (chunk + c) / gd_block * gd_block) + c % gd_block;
                store_frequencies(side, frequencies, at, stride);
                simd_store(at + (side + 2) * (side + 2) * stride, sum);
            }
        }
    }
}

// Stores a tile's vectors with what the epilogue adds; 2x2 of them are one pixel of an output that is stored small.
simd_inline void named(store_outputs)(
    int side, int up, const wino_grid *grid, wino_place place, const simd_vector *y, int64_t channel, const wino_epilogue *e,
    element *output) {
    const int rows = (int)gd_min(side, grid->height - place.y), columns = (int)gd_min(side, grid->width - place.x);
    const element *residual = e->residual;
    simd_vector offset = simd_splat(0);
    if (e->bias) offset += simd_load(e->bias + channel);
    if (e->image_bias) offset += simd_load(e->image_bias + place.image * grid->channels + channel);
    const int64_t corner = wino_pixel(grid, place.image, place.y, place.x) + channel;
    const int64_t line = grid->width / up * grid->channels;
#pragma clang loop unroll(full)
    for (int row = 0; row < side; row += up)
#pragma clang loop unroll(full)
        for (int column = 0; column < side; column += up) {
            const simd_vector *from = y + side * row + column;
            const simd_vector value = up == 1 ? from[0] : (from[0] + from[1]) + (from[side] + from[side + 1]);
            if (row >= rows || column >= columns) continue;
            const int64_t at = corner + row / up * line + column / up * grid->channels;
            const simd_vector sum = value + offset + (residual ? load(residual + at) : simd_splat(0));
            store(output + at, simd_activate(e->activation, sum));
        }
}

simd_inline void named(transform_outputs)(
    int side, const wino_grid *grid, const wino_tiles *products, int64_t first, int64_t end, int64_t channel,
    const wino_epilogue *epilogue, element *output) {
    for (int64_t tile = first; tile < end; tile++) {
        const wino_place place = wino_place_of(grid, tile);
        for (int64_t c = 0; c < products->channels; c += simd_lanes) {
            const float *from = wino_at(products, tile - first, c / gd_block * gd_block) + c % gd_block;
            simd_vector y[16];
            transform_square(side, line_outputs, (square){.values = from, .stride = wino_stride(products)}, y);
            if (grid->upsample == 1)
                named(store_outputs)(side, 1, grid, place, y, channel + c, epilogue, output);
            else
                named(store_outputs)(side, 2, grid, place, y, channel + c, epilogue, output);
        }
    }
}
