#include "gd_movement.h"
#include "gd_parallel.h"
#include "simd/blocking.h"

// Blocks that are drawn side by side, so that the generator vectorises.
enum { lanes = 8, tile = 4 * lanes };

// `lanes` consecutive Philox4x32-10 blocks [Salmon et al., SC 2011] from block `first`; Swift's `Philox.block` is the same
// function. words[4 * lane + i] is word i of block first + lane.
static void philox_blocks(const gd_random *random, uint32_t first, uint32_t words[tile]) {
    uint32_t c0[lanes], c1[lanes], c2[lanes], c3[lanes];
    uint32_t k0 = random->key[0], k1 = random->key[1];
    for (int lane = 0; lane < lanes; lane++) {
        c0[lane] = first + (uint32_t)lane;
        c1[lane] = random->counter[0], c2[lane] = random->counter[1], c3[lane] = random->counter[2];
    }
    for (int round = 0; round < 10; round++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u)
        for (int lane = 0; lane < lanes; lane++) {
            const uint64_t product0 = (uint64_t)0xD2511F53u * c0[lane], product1 = (uint64_t)0xCD9E8D57u * c2[lane];
            c0[lane] = (uint32_t)(product1 >> 32) ^ c1[lane] ^ k0;
            c1[lane] = (uint32_t)product1;
            c2[lane] = (uint32_t)(product0 >> 32) ^ c3[lane] ^ k1;
            c3[lane] = (uint32_t)product0;
        }
    for (int lane = 0; lane < lanes; lane++) {
        words[4 * lane] = c0[lane], words[4 * lane + 1] = c1[lane];
        words[4 * lane + 2] = c2[lane], words[4 * lane + 3] = c3[lane];
    }
}

typedef struct {
    int64_t count;
    const gd_random *random;
    uint32_t threshold;
    float keep_scale;
    // Floats, or bfloat16.
    const void *input;
    void *output;
} masked;

static void mask_floats(gd_share share, int thread, void *context) {
    (void)thread;
    const masked m = *(const masked *)context;
    const float *input = m.input;
    float *output = m.output;
    for (int64_t t = share.first; t < share.end; t++) {
        uint32_t words[tile];
        philox_blocks(m.random, (uint32_t)(t * lanes), words);
        const int64_t first = tile * t, length = m.count - first < tile ? m.count - first : tile;
        for (int64_t i = 0; i < length; i++) output[first + i] = words[i] >= m.threshold ? input[first + i] * m.keep_scale : 0;
    }
}

static void mask_halves(gd_share share, int thread, void *context) {
    (void)thread;
    const masked m = *(const masked *)context;
    const gd_bf16 *input = m.input;
    gd_bf16 *output = m.output;
    for (int64_t t = share.first; t < share.end; t++) {
        uint32_t words[tile];
        philox_blocks(m.random, (uint32_t)(t * lanes), words);
        const int64_t first = tile * t, length = m.count - first < tile ? m.count - first : tile;
        for (int64_t i = 0; i < length; i++)
            output[first + i] = words[i] >= m.threshold ? gd_bf16_nearest(gd_bf16_value(input[first + i]) * m.keep_scale) : 0;
    }
}

static gd_status mask(masked m, gd_loop_body *body, int threads) {
    if (m.count > (int64_t)4 << 32) return GD_UNSUPPORTED;
    gd_parallel_for((m.count + tile - 1) / tile, gd_element_blocks.grain / tile, threads, body, &m);
    return GD_OK;
}

gd_status gd_f32_dropout__plain(
    int64_t count, const gd_random *random, uint32_t threshold, float keep_scale, const float *input, float *output,
    int threads) {
    return mask((masked){count, random, threshold, keep_scale, input, output}, mask_floats, threads);
}

gd_status gd_bf16_dropout__plain(
    int64_t count, const gd_random *random, uint32_t threshold, float keep_scale, const gd_bf16 *input, gd_bf16 *output,
    int threads) {
    return mask((masked){count, random, threshold, keep_scale, input, output}, mask_halves, threads);
}
