#include "gd_rounding.h"

void gd_prepare_sequence(const gd_random *random, gd_sequence *sequence) {
    for (uint32_t round = 0; round < 10; round++)
        for (int lane = 0; lane < 8; lane++) {
            sequence->key0[round][lane] = random->key[0] + round * 0x9E3779B9u;
            sequence->key1[round][lane] = random->key[1] + round * 0xBB67AE85u;
        }
    for (int i = 0; i < 3; i++) sequence->counter[i] = random->counter[i];
}
