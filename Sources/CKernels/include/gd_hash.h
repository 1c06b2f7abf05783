#pragma once

#include <stdint.h>

/// A 128-bit hash as two halves.
typedef struct {
    uint64_t low;
    uint64_t high;
} gd_hash128;

/// XXH3-64 of `count` bytes, seed 0.
uint64_t gd_xxh3_64(const uint8_t *bytes, int64_t count);

/// XXH3-128 of `count` bytes, seed 0.
gd_hash128 gd_xxh3_128(const uint8_t *bytes, int64_t count);
