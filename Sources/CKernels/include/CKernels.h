#pragma once

// One header an operation or family; symbols are `gd_<type>_<operation>_<pass>__<variant>`, extents are counts of elements.
// `threads` is the number of OpenMP threads to use; results do not depend on it.
#include "gd_attention.h"
#include "gd_channelwise.h"
#include "gd_codes.h"
#include "gd_conv2d.h"
#include "gd_cycles.h"
#include "gd_elementwise.h"
#include "gd_group_norm.h"
#include "gd_hash.h"
#include "gd_movement.h"
#include "gd_norm_kernels.h"
#include "gd_optimizer.h"
#include "gd_parallel.h"
#include "gd_peak.h"
#include "gd_product.h"
#include "gd_rans.h"
#include "gd_rounding.h"
#include "gd_simd.h"
#include "gd_status.h"
