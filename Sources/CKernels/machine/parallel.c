#include "gd_parallel.h"

void gd_parallel_for(int64_t count, int32_t threads, void (*body)(int64_t index, void *context), void *context) {
    if (threads <= 1 || count <= 1) {
        for (int64_t index = 0; index < count; index++) body(index, context);
        return;
    }
    int team = count < threads ? (int)count : threads;
#pragma omp parallel for schedule(static) num_threads(team)
    for (int64_t index = 0; index < count; index++) body(index, context);
}
