#pragma once

#include <stdint.h>

/// Multiply-adds in registers, on an instruction set.
typedef struct gd_peak_kernel {
    /// `rounds` rounds; returns a number that depends on all of them.
    float (*multiply_add_rounds)(int64_t rounds, float start);
    int flops_per_round;
} gd_peak_kernel;
