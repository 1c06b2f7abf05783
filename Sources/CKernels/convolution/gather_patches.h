// Gathers patches, once for each type of elements: the file that includes this has defined gather_element and the function's name,
// gather_patches.

#include "conv2d_grid.h"

#include <stddef.h>

static inline void copy(gather_element *restrict to, const gather_element *restrict from, int64_t count) {
    for (int64_t i = 0; i < count; i++) to[i] = from[i];
}

static inline void clear(gather_element *to, int64_t count) {
    for (int64_t i = 0; i < count; i++) to[i] = 0;
}

// The stored row or column of a seen one: a division by a variable would cost more than a copy.
static inline int64_t stored(const gd_conv_grid *grid, int64_t seen) { return grid->upsample == 2 ? seen / 2 : seen; }

// One kernel row of one patch: `kernel_columns` neighbours from column x0 of a source row, NULL above and below the source.
static inline gather_element *gather_kernel_row(
    const gd_conv_grid *grid, const gather_element *row, int64_t x0, gd_patch_part part, gather_element *restrict to) {
    const int64_t columns = grid->kernel_columns;
    if (!row) {
        clear(to, columns * part.channels);
    } else if (part.channels == grid->channels && grid->upsample == 1 && x0 >= 0 && x0 + columns <= grid->width) {
        copy(to, row + x0 * grid->channels, columns * grid->channels);
    } else {
        for (int64_t x = x0; x < x0 + columns; x++) {
            gather_element *tap = to + (x - x0) * part.channels;
            if (x < 0 || x >= grid->upsample * grid->width)
                clear(tap, part.channels);
            else
                copy(tap, row + stored(grid, x) * grid->channels + part.channel, part.channels);
        }
    }
    return to + columns * part.channels;
}

void gather_patches(
    const gd_conv_grid *grid, const gather_element *source, int64_t first, int64_t count, gd_patch_part part, gather_element *rows,
    int64_t row_stride) {
    const int64_t source_row = grid->width * grid->channels, depth = part.kernel_rows * grid->kernel_columns * part.channels;
    int64_t x = first % grid->columns, y = first / grid->columns % grid->rows, n = first / grid->columns / grid->rows;
    for (int64_t pixel = 0; pixel < count; pixel++, rows += row_stride) {
        const gather_element *image = source + n * grid->height * source_row;
        gather_element *to = rows;
        for (int64_t ky = part.kernel_row; ky < part.kernel_row + part.kernel_rows; ky++) {
            const int64_t seen_y = grid->first_y + y * grid->step + ky;
            const int inside = seen_y >= 0 && seen_y < grid->upsample * grid->height;
            const gather_element *row = inside ? image + stored(grid, seen_y) * source_row : NULL;
            to = gather_kernel_row(grid, row, grid->first_x + x * grid->step, part, to);
        }
        clear(to, row_stride - depth);
        if (++x < grid->columns) continue;
        x = 0;
        if (++y < grid->rows) continue;
        y = 0, n++;
    }
}
