#pragma once

#include <stdint.h>

/// Cases that were wrong.
extern int failures;

/// Fixed numbers between -scale and scale.
float *numbers(int64_t count, uint64_t seed, float scale);

/// A line of a case: whether its error is within its bound, and a hash of its bytes.
void report(const char *name, const void *bytes, int64_t count, double error, double bound);

/// The relative L2 distance.
double distance(const float *a, const float *b, int64_t count);

/// The products and convolutions of bfloat16.
void bf16_cases(void);
