#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "convolution/winograd.h"
#include "simd_sets.h"

#define SIMD_LANES 16

#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"))), apply_to = function)
#include "simd_tables.h"
#pragma clang attribute pop

const gd_simd gd_simd_avx512 = SIMD_SET("AVX-512");

#endif
