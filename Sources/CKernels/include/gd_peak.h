#pragma once

#include <stdint.h>

/// FLOPs of one round of `gd_f32_fma_peak` on one thread.
int gd_fma_peak_flops_per_round(void);

/// The most that fused multiply-adds in registers of the selected instruction set can do: `rounds` rounds on each of `threads` OpenMP threads, no memory touched.
/// Returns a number that depends on all of them, so that none can be left out.
float gd_f32_fma_peak(int64_t rounds, int threads);

/// FLOPs of one round of `gd_bf16_peak` on one thread.
int gd_bf16_peak_flops_per_round(void);

/// The most that the selected unit multiplies: `rounds` products of 32 x 128 with 128 x 32 bfloat16, which stay in the first-level cache,
/// on each of `threads` OpenMP threads.
void gd_bf16_peak(int64_t rounds, int threads);
