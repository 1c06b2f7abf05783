#include <math.h>
#include <string.h>

#include "gd_parallel.h"
#include "group_norm_slices.h"

int64_t gd_group_norm_scratch(const gd_group_norm *s) { return 8 * s->batch * s->channels; }

#define element float
#define named(name) name##_f32
#define symbol(name) gd_f32_##name
#define norm_kernels gd_norm_kernels
#define norm_extras gd_group_norm_extras
#define selected_norm() gd_simd_selected()->norm
#include "group_norm_backward.h"
#include "group_norm_forward.h"
#undef element
#undef named
#undef symbol
#undef norm_kernels
#undef norm_extras
#undef selected_norm

#define element gd_bf16
#define named(name) name##_bf16
#define symbol(name) gd_bf16_##name
#define norm_kernels gd_bf16_norm_kernels
#define norm_extras gd_bf16_group_norm_extras
#define selected_norm() gd_simd_selected()->bf16_norm
#include "group_norm_backward.h"
#include "group_norm_forward.h"
