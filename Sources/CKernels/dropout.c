#include "gd_movement.h"

// One Philox4x32-10 block [Salmon et al., SC 2011]; Swift's `Philox.block` is the same function.
static inline void philox_block(const gd_random *random, uint32_t index, uint32_t words[4]) {
    uint32_t c0 = index, c1 = random->counter[0], c2 = random->counter[1], c3 = random->counter[2];
    uint32_t k0 = random->key[0], k1 = random->key[1];
    for (int round = 0; round < 10; round++) {
        const uint64_t product0 = (uint64_t)0xD2511F53u * c0, product1 = (uint64_t)0xCD9E8D57u * c2;
        c0 = (uint32_t)(product1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)product1;
        c2 = (uint32_t)(product0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)product0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    words[0] = c0, words[1] = c1, words[2] = c2, words[3] = c3;
}

gd_status gd_f32_dropout__plain(
    int64_t count, const gd_random *random, uint32_t threshold, float keep_scale, const float *input, float *output,
    int threads) {
    if (count > (int64_t)4 << 32) return GD_UNSUPPORTED;
    const int64_t blocks = (count + 3) / 4;
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t block = 0; block < blocks; block++) {
        uint32_t words[4];
        philox_block(random, (uint32_t)block, words);
        const int64_t first = 4 * block, length = count - first < 4 ? count - first : 4;
        for (int64_t i = 0; i < length; i++)
            output[first + i] = words[i] >= threshold ? input[first + i] * keep_scale : 0;
    }
    return GD_OK;
}
