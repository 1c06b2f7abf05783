#include "bf16_units.h"

#if defined(__aarch64__)

#include <arm_neon.h>
#include <sys/auxv.h>

#pragma clang attribute push(__attribute__((target("bf16"))), apply_to = function)

// bfmmla: two rows of four elements times two columns of four. A vector of sums holds two rows of two columns.

enum { row_pairs = 2, column_pairs = gd_block / 2 };

#define neon_inline __attribute__((always_inline)) static inline

// Two columns of four elements from the pairs of two steps of the depth.
neon_inline void load_four(const gd_bf16 *pairs, int64_t pair_stride, bfloat16x8_t columns[column_pairs]) {
    for (int q = 0; q < column_pairs / 2; q++) {
        const uint32x4_t low = vreinterpretq_u32_u16(vld1q_u16(pairs + 8 * q));
        const uint32x4_t high = vreinterpretq_u32_u16(vld1q_u16(pairs + pair_stride + 8 * q));
        columns[2 * q] = vreinterpretq_bf16_u32(vzip1q_u32(low, high));
        columns[2 * q + 1] = vreinterpretq_bf16_u32(vzip2q_u32(low, high));
    }
}

neon_inline bfloat16x8_t two_rows(const gd_bf16 *first, const gd_bf16 *second) {
    return vreinterpretq_bf16_u16(vcombine_u16(vld1_u16(first), vld1_u16(second)));
}

// `rows` of 1 to 4 rows times one panel; a row that is not there is computed as the one before it, and left.
neon_inline void multiply_block(
    int rows, int64_t depth, gd_bf16_left a, gd_bf16_right b, gd_product c, int accumulate) {
    float32x4_t sums[row_pairs][column_pairs];
    int64_t place[2 * row_pairs];
    for (int r = 0; r < 2 * row_pairs; r++) place[r] = r < rows ? r : rows - 1;
    for (int p = 0; p < row_pairs; p++)
        for (int q = 0; q < column_pairs; q++)
            sums[p][q] = accumulate
                ? vcombine_f32(
                      vld1_f32(c.values + place[2 * p] * c.row_stride + 2 * q),
                      vld1_f32(c.values + place[2 * p + 1] * c.row_stride + 2 * q))
                : vdupq_n_f32(0);
    for (int64_t piece = 0; piece < a.pieces; piece++) {
        const gd_bf16 *left = a.values + a.places[piece];
        for (int64_t k = 0; k < depth; k += 4, b.values += 2 * b.pair_stride) {
            bfloat16x8_t columns[column_pairs];
            load_four(b.values, b.pair_stride, columns);
            for (int p = 0; p < row_pairs; p++) {
                if (2 * p >= rows) continue;
                const bfloat16x8_t pair = two_rows(left + place[2 * p] * a.row_stride + k, left + place[2 * p + 1] * a.row_stride + k);
                for (int q = 0; q < column_pairs; q++) sums[p][q] = vbfmmlaq_f32(sums[p][q], pair, columns[q]);
            }
        }
    }
    for (int r = 0; r < rows; r++)
        for (int q = 0; q < column_pairs; q++) {
            const float32x4_t sum = sums[r / 2][q];
            vst1_f32(c.values + r * c.row_stride + 2 * q, r % 2 ? vget_high_f32(sum) : vget_low_f32(sum));
        }
}

static void multiply(gd_extents e, gd_bf16_left a, gd_bf16_right b, gd_product c, int accumulate) {
    for (int64_t panel = 0; panel < e.panels; panel++, b.values += b.panel_stride, c.values += c.panel_stride) {
        gd_bf16_left left = a;
        gd_product product = c;
        for (int64_t row = 0; row < e.rows; row += 4) {
            switch (e.rows - row) {
            case 1: multiply_block(1, e.depth, left, b, product, accumulate); break;
            case 2: multiply_block(2, e.depth, left, b, product, accumulate); break;
            case 3: multiply_block(3, e.depth, left, b, product, accumulate); break;
            default: multiply_block(4, e.depth, left, b, product, accumulate); break;
            }
            left.values += 4 * a.row_stride, product.values += 4 * c.row_stride;
        }
    }
}

#pragma clang attribute pop

static int runs(void) {
    enum { bf16_bit = 14 };
    return getauxval(AT_HWCAP2) >> bf16_bit & 1;
}

const gd_bf16_unit gd_bf16_neon = {.name = "NEON BFMMLA", .instruction = 1, .runs = runs, .multiply = multiply};

#endif
