#include "gd_packing.h"

#include <string.h>

#if defined(__BMI2__)
#include <immintrin.h>
#endif

// The low `bits` bits of eight bytes side by side.
static inline uint64_t close_up(uint64_t bytes, int bits) {
#if defined(__BMI2__)
    return _pext_u64(bytes, 0x0101010101010101u * ((1u << bits) - 1));
#else
    // Pairs, quadruples, all: the lower of two neighbours stays, the other moves down to it.
    const uint64_t singles = 0x0001000100010001u * (((uint64_t)1 << bits) - 1);
    const uint64_t pairs = 0x0000000100000001u * (((uint64_t)1 << 2 * bits) - 1);
    const uint64_t quads = ((uint64_t)1 << 4 * bits) - 1;
    bytes = (bytes & singles) | (bytes >> (8 - bits) & singles << bits);
    bytes = (bytes & pairs) | (bytes >> (16 - 2 * bits) & pairs << 2 * bits);
    return (bytes & quads) | (bytes >> (32 - 4 * bits) & quads << 4 * bits);
#endif
}

void gd_pack_codes(const int8_t *codes, int64_t count, int bits, uint8_t *packed) {
    if (bits == 8) {
        memcpy(packed, codes, (size_t)count);
        return;
    }
    uint64_t word;
    int64_t i = 0;
    // Eight bytes are written where `bits` are meant, as long as all eight are these codes'; what is too much is overwritten next.
    for (; (count - i) * bits >= 64; i += 8, packed += bits) {
        memcpy(&word, codes + i, sizeof word);
        word = close_up(word, bits);
        memcpy(packed, &word, sizeof word);
    }
    for (; i < count; i += 8, packed += bits) {
        const int64_t length = count - i < 8 ? count - i : 8;
        word = 0;
        memcpy(&word, codes + i, (size_t)length);
        word = close_up(word, bits);
        memcpy(packed, &word, (size_t)((length * bits + 7) / 8));
    }
}
