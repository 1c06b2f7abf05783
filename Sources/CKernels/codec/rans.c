#include "gd_rans.h"
#include "gd_simd.h"

#include <math.h>
#include <string.h>

// Code length that one more slot saves, or one less costs, in bits: count * log2((f + 1) / f).
static double saving(int64_t count, uint32_t frequency) { return (double)count * log2(((double)frequency + 1) / frequency); }

gd_status gd_rans_normalize(const int64_t *counts, uint32_t *frequencies) {
    int64_t total = 0, sum = 0;
    for (int s = 0; s < 256; s++) total += counts[s];
    if (total == 0) return GD_UNSUPPORTED;
    for (int s = 0; s < 256; s++) {
        const double share = (double)counts[s] / (double)total * gd_rans_scale;
        frequencies[s] = counts[s] == 0 ? 0 : share < 1 ? 1 : (uint32_t)share;
        sum += frequencies[s];
    }
    // One slot at a time to where it saves most, or from where it costs least: the least code length there is.
    for (; sum < gd_rans_scale; sum++) {
        int best = -1;
        for (int s = 0; s < 256; s++)
            if (frequencies[s] > 0
                && (best < 0 || saving(counts[s], frequencies[s]) > saving(counts[best], frequencies[best])))
                best = s;
        frequencies[best]++;
    }
    for (; sum > gd_rans_scale; sum--) {
        int best = -1;
        for (int s = 0; s < 256; s++)
            if (frequencies[s] > 1
                && (best < 0 || saving(counts[s], frequencies[s] - 1) < saving(counts[best], frequencies[best] - 1)))
                best = s;
        frequencies[best]--;
    }
    return GD_OK;
}

void gd_rans_encoder_table(const uint32_t *frequencies, gd_rans_symbol *symbols) {
    uint32_t start = 0;
    for (int s = 0; s < 256; s++) {
        symbols[s] = (gd_rans_symbol){1.0 / frequencies[s], frequencies[s], start, ((frequencies[s] - 1) & 0xFFF) | start << 12};
        start += frequencies[s];
    }
}

void gd_rans_decoder_table(const uint32_t *frequencies, gd_rans_slots *slots) {
    uint32_t slot = 0;
    for (uint32_t s = 0; s < 256; s++)
        for (uint32_t i = 0; i < frequencies[s]; i++) slots->entries[slot++] = i << 20 | (frequencies[s] - 1) << 8 | s;
}

uint16_t *gd_rans_encode(const uint8_t *symbols, int64_t count, const gd_rans_symbol *table, uint32_t *states, uint16_t *end) {
    for (int lane = 0; lane < gd_rans_lanes; lane++) states[lane] = gd_rans_lower_bound;
    const int64_t whole = count / gd_rans_lanes * gd_rans_lanes;
    for (int64_t i = count - 1; i >= whole; i--) end = gd_rans_push(&states[i - whole], &table[symbols[i]], end);
    return gd_simd_selected()->rans->encode_groups(symbols, whole, table, states, end);
}

gd_status gd_rans_decode(
    const uint8_t *words, int64_t count_words, const uint32_t *states, const gd_rans_slots *slots, int64_t count,
    uint8_t *symbols) {
    uint32_t x[gd_rans_lanes];
    memcpy(x, states, sizeof x);
    const uint8_t *const end = words + 2 * count_words;
    int64_t i = gd_simd_selected()->rans->decode_groups(&words, end, x, slots, count, symbols);
    for (; i < count; i++) {
        const int lane = i % gd_rans_lanes;
        symbols[i] = gd_rans_step(&x[lane], slots);
        if (x[lane] >= gd_rans_lower_bound) continue;
        if (words == end) return GD_UNSUPPORTED;
        uint16_t word;
        memcpy(&word, words, sizeof word);
        x[lane] = x[lane] << 16 | word;
        words += 2;
    }
    uint32_t different = 0;
    for (int lane = 0; lane < gd_rans_lanes; lane++) different |= x[lane] ^ gd_rans_lower_bound;
    return words == end && different == 0 ? GD_OK : GD_UNSUPPORTED;
}
