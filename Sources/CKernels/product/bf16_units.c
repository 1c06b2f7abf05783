#include "bf16_units.h"

#include <stdatomic.h>

#include "gd_simd.h"

static int always(void) { return 1; }

static void multiply(gd_extents e, gd_bf16_left a, gd_bf16_right b, gd_product c, int accumulate) {
    gd_simd_selected()->bf16->multiply(e, a, b, c, accumulate);
}

static void multiply_tiles(gd_extents e, gd_bf16_left a, gd_bf16_right b, gd_product c, int accumulate) {
    gd_simd_selected()->bf16->multiply_tiles(e, a, b, c, accumulate);
}

static const gd_bf16_unit floats = {.name = "multiply-adds of floats", .runs = always, .multiply = multiply};
static const gd_bf16_unit tiles = {.name = "AMX, emulated", .emulated = 1, .runs = always, .multiply = multiply_tiles};

static const gd_bf16_unit *const units[] = {
#if defined(__x86_64__)
    &gd_bf16_amx,
    &gd_bf16_avx512,
#elif defined(__aarch64__)
    &gd_bf16_neon,
#endif
    &floats,
    &tiles,
};

enum { unit_count = sizeof units / sizeof *units };

static _Atomic(const gd_bf16_unit *) best;
static _Thread_local const gd_bf16_unit *selected;

// The first that is no emulation and runs; there is always one.
static const gd_bf16_unit *find_best(void) {
    const gd_bf16_unit *unit = atomic_load_explicit(&best, memory_order_relaxed);
    for (int i = 0; !unit; i++)
        if (!units[i]->emulated && units[i]->runs()) unit = units[i];
    atomic_store_explicit(&best, unit, memory_order_relaxed);
    return unit;
}

const gd_bf16_unit *gd_bf16_unit_at(int index) { return index >= 0 && index < unit_count ? units[index] : NULL; }

gd_status gd_bf16_unit_select(const char *name) {
    if (!name) {
        selected = NULL;
        return GD_OK;
    }
    for (int i = 0; i < unit_count; i++)
        if (strcmp(units[i]->name, name) == 0 && units[i]->runs()) {
            selected = units[i];
            return GD_OK;
        }
    return GD_UNSUPPORTED;
}

const gd_bf16_unit *gd_bf16_unit_selected(void) { return selected ? selected : find_best(); }
