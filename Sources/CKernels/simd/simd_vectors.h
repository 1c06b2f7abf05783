#pragma once

#include "gd_product.h"

// The vector type of the instruction set that is being compiled: SIMD_LANES is defined before this header is included.
enum { simd_lanes = SIMD_LANES };

#define simd_inline __attribute__((always_inline)) static inline

typedef float simd_vector __attribute__((vector_size(simd_lanes * sizeof(float)), aligned(4)));

/// Vectors of a block of 16 channels.
enum { simd_block_vectors = gd_block / simd_lanes };

simd_inline simd_vector simd_load(const float *from) { return *(const simd_vector *)from; }
simd_inline void simd_store(float *to, simd_vector value) { *(simd_vector *)to = value; }

/// `value` in all lanes. Subtracting zero changes no float, so nothing is computed; adding it would turn -0 into 0.
simd_inline simd_vector simd_splat(float value) { return value - (simd_vector){0}; }

/// A vector as 64-bit lanes.
typedef uint64_t simd_wide __attribute__((vector_size(simd_lanes * sizeof(float)), aligned(8)));

enum { wide_lanes = simd_lanes / 2 };

simd_inline simd_wide wide_splat(uint64_t value) { return value - (simd_wide){0}; }

/// Half a vector's elements in double.
typedef double simd_doubles __attribute__((vector_size(simd_lanes / 2 * sizeof(double))));
