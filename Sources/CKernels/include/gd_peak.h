#pragma once

#include <stdint.h>

/// FLOPs of one round of `gd_f32_fma_peak` on one thread.
int gd_fma_peak_flops_per_round(void);

/// The most that fused multiply-adds in registers of the selected instruction set can do: `rounds` rounds on each of `threads` OpenMP threads, no memory touched.
/// Returns a number that depends on all of them, so that none can be left out.
float gd_f32_fma_peak(int64_t rounds, int threads);
