#pragma once

#include <stdint.h>

/// FLOPs of one round of `gd_f32_fma_peak` on one thread.
#define GD_FMA_PEAK_FLOPS_PER_ROUND 192

/// The most that fused multiply-adds in registers can do: `rounds` rounds on each of `threads` OpenMP threads, no memory touched.
/// Returns a number that depends on all of them, so that none can be left out.
float gd_f32_fma_peak(int64_t rounds, int threads);
