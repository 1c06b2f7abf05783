#pragma once

#include "simd_random.h"

// What rounding to levels and to a lattice share.
enum { word_vectors = 16 / simd_lanes };

typedef int32_t simd_codes __attribute__((vector_size(simd_lanes * sizeof(int32_t)), aligned(4)));
