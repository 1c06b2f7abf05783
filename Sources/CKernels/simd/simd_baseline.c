#include <string.h>

#include "simd_sets.h"

#define SIMD_LANES 8

#include "simd_tables.h"

#if defined(__x86_64__)
const gd_simd gd_simd_baseline = SIMD_SET("AVX2");
#elif defined(__aarch64__)
const gd_simd gd_simd_baseline = SIMD_SET("NEON");
#else
const gd_simd gd_simd_baseline = SIMD_SET("portable");
#endif
