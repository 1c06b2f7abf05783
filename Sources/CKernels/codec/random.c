#include "gd_rounding.h"

void gd_prepare_sequence(const gd_random *random, gd_sequence *sequence) {
    const uint32_t *counter = random->counter;
    uint32_t keys[10][2];
    for (uint32_t round = 0; round < 10; round++) {
        keys[round][0] = random->key[0] + round * 0x9E3779B9u;
        keys[round][1] = random->key[1] + round * 0xBB67AE85u;
    }
    // Round 0 multiplies counter[1], which is the same everywhere, round 1 what that leaves in word 0.
    const uint64_t product0 = (uint64_t)counter[1] * 0xCD9E8D57u;
    const uint64_t product1 = (uint64_t)((uint32_t)(product0 >> 32) ^ counter[0] ^ keys[0][0]) * 0xD2511F53u;
    sequence->start[0] = counter[2] ^ keys[0][1];
    sequence->start[1] = (uint32_t)product0 ^ keys[1][0];
    sequence->start[2] = (uint32_t)(product1 >> 32) ^ keys[1][1];
    sequence->start[3] = (uint32_t)product1;
    for (int round = 0; round < 8; round++)
        for (int i = 0; i < 2; i++) sequence->keys[round][i] = keys[round + 2][i];
}
