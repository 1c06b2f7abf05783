#include "CKernels.h"

#include <cblas.h>
#include <omp.h>

int gd_max_threads(void) { return omp_get_max_threads(); }

void gd_use_own_threads(void) { openblas_set_num_threads(1); }
