#pragma once

#include "gd_bf16_product.h"

#if defined(__x86_64__)
/// tdpbf16ps.
extern const gd_bf16_unit gd_bf16_amx;
/// vdpbf16ps.
extern const gd_bf16_unit gd_bf16_avx512;
#elif defined(__aarch64__)
/// bfmmla.
extern const gd_bf16_unit gd_bf16_neon;
#endif
