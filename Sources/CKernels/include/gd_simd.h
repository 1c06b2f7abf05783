#pragma once

#include "gd_status.h"

// The inner kernels are written once and compiled once per instruction set; the best set that the CPU has runs. All sets compute
// each element as the same chain of fused multiply-adds: the choice does not change a byte of the results.
//
// Drivers (blocking, threads, scratch) are compiled once, ask for their family's table once a call and reach the inner kernels through
// it: an outlined OpenMP region would not inherit a function's instruction set.

/// What an instruction set provides, a table for each family of kernels.
typedef struct {
    const char *name;
    /// gd_product.h
    const struct gd_product_kernels *product;
    /// gd_bf16_product.h
    const struct gd_bf16_kernels *bf16;
    /// convolution/winograd.h
    const struct gd_winograd_kernels *winograd4, *winograd2, *bf16_winograd4;
    /// channelwise/depthwise.h
    const struct gd_depthwise_kernel *depthwise;
    /// gd_norm_kernels.h
    const struct gd_norm_kernels *norm;
    const struct gd_bf16_norm_kernels *bf16_norm;
    /// gd_codes.h
    const struct gd_code_kernels *codes;
    const struct gd_statistics_kernels *statistics;
    /// gd_rans.h
    const struct gd_rans_kernels *rans;
    /// machine/peak_kernel.h
    const struct gd_peak_kernel *peak;
} gd_simd;

/// The instruction sets that this build has kernels for, best first; NULL from the end on.
const gd_simd *gd_simd_at(int index);

/// Whether this CPU (and its operating system) runs that set's kernels.
int gd_simd_runs(const gd_simd *set);

/// The set that runs: the best, or the one selected.
const gd_simd *gd_simd_selected(void);

/// Runs the set of that name from now on; NULL goes back to the best. GD_UNSUPPORTED, and no change, if there is none that the CPU
/// runs. For tests and benchmarks.
gd_status gd_simd_select(const char *name);
