#include "simd_sets.h"

#include <stdatomic.h>
#include <string.h>

static const gd_simd *const sets[] = {
#if defined(__x86_64__)
    &gd_simd_avx512,
#endif
    &gd_simd_baseline,
};

enum { set_count = sizeof sets / sizeof *sets };

static _Atomic(const gd_simd *) selected;

const gd_simd *gd_simd_at(int index) { return index >= 0 && index < set_count ? sets[index] : NULL; }

int gd_simd_runs(const gd_simd *set) {
#if defined(__x86_64__)
    if (set == &gd_simd_avx512) {
        __builtin_cpu_init();
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd")
            && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    }
#endif
    return set == &gd_simd_baseline;
}

gd_status gd_simd_select(const char *name) {
    for (int i = 0; i < set_count; i++)
        if (gd_simd_runs(sets[i]) && (!name || strcmp(sets[i]->name, name) == 0)) {
            atomic_store(&selected, sets[i]);
            return GD_OK;
        }
    return GD_UNSUPPORTED;
}

const gd_simd *gd_simd_selected(void) {
    const gd_simd *set = atomic_load_explicit(&selected, memory_order_relaxed);
    if (set) return set;
    gd_simd_select(NULL);
    return atomic_load(&selected);
}
