#include "bf16_units.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

// Intel's Advanced Matrix Extensions: the tiles of a thread, which have a shape only between `tile_configure` and `tile_release`.

#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,amx-tile,amx-bf16"))), apply_to = function)

typedef struct {
    char unused;
} tile_file;

#define tile_function __attribute__((always_inline)) static inline

/// The operand of ldtilecfg.
typedef struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t bytes[16];
    uint8_t rows[16];
} tile_shapes;

tile_function void amx_configure(int first, int second) {
    const int rows[] = {first, first, second, second, first, second, 16, 16};
    tile_shapes shapes = {.palette = 1};
    for (int t = 0; t < 8; t++) shapes.bytes[t] = 64, shapes.rows[t] = (uint8_t)rows[t];
    _tile_loadconfig(&shapes);
}

#define tile_configure(file, first, second) amx_configure(first, second)
#define tile_zero(file, t) _tile_zero(t)
#define tile_load(file, t, address, stride) _tile_loadd(t, address, stride)
#define tile_store(file, t, address, stride) _tile_stored(t, address, stride)
#define tile_dot(file, c, a, b) _tile_dpbf16ps(c, a, b)
#define tile_release(file) _tile_release()

#include "tile_product.h"

static void multiply(gd_extents e, gd_bf16_left a, gd_bf16_right b, gd_product c, int accumulate) {
    tile_product(e, a, b, c, accumulate);
}

#pragma clang attribute pop

// The CPU has tiles and their products of bfloat16, and the system lets this process have the tiles' 8 KB a thread.
static int runs(void) {
    enum { leaf = 7, bf16_bit = 22, tile_bit = 24, request_permission = 0x1023, tile_data = 18 };
    unsigned eax, ebx, ecx, edx;
    if (!__get_cpuid_count(leaf, 0, &eax, &ebx, &ecx, &edx)) return 0;
    if (!(edx >> bf16_bit & 1) || !(edx >> tile_bit & 1)) return 0;
    return syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
}

const gd_bf16_unit gd_bf16_amx = {.name = "AMX", .instruction = 1, .runs = runs, .multiply = multiply};

#endif
