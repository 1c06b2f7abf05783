#include "CKernels.h"

#include <omp.h>

int gd_max_threads(void) { return omp_get_max_threads(); }
