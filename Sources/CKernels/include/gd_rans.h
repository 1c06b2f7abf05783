#pragma once

#include "gd_status.h"

// Entropy coding of bytes: range asymmetric numeral systems [Duda 2013; Giesen 2014], 16 interleaved states of 32 bits, words of
// 16 bits, probabilities in 4096ths. docs/wire-format.md has the format.

enum { gd_rans_lanes = 16, gd_rans_scale_bits = 12, gd_rans_scale = 1 << gd_rans_scale_bits };
/// A state below this takes in a word.
enum { gd_rans_lower_bound = 1 << 16 };

/// What an encoder needs of each symbol.
typedef struct {
    /// 1 / frequency.
    double inverse;
    uint32_t frequency, start;
    /// The frequency less 1 (12 bits), and above it the start.
    uint32_t both;
} gd_rans_symbol;

/// What a decoder finds at each of the 4096 slots: symbol, its frequency less 1, and the slot's place among the symbol's slots.
typedef struct {
    uint32_t entries[gd_rans_scale];
} gd_rans_slots;

/// One step of one lane when coding: a word goes to end[-1] where the state is full. Returns the new end.
static inline uint16_t *gd_rans_push(uint32_t *state, const gd_rans_symbol *symbol, uint16_t *end) {
    uint32_t x = *state;
    const int full = x >= (uint64_t)symbol->frequency << (32 - gd_rans_scale_bits);
    end[-1] = (uint16_t)x;
    x >>= 16 * full;
    // Exact: x / frequency is at least 1 / 8192 away from the next integer above x + 1/2, far more than the product's rounding.
    const uint32_t quotient = (uint32_t)(((double)x + 0.5) * symbol->inverse);
    *state = (quotient << gd_rans_scale_bits) + (x - quotient * symbol->frequency) + symbol->start;
    return end - full;
}

/// One step of one lane when decoding: the symbol, and the state before it takes in a word.
static inline uint8_t gd_rans_step(uint32_t *x, const gd_rans_slots *slots) {
    const uint32_t entry = slots->entries[*x & (gd_rans_scale - 1)];
    *x = ((entry >> 8 & 0xFFF) + 1) * (*x >> gd_rans_scale_bits) + (entry >> 20);
    return (uint8_t)entry;
}

/// frequencies[s] (256) for counts[s] (256): at least 1 where a symbol occurs, 4096 in all (GD_UNSUPPORTED where none occurs), close to
/// the least code length.
gd_status gd_rans_normalize(const int64_t *counts, uint32_t *frequencies);

/// Tables for frequencies that add up to 4096.
void gd_rans_encoder_table(const uint32_t *frequencies, gd_rans_symbol *symbols);
void gd_rans_decoder_table(const uint32_t *frequencies, gd_rans_slots *slots);

/// Codes `count` symbols; every one has a frequency. The words end at `end` and reach down to the returned one, at most `count` of them;
/// up to 16 more before them are overwritten. states (16) are where a decoder starts.
uint16_t *gd_rans_encode(const uint8_t *symbols, int64_t count, const gd_rans_symbol *table, uint32_t *states, uint16_t *end);

/// Restores `count` symbols from `count_words` little-endian words at `words` (no alignment). GD_UNSUPPORTED unless exactly the words
/// are used up and all states end where encoders start: reads no other byte whatever the words are.
gd_status gd_rans_decode(
    const uint8_t *words, int64_t count_words, const uint32_t *states, const gd_rans_slots *slots, int64_t count,
    uint8_t *symbols);

/// The steps of whole groups on an instruction set.
typedef struct gd_rans_kernels {
    /// As `gd_rans_encode`, of whole groups of 16 symbols, from states (16) on.
    uint16_t *(*encode_groups)(
        const uint8_t *symbols, int64_t count, const gd_rans_symbol *table, uint32_t *states, uint16_t *end);
    /// As `gd_rans_decode`, as long as a word for every lane is left: whole groups of 16 symbols. Moves *words and the states (16) on.
    ///
    /// Returns how many symbols it restored.
    int64_t (*decode_groups)(
        const uint8_t **words, const uint8_t *end, uint32_t *states, const gd_rans_slots *slots, int64_t count, uint8_t *symbols);
} gd_rans_kernels;
