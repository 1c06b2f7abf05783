#pragma once

#include <stdint.h>

/// Calls `body(index, context)` for every index in 0 ..< count, on at most `threads` OpenMP threads (static schedule).
/// The indices one thread gets are consecutive. `body` must not depend on which thread runs it, nor on order.
void gd_parallel_for(int64_t count, int32_t threads, void (*body)(int64_t index, void *context), void *context);
