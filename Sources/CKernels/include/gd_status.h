#pragma once

#include <stdint.h>

/// What a kernel answers. Kernels never print, exit or allocate; scratch memory comes from the caller.
typedef enum {
    GD_OK = 0,
    /// An extent is zero or negative where that has no meaning, or the kernel does not handle this geometry.
    GD_UNSUPPORTED = 1,
} gd_status;
