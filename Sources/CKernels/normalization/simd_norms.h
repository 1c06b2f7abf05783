#pragma once

#include "gd_norm_kernels.h"
#include "simd/simd_elements.h"
#include "simd/simd_functions.h"

/// Vectors of channels that are summed side by side: the latency of one sum hides behind the others.
enum { norm_sums = 4 };

#define EACH_ELEMENT "normalization/simd_norm.h"
#include "simd/each_element.h"
