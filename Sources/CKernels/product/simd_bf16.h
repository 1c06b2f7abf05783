#pragma once

#include "gd_bf16_product.h"
#include "simd/simd_functions.h"

// Pairs of bfloat16 in words of 32 bits: the first element is the lower half.

simd_inline simd_bits bits_load(const void *from) { return *(const simd_bits *)from; }
simd_inline simd_bits bits_splat(uint32_t bits) { return bits - (simd_bits){0}; }
simd_inline simd_vector pair_first(simd_bits pairs) { return (simd_vector)(pairs << 16); }
simd_inline simd_vector pair_second(simd_bits pairs) { return (simd_vector)(pairs & 0xffff0000); }

/// The nearest bfloat16 of each lane, in the upper half; NaN stays NaN.
simd_inline simd_bits bits_nearest(simd_vector values) {
    const simd_bits bits = (simd_bits)values, even = bits + 0x7fff + (bits >> 16 & 1);
    const simd_bits ordered = (simd_bits)(values == values);
    return ((even & ordered) | ((bits | 0x400000) & ~ordered)) & 0xffff0000;
}

// The instructions of bfloat16 take denormals for zero, and make zero of them, whatever the thread's rounding says.
#if defined(__x86_64__)
typedef unsigned simd_rounding;

simd_inline simd_rounding simd_flush_denormals(void) {
    const simd_rounding kept = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(kept | 0x8040);
    return kept;
}
simd_inline void simd_restore_denormals(simd_rounding kept) { __builtin_ia32_ldmxcsr(kept); }
#elif defined(__aarch64__)
typedef uint64_t simd_rounding;

simd_inline simd_rounding simd_flush_denormals(void) {
    simd_rounding kept;
    __asm__ volatile("mrs %0, fpcr" : "=r"(kept));
    __asm__ volatile("msr fpcr, %0" ::"r"(kept | 1 << 24) : "memory");
    return kept;
}
simd_inline void simd_restore_denormals(simd_rounding kept) { __asm__ volatile("msr fpcr, %0" ::"r"(kept) : "memory"); }
#else
typedef int simd_rounding;

simd_inline simd_rounding simd_flush_denormals(void) { return 0; }
simd_inline void simd_restore_denormals(simd_rounding kept) { (void)kept; }
#endif
