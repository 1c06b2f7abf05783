#include "CPUSupport.h"

#include <stddef.h>

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

#if defined(__clang__)
const char *gd_compiler_version(void) { return __VERSION__; }
#else
const char *gd_compiler_version(void) { return "GCC " __VERSION__; }
#endif
