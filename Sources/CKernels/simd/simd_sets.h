#pragma once

#include "gd_simd.h"

/// The build's own instruction set: AVX2 and FMA on x86-64, NEON on aarch64.
extern const gd_simd gd_simd_baseline;

#if defined(__x86_64__)
/// x86-64-v4: AVX-512 F, BW, CD, DQ, VL.
extern const gd_simd gd_simd_avx512;
#endif
