// One thread: what the kernels ask of OpenMP where it is not compiled in.
#pragma once

#include <stddef.h>

static inline int omp_get_thread_num(void) { return 0; }
static inline int omp_get_num_threads(void) { return 1; }
static inline int omp_get_max_threads(void) { return 1; }
