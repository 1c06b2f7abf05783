#define _GNU_SOURCE
#include "CPUSupport.h"

#include <dlfcn.h>
#include <sched.h>
#include <stddef.h>
#include <unistd.h>

#if defined(__x86_64__)
const char *gd_cpu_missing_feature(void) {
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2")) return "AVX2";
    if (!__builtin_cpu_supports("fma")) return "FMA";
    if (!__builtin_cpu_supports("bmi2")) return "BMI2";
    return NULL;
}
#else
const char *gd_cpu_missing_feature(void) { return NULL; }
#endif

int gd_cpu_allowed_count(void) {
    // More than cpu_set_t's 1024 processors: the system wants a larger mask.
    for (size_t limit = CPU_SETSIZE; limit <= 1 << 16; limit *= 4) {
        cpu_set_t *set = CPU_ALLOC(limit);
        if (!set) break;
        const size_t size = CPU_ALLOC_SIZE(limit);
        const int count = sched_getaffinity(0, size, set) == 0 ? CPU_COUNT_S(size, set) : 0;
        CPU_FREE(set);
        if (count > 0) return count;
    }
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}

#if defined(__clang__)
const char *gd_compiler_version(void) { return __VERSION__; }
#else
const char *gd_compiler_version(void) { return "GCC " __VERSION__; }
#endif

const char *gd_image_path(void) {
    Dl_info image;
    return dladdr((void *)gd_image_path, &image) != 0 ? image.dli_fname : NULL;
}
